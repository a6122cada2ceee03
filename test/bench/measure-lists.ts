// How long each list and each report takes on a folder that was filled by `npm run seed`, without the network: the time from
// the call to the answer, whose output was parsed. Prints a table; the first call of each is shown beside the others, because
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

const { values: flags } = parseArgs({
  options: { 'data-dir': { type: 'string' }, calls: { type: 'string', default: '20' } },
})
const dataDir = flags['data-dir']
if (dataDir === undefined) throw new Error('Say which folder is to be measured: --data-dir FOLDER')
const calls = Number(flags.calls)

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
const nowMs = clock.now()
const DAY_MS = 86_400_000
const month = { from: nowMs - 30 * DAY_MS, to: nowMs }
const person = caller(userId, 'user')

const MEASURED: readonly (readonly [string, object, Caller?])[] = [
  ['usage.list', {}],
  ['usage.list', { limit: 200 }],
  ['usage.list', { userId }],
  ['usage.list', { keyId }],
  ['usage.list', { model }],
  ['usage.list', { model: 'nobody-asked-for-this' }],
  ['usage.list', { endpoint: '/v1/completions' }],
  ['usage.list', { endpoint: '/v1/nothing' }],
  ['usage.list', { status: 502 }],
  ['usage.list', { status: 200 }],
  ['usage.list', { reason: 'refused' }],
  ['usage.list', { model, status: 429 }],
  ['usage.list', { userId, model, status: 502 }],
  ['usage.list', { from: nowMs - 60 * DAY_MS, to: nowMs - 59 * DAY_MS }],
  ['usage.list', {}, person],
  ['users.list', { limit: 200 }],
  ['users.list', { sort: 'balance', limit: 200 }],
  ['users.list', { search: '77' }],
  ['keys.list', { limit: 200 }],
  ['keys.list', { search: 'key 3' }],
  ['keys.list', { userId }],
  ['users.ledger', { userId, include: 'all', limit: 200 }],
  ['users.ledger', { userId, include: 'changes' }],
  ['audit.list', {}],
  ['losses.list', {}],
  ['codes.list', {}],
  ['plans.list', {}],
  ['notices.list', {}],
  ['mail.list', {}],
  ['prices.list', {}],
  ['models.list', {}],
  ['me.overview', {}, person],
  ['users.get', { userId }],
  ['usage.summary', {}],
  ['usage.summary', { userId }],
  ['usage.summary', { keyId, ...month }],
  ['usage.series', { ...month, bucket: 'day', groupBy: 'model' }],
  ['usage.series', { from: nowMs - DAY_MS, to: nowMs, bucket: 'quarter' }],
  ['usage.series', { ...month, bucket: 'day', userId, groupBy: 'key' }],
  ['usage.series', { ...month, bucket: 'day', groupBy: 'user' }],
  ['usage.series', { ...month, bucket: 'day', withTimings: true }],
  ['usage.top', { by: 'model' }],
  ['usage.top', { by: 'user', ...month }],
  ['dashboard.get', { days: 30 }],
  ['dashboard.get', { days: 7 }],
]

const shown = (input: object): string =>
  JSON.stringify(input, (name, value: unknown) =>
    ['userId', 'keyId', 'from', 'to'].includes(name) ? '…' : value,
  )
const cell = (ms: number | undefined): string => (ms ?? 0).toFixed(1).padStart(9)

process.stdout.write(`${'first ms'.padStart(9)}${'median'.padStart(9)}${'slowest'.padStart(9)}  operation\n`)
for (const [name, input, by] of MEASURED) {
  const taken: number[] = []
  for (let call = 0; call < calls; call += 1) {
    const startedMs = performance.now()
    await ask(name, input, by)
    taken.push(performance.now() - startedMs)
  }
  const [first, ...others] = taken
  const sorted = others.sort((one, other) => one - other)
  const median = sorted[Math.floor(sorted.length / 2)]
  const label = `${name} ${shown(input)}${by === person ? ' of one person' : ''}`
  process.stdout.write(`${cell(first)}${cell(median)}${cell(sorted.at(-1))}  ${label}\n`)
}
await server.stop({ drainMs: 0 })
