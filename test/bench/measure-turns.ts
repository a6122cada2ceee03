// How long one operation keeps the main thread of the built gateway in one piece, which is how long a request may have to wait
// for it: on a folder that was filled by `npm run seed`, over HTTP, with answers that nobody reads. Prints for each operation
// the quickest quarter and the median of the longest turns of its calls.
//
//   node test/bench/measure-turns.ts --data-dir D [--calls N]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundlePath } from '../../scripts/bundle.mjs'
import { cookieOf } from './gateway-account.ts'
import { type Question, startQuietReader } from './quiet-reader.ts'
import { BENCH_ACCOUNT } from './targets.ts'

const { values: flags } = parseArgs({
  options: { 'data-dir': { type: 'string' }, calls: { type: 'string', default: '40' } },
})
const dataDir = flags['data-dir']
if (dataDir === undefined) throw new Error('Say which folder is to be measured: --data-dir FOLDER')
const calls = Number(flags.calls)

const QUESTIONS: readonly Question[] = [
  ['usage.list', { limit: 50 }],
  ['usage.list', { limit: 200 }],
  ['usage.list', { status: 502, limit: 50 }],
  ['usage.list', { sort: 'cost', status: 200, limit: 50 }],
  ['users.list', { limit: 50 }],
  ['users.list', { sort: 'balance', limit: 50 }],
  ['users.list', { limit: 200 }],
  ['keys.list', { limit: 50 }],
  ['keys.list', { limit: 200 }],
  ['keys.list', { search: 'key 3', limit: 50 }],
  ['audit.list', {}],
  ['losses.list', {}],
  ['me.ledger', { include: 'all', limit: 200 }],
  ['me.overview', {}],
  ['dashboard.get', { days: 30 }],
  ['usage.series', { from: Date.now() - 30 * 86_400_000, to: Date.now(), bucket: 'hour', groupBy: 'model' }],
  ['ledger.status', {}],
]

const hook = join(import.meta.dirname, 'targets', 'note-turns.mjs')
const bundle = bundlePath(join(import.meta.dirname, '..', '..'))
const child = spawn(process.execPath, ['--import', hook, bundle, '--data-dir', dataDir], {
  stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  env: {
    ...process.env,
    CODEX_GATEWAY_PORT: '0',
    CODEX_GATEWAY_UPSTREAM: 'demo',
    CODEX_GATEWAY_ADMIN_EMAIL: BENCH_ACCOUNT.email,
    CODEX_GATEWAY_ADMIN_PASSWORD: BENCH_ACCOUNT.password,
  },
})

async function untilReady(): Promise<number> {
  let told = ''
  for await (const part of child.stdout ?? []) {
    told += String(part)
    const url = /^codex-gateway ready (\S+)\n/m.exec(told)?.[1]
    if (url !== undefined) return Number(new URL(url).port)
  }
  throw new Error('The gateway ended before it was ready.')
}

async function longestTurnMs(): Promise<number> {
  const told = once(child, 'message')
  child.send('anew')
  return Number((await told)[0])
}

/** Once, on a connection of its own. */
async function callOnce(port: number, cookie: string, question: Question): Promise<void> {
  const reader = startQuietReader(port, cookie, [question], 0)
  await reader.asks(true)
  await reader.asks(false)
  reader.stop()
}

const port = await untilReady()
const cookie = await cookieOf(`http://127.0.0.1:${port}`, BENCH_ACCOUNT)
try {
  process.stdout.write('quickest quarter, median of the longest turns, ms\n')
  for (const question of QUESTIONS) {
    const turns: number[] = []
    for (let call = -5; call < calls; call += 1) {
      await longestTurnMs()
      await callOnce(port, cookie, question)
      const longest = await longestTurnMs()
      if (call >= 0) turns.push(longest)
    }
    const sorted = turns.sort((one, other) => one - other)
    const figures = [0.25, 0.5].map((part) => (sorted[Math.floor(part * sorted.length)] ?? 0).toFixed(2))
    process.stdout.write(
      `${figures.map((text) => text.padStart(8)).join('')}  ${question[0]} ${JSON.stringify(question[1])}\n`,
    )
  }
} finally {
  child.kill('SIGTERM')
  await once(child, 'exit')
}
