// The marks that bind, and how each is computed from ratios within rounds.
import type { Recorded } from './record.ts'
import type { TargetName } from './targets.ts'

export interface Mark {
  readonly name: string
  readonly wanted: string
  readonly value: number
  readonly shown: string
  readonly isMet: boolean
}

const percent = (value: number) => `${(value * 100).toFixed(0)} %`
const times = (value: number) => `${value.toFixed(2)}×`

function atLeast(name: string, value: number, least: number, show: (value: number) => string): Mark {
  return { name, wanted: `≥ ${show(least)}`, value, shown: show(value), isMet: value >= least }
}

function atMost(name: string, value: number, most: number, show: (value: number) => string): Mark {
  return { name, wanted: `≤ ${show(most)}`, value, shown: show(value), isMet: value <= most }
}

/** Marks of whatever was measured; what was not measured has none. */
export function marksOf(recorded: Recorded): readonly Mark[] {
  const marks: Mark[] = []
  const add = (mark: Mark) => {
    if (Number.isFinite(mark.value)) marks.push(mark)
  }
  const ratio = (measure: string, figure: string, of: TargetName, to: TargetName) =>
    recorded.ratio(measure, figure, of, to)

  for (const body of ['1kb', '64kb']) {
    for (const connections of [50, 200]) {
      const measure = `${body}, ${connections} connections`
      add(atLeast(`throughput to e, ${measure}`, ratio(measure, 'rps', 'gateway', 'e'), 0.7, percent))
      add(atLeast(`at NORMAL, ${measure}`, ratio(measure, 'rps', 'gateway-normal', 'e'), 0.85, percent))
    }
    for (const connections of [10, 50]) {
      const measure = `${body}, ${connections} connections`
      add(atLeast(`throughput to Portkey, ${measure}`, ratio(measure, 'rps', 'gateway', 'portkey'), 5, times))
    }
  }
  const open = '1,000 requests a second'
  add(atMost('added p50 to nginx’s, 1,000/s', recorded.addedRatio(open, 'p50', 'gateway', 'nginx'), 3, times))
  add(atMost('p99 to e’s, 1,000/s', ratio(open, 'p99', 'gateway', 'e'), 1.5, times))
  const bursts = 'stream bursts, 8 at once'
  add(atLeast('stream bursts to e', ratio(bursts, 'chunksPerSecond', 'gateway', 'e'), 0.95, percent))
  const paced = 'paced streams, 50 at once, 20 ms'
  add(atMost('CPU per paced chunk to e', ratio(paced, 'cpuUs', 'gateway', 'e'), 1.25, times))
  const single = recorded.added('one stream at a time', 'firstByteP50', 'gateway') / 1000
  add(atMost('added time to first byte', single, 0.5, (value) => `${value.toFixed(2)} ms`))
  const megabytes = (value: number) => `${value.toFixed(0)} MB`
  add(atMost('memory idle', recorded.median('memory', 'idleMb', 'gateway'), 100, megabytes))
  add(atMost('500 slow streams, more', recorded.median('memory', 'moreMb', 'gateway'), 50, megabytes))
  const start = recorded.median('start-up, 10,000 keys', 'readyMs', 'gateway') / 1000
  add(atMost('ready', start, 0.4, (value) => `${value.toFixed(2)} s`))
  const flat = ratio('flat', 'rps', 'gateway-full-tables', 'gateway')
  add(atLeast('with 100,000 keys and 1,000,000 rows', flat, 0.9, percent))
  return marks
}
