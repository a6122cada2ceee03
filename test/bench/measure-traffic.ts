// Whether somebody who looks at lists and the dashboard slows requests, on a folder that was filled by `npm run seed`: one
// load runs all the while, warmed up, and a reader asks or rests in turns of a few seconds. Each request belongs to the turn
// that it was sent in, so both sides have thousands of them and the same minutes of the machine.
// The gateway has one core for all of its threads, load and reader the other; with `--cores both` they share two.
//
//   node test/bench/measure-traffic.ts --data-dir D [--pairs N] [--seconds S] [--rate R] [--pause MS] [--cores own|both]
//     [--ask PART]   only operations with this in their names
import { spawnSync } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { cpuSecondsOf, shareCores } from './child.ts'
import { cookieOf } from './gateway-account.ts'
import type { LoadOrder } from './load/wire.ts'
import { load } from './measures.ts'
import { type Question, startQuietReader } from './quiet-reader.ts'
import { BENCH_ACCOUNT, startGateway, startUpstream } from './targets.ts'

const { values: flags } = parseArgs({
  options: {
    'data-dir': { type: 'string' },
    pairs: { type: 'string', default: '15' },
    seconds: { type: 'string', default: '3' },
    rate: { type: 'string', default: '200' },
    pause: { type: 'string', default: '0' },
    cores: { type: 'string', default: 'own' },
    ask: { type: 'string', default: '' },
  },
})
const dataDir = flags['data-dir']
if (dataDir === undefined) throw new Error('Say which folder is to be measured: --data-dir FOLDER')
const pairs = Number(flags.pairs)
const turnMs = Number(flags.seconds) * 1_000
const WARM_UP_MS = 8_000

/** What the screens of the console ask for, one after the other. */
const QUESTIONS: readonly Question[] = [
  ['dashboard.get', { days: 30 }],
  ['usage.list', { limit: 50 }],
  ['users.list', { limit: 50 }],
  ['keys.list', { limit: 50 }],
  ['usage.list', { status: 502, limit: 50 }],
  ['users.list', { sort: 'balance', limit: 50 }],
  ['audit.list', {}],
  ['ledger.status', {}],
]
const questions = QUESTIONS.filter(([operation]) => operation.includes(flags.ask))

interface Turn {
  readonly isRead: boolean
  readonly from: number
  readonly to: number
  /** Of the gateway, as a share of a core. */
  readonly cpu: number
  readonly answersPerSecond: number
}

const nowUs = (): number => Number(process.hrtime.bigint() / 1000n)

if (flags.cores === 'both') shareCores()
else spawnSync('taskset', ['-acp', '0', String(process.pid)])
const upstream = await startUpstream()
const gateway = await startGateway({ name: 'gateway-full-tables', upstreamPort: upstream.port, dataDir })
const cookie = await cookieOf(`http://127.0.0.1:${gateway.port}`, BENCH_ACCOUNT)
const reader = startQuietReader(gateway.port, cookie, questions, Number(flags.pause))

async function takeTurn(isRead: boolean): Promise<Turn> {
  const answersBefore = reader.answers
  const cpuBefore = cpuSecondsOf(gateway.pid ?? 0)
  const from = nowUs()
  await reader.asks(isRead)
  await delay(turnMs)
  await reader.asks(false)
  const to = nowUs()
  const seconds = (to - from) / 1e6
  return {
    ...{ isRead, from, to },
    cpu: (cpuSecondsOf(gateway.pid ?? 0) - cpuBefore) / seconds,
    answersPerSecond: (reader.answers - answersBefore) / seconds,
  }
}

const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.floor(part * (sorted.length - 1))] ?? Number.NaN
const inOrder = (values: readonly number[]): number[] => [...values].sort((one, other) => one - other)
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length
const row = (cells: readonly string[]): void =>
  void process.stdout.write(`${cells.map((cell) => cell.padStart(12)).join('')}\n`)

try {
  const order: Omit<LoadOrder, 'port' | 'path' | 'headers'> = {
    mode: 'open',
    body: '1kb',
    connections: 50,
    seconds: (WARM_UP_MS + pairs * 2 * (turnMs + 500)) / 1_000,
    rate: Number(flags.rate),
    isTraced: true,
  }
  const loading = load(gateway, order)
  // Whoever sits in front of a console takes no processor time from the gateway.
  setPriority(constants.priority.PRIORITY_LOW)
  await reader.asks(true)
  await delay(WARM_UP_MS)
  await reader.asks(false)
  const turns: Turn[] = []
  for (let turn = 0; turn < pairs * 2; turn += 1) turns.push(await takeTurn((turn + (turn >> 1)) % 2 === 0))
  const { trace = [] } = await loading

  const within = (some: readonly Turn[]): number[] =>
    inOrder(trace.filter(([at]) => some.some(({ from, to }) => at >= from && at < to)).map(([, us]) => us))
  row(['', 'requests', 'p50 µs', 'p90 µs', 'p99 µs', 'p99.9 µs', 'CPU', 'answers/s'])
  const told = [false, true].map((isRead) => {
    const some = turns.filter((turn) => turn.isRead === isRead)
    const times = within(some)
    const figures = [0.5, 0.9, 0.99, 0.999].map((part) => quantile(times, part).toFixed(0))
    const cpu = mean(some.map((turn) => turn.cpu)).toFixed(2)
    const answers = mean(some.map((turn) => turn.answersPerSecond)).toFixed(1)
    row([isRead ? 'beside' : 'alone', String(times.length), ...figures, cpu, answers])
    return { p99: quantile(times, 0.99), p50: quantile(times, 0.5) }
  })
  const [alone, beside] = told
  const ratios: number[] = []
  for (let pair = 0; pair < pairs; pair += 1) {
    const two = turns.slice(pair * 2, pair * 2 + 2)
    const p99 = (isRead: boolean) => quantile(within(two.filter((turn) => turn.isRead === isRead)), 0.99)
    ratios.push(p99(true) / p99(false))
  }
  const sorted = inOrder(ratios)
  const ratioOf = (name: 'p50' | 'p99') => ((beside?.[name] ?? 0) / (alone?.[name] ?? 0)).toFixed(2)
  process.stdout.write(
    `\nof all requests: p99 ${ratioOf('p99')}, p50 ${ratioOf('p50')}; ` +
      `of pairs: p99 ${quantile(sorted, 0.5).toFixed(2)} (quartiles ${quantile(sorted, 0.25).toFixed(2)} and ${quantile(sorted, 0.75).toFixed(2)})\n`,
  )
} finally {
  reader.stop()
  await gateway.stop()
  await upstream.stop()
}
