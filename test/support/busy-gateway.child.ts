// A process that holds and settles without end, until it is killed. It says when what the test counts on is on disk.
import { join } from 'node:path'
import { openDatabase } from '../../server/db/open.ts'
import { createRepositories } from '../../server/db/repositories/repositories.ts'
import { createWriter } from '../../server/db/write.ts'
import type { HoldRecord } from '../../server/db/write-command.ts'
import type { Charge } from '../../server/ledger/settle.ts'
import { NO_CAPS } from '../../server/limits/decide-spending-cap.ts'
import type { Logger } from '../../server/ports.ts'
import { createTestBook } from './database.ts'

const [dataDir = '', holdJson = '', chargeJson = '', usageJson = ''] = process.argv.slice(2)
// The parent's own values, on their way through the command line.
const { amountNanoUsd, planSubscriptionId: _, ...hold } = JSON.parse(holdJson) as HoldRecord
const ask = {
  quote: {
    fixedTokensTimesRates: BigInt(amountNanoUsd) * 1_000_000n,
    perOutputTokenTimesRates: 0n,
    multiplierPpm: 1_000_000,
  },
  fixedTokens: 1,
  choices: 1,
  outputTokensMax: 1,
  outputTokensFloor: 1,
  shareParts: undefined,
}
const charge = JSON.parse(chargeJson) as Charge
const usage = JSON.parse(usageJson)

const db = openDatabase(join(dataDir, 'gateway.db'))
const fail = (about: unknown) => {
  throw new Error('nothing may fail here', { cause: about })
}
const logger = { warn: fail, error: fail } as unknown as Logger // only what the book calls
const clock = { now: () => hold.createdAt, monotonicMs: () => 0 }
const writer = createWriter(db, { onError: fail })
const book = createTestBook(createRepositories(db), { writer, logger, clock })
const keyFamily = { id: hold.keyId, caps: NO_CAPS }

function openHold(requestId: string) {
  const opened = book.openHold({ ...hold, keyFamily, requestId, source: 'balance', ask })
  if (!opened.ok) throw new Error(opened.error.code)
  return opened.value
}

async function settleOne(requestId: string): Promise<void> {
  await book.settle(openHold(requestId), charge, { ...usage, requestId })
}

await Promise.all(['open-1', 'open-2', 'open-3'].map((id) => openHold(id).isOnDisk))
for (let n = 0; n < 5; n += 1) await settleOne(`settled-${n}`)
process.stdout.write('on disk\n')
for (let n = 0; ; n += 1) await Promise.all([settleOne(`more-${n}-a`), settleOne(`more-${n}-b`)])
