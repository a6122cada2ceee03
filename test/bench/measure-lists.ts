// How long each list, each report and what the pages ask for takes on a folder that was filled by `npm run seed`, without the
// network: the time from the call to the answer, whose output was parsed, and the processor time of all threads meanwhile,
// which other programs on the machine change less. Prints a table; the first call of each is shown beside the others, because
// nothing of it is in memory then.
//
//   node test/bench/measure-lists.ts --data-dir D [--calls N]
import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { createEncryptedSecretFile } from '../../server/host/encrypted-secret-file.ts'
import { createSystemClock } from '../../server/host/system-clock.ts'
import { createSystemIds } from '../../server/host/system-ids.ts'
import type { Caller } from '../../server/operations/caller.ts'
import { startServer } from '../../server/start-server.ts'
import { measuredCalls } from './measured-calls.ts'

const { values: flags } = parseArgs({
  options: { 'data-dir': { type: 'string' }, calls: { type: 'string', default: '20' } },
})
const dataDir = flags['data-dir']
if (dataDir === undefined) throw new Error('Say which folder is to be measured: --data-dir FOLDER')
const calls = Number(flags.calls)

/** What a list and a page may take. */
const LIMIT_MS = 100

const ids = createSystemIds()
const clock = createSystemClock()
const server = await startServer(
  {
    dataDir,
    host: '127.0.0.1',
    port: 0,
    upstream: { kind: 'demo', baseUrl: undefined, apiKey: undefined },
    admin: { email: 'bench@example.test', password: randomUUID() },
    remoteAdministration: 'loopback',
    metricsToken: undefined,
    locale: 'en',
  },
  {
    clock,
    ids,
    secrets: createEncryptedSecretFile(dataDir, ids),
    logger: pino({ level: 'silent' }),
    tell: () => undefined,
  },
)

const caller = (id: string, role: 'admin' | 'user'): Caller => ({
  door: 'ipc',
  user: { id, role },
  sessionId: undefined,
  address: 'bench',
  client: 'bench',
  isLocal: true,
  mayAdminister: role === 'admin',
})
let operator = caller('', 'admin')

type Rows = { readonly rows: readonly Record<string, unknown>[] }

async function ask(name: string, input: object, by = operator): Promise<Rows> {
  const answer = await server.dispatch(name, input, by)
  if (!answer.ok) throw new Error(`${name}: ${answer.error.message}`)
  return answer.data as Rows // only lists are looked into
}

const text = (row: Record<string, unknown> | undefined, name: string): string => String(row?.[name] ?? '')

const { rows: administrators } = await ask('users.list', { role: 'admin' })
operator = caller(text(administrators[0], 'id'), 'admin')
const { rows: busiest } = await ask('usage.top', { by: 'user', sort: 'requests', limit: 1 })
const userId = text(busiest[0], 'id')
const { rows: keys } = await ask('keys.list', { userId, limit: 1 })
const keyId = text(keys[0], 'id')
const { rows: recent } = await ask('usage.list', { limit: 1 })
const model = text(recent[0], 'model')
const person = caller(userId, 'user')
const { rows: models } = await ask('usage.top', { by: 'model', sort: 'requests', limit: 100 })
const rareModel = text(models.at(-3), 'id')
const measured = measuredCalls({ userId, keyId, model, rareModel, nowMs: clock.now() })

const shown = (input: object): string =>
  JSON.stringify(input, (name, value: unknown) =>
    ['userId', 'keyId', 'from', 'to'].includes(name) ? '…' : value,
  )
const cell = (ms: number | undefined): string => (ms ?? 0).toFixed(1).padStart(9)
const cpuMs = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}
const COLUMNS = ['first ms', 'median', 'p99', 'CPU ms', 'main ms']

process.stdout.write(`${COLUMNS.map((name) => name.padStart(9)).join('')}  operation\n`)
/** Of this thread alone, which is the one that requests go through. */
const mainMs = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1_000
}
const medians: number[] = []
const all: number[] = []
for (const { name, input, isOfPerson } of measured) {
  const taken: number[] = []
  let before = process.cpuUsage()
  let mainBefore = process.threadCpuUsage()
  for (let call = 0; call <= calls; call += 1) {
    if (call === 1) {
      before = process.cpuUsage()
      mainBefore = process.threadCpuUsage()
    }
    const startedMs = performance.now()
    await ask(name, input, isOfPerson ? person : operator)
    taken.push(performance.now() - startedMs)
  }
  const [first, ...others] = taken
  const sorted = others.sort((one, other) => one - other)
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0
  const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1]
  medians.push(median)
  all.push(...others)
  const label = `${name} ${shown(input)}${isOfPerson ? ' of one person' : ''}`
  const figures = [first, median, p99, cpuMs(before) / calls, mainMs(mainBefore) / calls]
  process.stdout.write(`${figures.map(cell).join('')}  ${label}\n`)
}
const within = (times: readonly number[]): string =>
  `${times.filter((ms) => ms <= LIMIT_MS).length} of ${times.length}`
process.stdout.write(`\nwithin ${LIMIT_MS} ms: ${within(medians)} medians, ${within(all)} calls\n`)
await server.stop({ drainMs: 0 })
