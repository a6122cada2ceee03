// Fills a data folder with people, keys, codes, an audit, and requests of the last ninety days, as if the gateway had been in
// use: written by the same journal as real ones, so that the books balance. The same flags give the same numbers.
//
//   --data-dir D   a folder without people in it; made where there is none
//   --users N      1,000 unless said otherwise
//   --keys N       5,000
//   --rows N       1,000,000
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openMigrated, takeDataDir } from '../server/data-folder.ts'
import { createJournal } from '../server/db/journal.ts'
import { pack } from '../server/db/packed-commands.ts'
import { createRepositories } from '../server/db/repositories/repositories.ts'
import { createUsageUpkeep } from '../server/db/repositories/usage-upkeep.ts'
import { createSystemClock } from '../server/host/system-clock.ts'
import { createSystemIds } from '../server/host/system-ids.ts'
import { localDay } from '../server/limits/decide-window.ts'
import { createPriceBook } from '../server/prices/price-book.ts'
import { createAdministration } from './seed/administration.ts'
import { createChance } from './seed/chance.ts'
import { createHistory } from './seed/history.ts'
import { createPeople } from './seed/people.ts'

const { values: flags } = parseArgs({
  options: {
    'data-dir': { type: 'string' },
    users: { type: 'string', default: '1000' },
    keys: { type: 'string', default: '5000' },
    rows: { type: 'string', default: '1000000' },
  },
})
const dataDir = flags['data-dir']
if (dataDir === undefined) endWith('Say which folder is to be filled: --data-dir FOLDER')
const [users, keys, rows] = [flags.users, flags.keys, flags.rows].map(Number)
if (!isCount(users) || !isCount(keys) || !isCount(rows) || users < 1 || keys < 1) {
  endWith('--users, --keys and --rows are whole numbers; there is at least one user and one key')
}

const COMMANDS_PER_COMMIT = 2_000
/** Steps of the sums that follow behind the requests. */
const ROWS_ROLLED_AT_ONCE = 20_000

const clock = createSystemClock()
const ids = createSystemIds()
mkdirSync(dataDir, { recursive: true, mode: 0o700 })
const lock = takeDataDir(dataDir, clock.now())
const db = openMigrated(dataDir, join(import.meta.dirname, '..', 'drizzle'), clock.now())
const repositories = createRepositories(db)
if (repositories.users.count({}) > 0 || repositories.users.count({ status: 'deleted' }) > 0) {
  endWith(`There are people in ${dataDir} already. Only a folder without any is filled.`)
}
// Whoever pulls the plug now begins again with an empty folder.
db.raw.pragma('synchronous = OFF')
db.raw.pragma('cache_size = -262144')

const chance = createChance(1)
const nowMs = clock.now()
const prices = createPriceBook({ repository: repositories.prices, clock, ids })
const people = createPeople({ repositories, ids, nowMs, users, keys })
const userIds = [...new Set(people.map(({ userId }) => userId))]
createAdministration({ repositories, ids, nowMs, userIds })
const history = createHistory({ people, prices, chance, nowMs, rows })
const journal = createJournal(db.raw)
let written = 0
let inTransaction = 0
for (const { commands, isRequest } of history) {
  if (inTransaction === 0) journal.begin()
  for (const command of commands) journal.execute(pack(command))
  inTransaction += commands.length
  if (inTransaction >= COMMANDS_PER_COMMIT) commit()
  if (!isRequest) continue
  written += 1
  if (written % 100_000 === 0) tell(`${written} of ${rows} requests`)
}
if (inTransaction > 0) commit()
const upkeep = createUsageUpkeep(db)
while (upkeep.rollUp(nowMs - 3_600_000, ROWS_ROLLED_AT_ONCE));
const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
const isMore = () =>
  upkeep.rollUpDays(nowMs - 3_600_000, ROWS_ROLLED_AT_ONCE, (atMs) => localDay(atMs, timeZone))
while (isMore());
db.raw.pragma('wal_checkpoint(TRUNCATE)')
db.close()
lock.release()
tell(`${dataDir} has ${users} people, ${keys} keys and ${rows} requests now. It has no administrator yet.`)

function commit(): void {
  journal.commit()
  inTransaction = 0
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`)
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0
}

function endWith(line: string): never {
  tell(line)
  process.exit(1)
}
