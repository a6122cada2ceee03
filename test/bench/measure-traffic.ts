// Whether somebody who looks at lists and the dashboard slows requests, without a rest or with one between two looks, on a
// folder that was filled by `npm run seed`: the same load alone and beside such a reader, in turns, and the ratio of each
// pair. The reader runs on the core of the load; what it asks for is done by the gateway, which has one core for all of its
// threads. With `--cores both` gateway, load and reader share two.
//
//   node test/bench/measure-traffic.ts --data-dir D [--rounds N] [--seconds S] [--rate R] [--pause MS] [--cores own|both]
import { spawnSync } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { cpuSecondsOf, shareCores } from './child.ts'
import { createCaller } from './gateway-account.ts'
import { load } from './measures.ts'
import { BENCH_ACCOUNT, startGateway, startUpstream } from './targets.ts'

const { values: flags } = parseArgs({
  options: {
    'data-dir': { type: 'string' },
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '6' },
    rate: { type: 'string', default: '200' },
    pause: { type: 'string', default: '0' },
    cores: { type: 'string', default: 'own' },
  },
})
const dataDir = flags['data-dir']
if (dataDir === undefined) throw new Error('Say which folder is to be measured: --data-dir FOLDER')
const order = {
  mode: 'open',
  body: '1kb',
  connections: 50,
  seconds: Number(flags.seconds),
  rate: Number(flags.rate),
} as const
const pauseMs = Number(flags.pause)

/** What the screens of the console ask for, one after the other. */
const READ: readonly (readonly [string, object])[] = [
  ['dashboard.get', { days: 30 }],
  ['usage.list', { limit: 50 }],
  ['users.list', { limit: 50 }],
  ['keys.list', { limit: 50 }],
  ['usage.list', { status: 502, limit: 50 }],
  ['users.list', { sort: 'balance', limit: 50 }],
  ['audit.list', {}],
]

if (flags.cores === 'both') shareCores()
else spawnSync('taskset', ['-acp', '0', String(process.pid)])
const upstream = await startUpstream()
const gateway = await startGateway({ name: 'gateway-full-tables', upstreamPort: upstream.port, dataDir })
const call = createCaller(`http://127.0.0.1:${gateway.port}`)
await call('auth.login', BENCH_ACCOUNT)

interface Measured {
  readonly p50: number
  readonly p99: number
  /** Of the gateway, as a share of a core. */
  readonly cpu: number
  readonly readsPerSecond: number
}

async function measure(isRead: boolean): Promise<Measured> {
  let isOver = false
  let reads = 0
  const read = async (): Promise<void> => {
    for (let n = 0; !isOver; n += 1) {
      const [name, input] = READ[n % READ.length] ?? ['audit.list', {}]
      await call(name, input)
      reads += 1
      await delay(pauseMs)
    }
  }
  const before = cpuSecondsOf(gateway.pid ?? 0)
  const reading = isRead ? read() : undefined
  const { latency } = await load(gateway, order)
  isOver = true
  await reading
  const cpu = (cpuSecondsOf(gateway.pid ?? 0) - before) / order.seconds
  return { ...latency, cpu, readsPerSecond: reads / order.seconds }
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN
const row = (cells: readonly string[]): void =>
  void process.stdout.write(`${cells.map((cell) => cell.padStart(11)).join('')}\n`)
const columnsOf = ({ p50, p99, cpu, readsPerSecond }: Measured): string[] => [
  p50.toFixed(0),
  p99.toFixed(0),
  cpu.toFixed(2),
  readsPerSecond.toFixed(1),
]

try {
  row(['', 'p50 µs', 'p99 µs', 'CPU', 'reads/s', 'p99 ratio'])
  const alone: Measured[] = []
  const beside: Measured[] = []
  const ratios: number[] = []
  for (let round = 0; round < Number(flags.rounds); round += 1) {
    const first = await measure(round % 2 === 1)
    const second = await measure(round % 2 === 0)
    const [without, withReader] = round % 2 === 1 ? [second, first] : [first, second]
    alone.push(without)
    beside.push(withReader)
    ratios.push(withReader.p99 / without.p99)
    row(['alone', ...columnsOf(without)])
    row(['with reader', ...columnsOf(withReader), (ratios.at(-1) ?? Number.NaN).toFixed(2)])
  }
  const medianOf = (all: readonly Measured[]): Measured => ({
    p50: median(all.map(({ p50 }) => p50)),
    p99: median(all.map(({ p99 }) => p99)),
    cpu: median(all.map(({ cpu }) => cpu)),
    readsPerSecond: median(all.map(({ readsPerSecond }) => readsPerSecond)),
  })
  process.stdout.write('\nmedians\n')
  row(['alone', ...columnsOf(medianOf(alone))])
  row(['with reader', ...columnsOf(medianOf(beside)), median(ratios).toFixed(2)])
} finally {
  await gateway.stop()
  await upstream.stop()
}
