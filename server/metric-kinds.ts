// The kinds of metrics: each shows plain numbers that somebody else has counted, and asks for them when it is asked itself.
import { Counter, Gauge, type Metric, Registry } from 'prom-client'
import { DURATION_BUCKETS_MS, type Times } from './gateway/traffic.ts'

type Labels = Readonly<Record<string, string>>
export type Value = readonly [value: number, labels?: Labels]

export interface MetricName {
  readonly name: string
  readonly help: string
  readonly labelNames?: readonly string[]
}

export const createRegistry = (): Registry => new Registry()

export function counter(
  registry: Registry,
  { name, help, labelNames = [] }: MetricName,
  values: () => readonly Value[],
): void {
  const metric = new Counter({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      metric.reset()
      for (const [value, labels] of values()) metric.inc({ ...labels }, value)
    },
  })
}

export function gauge(
  registry: Registry,
  { name, help, labelNames = [] }: MetricName,
  values: () => readonly Value[],
): void {
  const metric = new Gauge({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      // Where there are no labels, a reset would leave a zero behind.
      if (labelNames.length > 0) metric.reset()
      else metric.remove()
      for (const [value, labels = {}] of values()) metric.set(labels, value)
    },
  })
}

/** The library's own histogram counts by itself; this one shows what was counted. */
export function histogram(
  registry: Registry,
  { name, help }: MetricName,
  timesOf: () => ReadonlyMap<string, Times>,
): void {
  const get = () =>
    Promise.resolve({
      name,
      help,
      type: 'histogram',
      aggregator: 'sum',
      values: [...timesOf()].flatMap(([endpoint, times]) => linesOf(name, endpoint, times)),
    })
  // What a registry asks of a metric is its name and `get`; the type names the classes that have them.
  registry.registerMetric({ name, get } as unknown as Metric<string>)
}

function linesOf(name: string, endpoint: string, { counts, sumMs }: Times) {
  let count = 0
  const buckets = [...DURATION_BUCKETS_MS, Number.POSITIVE_INFINITY].map((upToMs, index) => {
    count += counts[index] ?? 0
    const le = upToMs === Number.POSITIVE_INFINITY ? '+Inf' : upToMs / 1000
    return { metricName: `${name}_bucket`, labels: { endpoint, le }, value: count }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: { endpoint }, value: sumMs / 1000 },
    { metricName: `${name}_count`, labels: { endpoint }, value: count },
  ]
}
