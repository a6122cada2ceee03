// What is measured, and how one measurement of one target is taken. Nothing is judged here.

import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { cpuSecondsOf, residentMbOf, startChild } from './child.ts'
import type { LoadOrder, LoadResult } from './load/wire.ts'
import type { Target, TargetName } from './targets.ts'

/** Figures of one target in one round, by name; ratios are taken between targets of one round only. */
export type Figures = Readonly<Record<string, number>>

export interface Measure {
  readonly name: string
  readonly targets: readonly TargetName[]
  readonly rounds: number
  run(target: Target): Promise<Figures>
}

export interface BenchScale {
  readonly rounds: number
  /** Of one measurement of one target. */
  readonly seconds: number
}

const LOAD_CLIENT = join(import.meta.dirname, 'load', 'load-client.ts')

export async function load(
  target: Target,
  order: Omit<LoadOrder, 'port' | 'path' | 'headers'>,
): Promise<LoadResult> {
  const { port, path, headers } = target
  const child = startChild(
    process.execPath,
    [LOAD_CLIENT, JSON.stringify({ ...order, port, path, headers })],
    {
      core: 'load',
    },
  )
  const result = JSON.parse(await child.ended()) as LoadResult
  if (result.errors > 0)
    throw new Error(`${target.name}: ${result.errors} of ${result.requests} requests failed`)
  return result
}

/** With the processor time that the target took meanwhile, in microseconds for each of `per`. */
async function loadWithCpu(
  target: Target,
  order: Omit<LoadOrder, 'port' | 'path' | 'headers'>,
  per: (result: LoadResult) => number,
): Promise<{ readonly result: LoadResult; readonly cpuUs: number }> {
  const before = target.pid === undefined ? Number.NaN : cpuSecondsOf(target.pid)
  const result = await load(target, order)
  const after = target.pid === undefined ? Number.NaN : cpuSecondsOf(target.pid)
  return { result, cpuUs: ((after - before) * 1e6) / per(result) }
}

const PROXIES: readonly TargetName[] = ['nginx', 'e', 'gateway', 'gateway-normal']
const EVERYONE: readonly TargetName[] = ['direct', 'nginx', 'e', 'portkey', 'gateway', 'gateway-normal']

const closedLoop = (scale: BenchScale, body: '1kb' | '64kb', connections: number): Measure => ({
  name: `${body}, ${connections} connection${connections === 1 ? '' : 's'}`,
  targets: EVERYONE,
  rounds: scale.rounds,
  async run(target) {
    const order = { mode: 'closed', body, connections, seconds: scale.seconds } as const
    const { result, cpuUs } = await loadWithCpu(target, order, ({ requests }) => requests)
    const { p50, p99 } = result.latency
    return {
      rps: result.requests / result.seconds,
      p50,
      p99,
      cpuUs,
      loadCpu: result.ownCpuSeconds / result.seconds,
    }
  },
})

export const measures = (scale: BenchScale): readonly Measure[] => [
  ...(['1kb', '64kb'] as const).flatMap((body) => [1, 10, 50, 200].map((n) => closedLoop(scale, body, n))),
  {
    name: '1,000 requests a second',
    targets: EVERYONE,
    rounds: scale.rounds,
    async run(target) {
      const order = {
        mode: 'open',
        body: '1kb',
        connections: 64,
        rate: 1000,
        seconds: scale.seconds + 1,
      } as const
      const { result, cpuUs } = await loadWithCpu(target, order, ({ requests }) => requests)
      return {
        p50: result.latency.p50,
        p99: result.latency.p99,
        cpuUs,
        rps: result.requests / result.seconds,
      }
    },
  },
  {
    name: 'stream bursts, 8 at once',
    targets: ['direct', ...PROXIES],
    rounds: scale.rounds,
    async run(target) {
      const order = { mode: 'stream', body: 'burst', connections: 8, seconds: scale.seconds } as const
      const { result, cpuUs } = await loadWithCpu(target, order, ({ chunks }) => chunks)
      return {
        chunksPerSecond: result.chunks / result.seconds,
        cpuUs,
        loadCpu: result.ownCpuSeconds / result.seconds,
      }
    },
  },
  {
    name: 'paced streams, 50 at once, 20 ms',
    targets: ['direct', ...PROXIES],
    rounds: scale.rounds,
    async run(target) {
      const order = {
        mode: 'stream',
        body: 'paced',
        connections: 50,
        seconds: Math.max(4, scale.seconds),
      } as const
      const { result, cpuUs } = await loadWithCpu(target, order, ({ chunks }) => chunks)
      return { cpuUs, delayP50: result.chunkDelay.p50, delayP99: result.chunkDelay.p99 }
    },
  },
  {
    name: 'one stream at a time',
    targets: ['direct', ...PROXIES],
    rounds: scale.rounds,
    async run(target) {
      const result = await load(target, {
        mode: 'stream',
        body: 'first',
        connections: 1,
        seconds: scale.seconds,
      })
      return { firstByteP50: result.firstByte.p50, firstByteP99: result.firstByte.p99 }
    },
  },
]

const IDLE_AFTER_MS = 10_000

/** Slow streams that are open at once; resident memory stays up behind them, so a target is asked once, and last. */
export async function memoryUnderSlowStreams(target: Target): Promise<Figures> {
  if (target.pid === undefined) return {}
  const { pid } = target
  // What was just started and asked is not idle yet.
  await delay(IDLE_AFTER_MS)
  const idleMb = residentMbOf(pid)
  const running = load(target, { mode: 'stream', body: 'slow', connections: 500, seconds: 8 })
  await delay(6_000)
  const withStreamsMb = residentMbOf(pid)
  await running
  return { idleMb, withStreamsMb, moreMb: withStreamsMb - idleMb }
}
