// What the parts have counted, in the text format of Prometheus. The parts keep plain numbers on the path of a request;
// they are made into metrics only when somebody asks.
import type { Registry } from 'prom-client'
import type { AccountBook } from './accounts/account.ts'
import type { Writer } from './db/write.ts'
import type { Gateway, GatewayStats, UpstreamTarget } from './gateway/gateway.ts'
import type { Metrics } from './http/http-deps.ts'
import type { MetricName, Value } from './metric-kinds.ts'
import type { LoopDelay } from './system/loop-delay.ts'
import type { LiveUpstream } from './upstream-target.ts'

export interface MetricSources {
  readonly gateway: Pick<Gateway, 'stats'>
  readonly accounts: Pick<AccountBook, 'openHolds'>
  readonly writer: Pick<Writer, 'waiting'>
  readonly upstream: Pick<LiveUpstream, 'targets'>
  readonly loopDelay: Pick<LoopDelay, 'current'>
}

interface MetricOf<Source> extends MetricName {
  valuesOf(source: Source): readonly Value[]
}

/** The text format that everything reads. */
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** The sources are asked for anew each time: a restore puts others in their place. */
export function createMetrics(sources: () => MetricSources): Metrics {
  let registry: Promise<Registry> | undefined
  return {
    contentType: CONTENT_TYPE,
    async text() {
      registry ??= fillRegistry(sources).catch((error: unknown) => {
        // What could not be loaded now may be another time.
        registry = undefined
        throw error
      })
      return (await registry).metrics()
    },
  }
}

/** The library is loaded here, because many a gateway is never asked. */
async function fillRegistry(sources: () => MetricSources): Promise<Registry> {
  const { counter, createRegistry, gauge, histogram } = await import('./metric-kinds.ts')
  const registry = createRegistry()
  for (const metric of COUNTERS) counter(registry, metric, () => metric.valuesOf(sources().gateway.stats()))
  for (const metric of GAUGES) gauge(registry, metric, () => metric.valuesOf(sources().gateway.stats()))
  for (const metric of processGauges(sources)) gauge(registry, metric, metric.valuesOf)
  for (const metric of OF_UPSTREAMS.counters)
    counter(registry, metric, () => metric.valuesOf(sources().upstream.targets()))
  for (const metric of OF_UPSTREAMS.gauges)
    gauge(registry, metric, () => metric.valuesOf(sources().upstream.targets()))
  histogram(registry, DURATIONS, () => sources().gateway.stats().durations)
  histogram(registry, FIRST_TOKENS, () => sources().gateway.stats().firstTokens)
  return registry
}

const named = (name: string) => `codex_gateway_${name}`

const COUNTERS: readonly MetricOf<GatewayStats>[] = [
  {
    name: named('requests_total'),
    help: 'Requests to the OpenAI side, by endpoint and by the status they were answered with.',
    labelNames: ['endpoint', 'status'],
    valuesOf: ({ requests }) =>
      requests.map(({ endpoint, status, count }) => [count, { endpoint, status: String(status) }]),
  },
  {
    name: named('errors_total'),
    help: 'Requests that ended in an error, by its code.',
    labelNames: ['code'],
    valuesOf: ({ errors }) => errors.map(({ code, count }) => [count, { code }]),
  },
  {
    name: named('refusals_unlisted_total'),
    help: 'Refused requests that are not listed one by one, because their key had many like them in a minute.',
    labelNames: ['code'],
    valuesOf: ({ unlisted }) => unlisted.map(({ code, count }) => [count, { code }]),
  },
  {
    name: named('tokens_total'),
    help: 'Tokens that were used. Cached and written ones are parts of the input, reasoning is a part of the output.',
    labelNames: ['kind'],
    valuesOf: ({ tokens }) => [
      [tokens.input, { kind: 'input' }],
      [tokens.cachedInput, { kind: 'cached_input' }],
      [tokens.cacheWrite, { kind: 'cache_write' }],
      [tokens.output, { kind: 'output' }],
      [tokens.reasoning, { kind: 'reasoning' }],
    ],
  },
  {
    name: named('web_searches_total'),
    help: 'Hosted web searches that were made.',
    valuesOf: ({ webSearches }) => [[webSearches]],
  },
  {
    name: named('spend_nano_usd_total'),
    help: 'What was charged, in nano-dollars, without the answers of the demo upstream.',
    valuesOf: ({ spendNanoUsd }) => [[spendNanoUsd]],
  },
  {
    name: named('drain_cuts_total'),
    help: 'Upstreams that were read on behind a client that had left, and cut by a bound on that.',
    labelNames: ['bound'],
    valuesOf: ({ drainCuts }) => Object.entries(drainCuts).map(([bound, count]) => [count, { bound }]),
  },
  {
    name: named('sockets_opened_total'),
    help: 'Connections over WebSocket that were opened.',
    valuesOf: ({ sockets }) => [[sockets.opened]],
  },
  {
    name: named('socket_turns_total'),
    help: 'Requests that came in frames of a WebSocket. They are among all requests, too.',
    valuesOf: ({ sockets }) => [[sockets.turns]],
  },
  {
    name: named('upstream_failures_total'),
    help: 'Requests that the upstream failed at, by what was wrong.',
    labelNames: ['kind'],
    valuesOf: ({ upstream }) => Object.entries(upstream.failures).map(([kind, count]) => [count, { kind }]),
  },
]

/** What is not known yet is left out: a zero would be a moment in 1970. */
const secondsAt = (at: number | undefined): readonly Value[] => (at === undefined ? [] : [[at / 1000]])

const GAUGES: readonly MetricOf<GatewayStats>[] = [
  {
    name: named('requests_in_flight'),
    help: 'Requests that are running, those included whose client has left.',
    valuesOf: ({ inFlight }) => [[inFlight]],
  },
  {
    name: named('drains'),
    help: 'Upstreams that are being read on behind a client that has left.',
    valuesOf: ({ drains }) => [[drains]],
  },
  {
    name: named('sockets'),
    help: 'Connections over WebSocket that are open.',
    valuesOf: ({ sockets }) => [[sockets.open]],
  },
  {
    name: named('upstream_last_success_timestamp_seconds'),
    help: 'When the upstream last answered as it should.',
    valuesOf: ({ upstream }) => secondsAt(upstream.lastSuccessAt),
  },
  {
    name: named('upstream_last_failure_timestamp_seconds'),
    help: 'When the upstream last failed at a request.',
    valuesOf: ({ upstream }) => secondsAt(upstream.lastFailureAt),
  },
]

const upstreamOf = ({ id, name }: UpstreamTarget) => ({ upstream: name ?? id })

/** Of those that are in use, by name; `primary` is that of the set-up. */
const OF_UPSTREAMS: Readonly<Record<'counters' | 'gauges', readonly MetricOf<readonly UpstreamTarget[]>[]>> =
  {
    counters: [
      {
        name: named('upstream_sent_total'),
        help: 'Requests that were sent to an upstream, those included that another one answered in the end.',
        labelNames: ['upstream'],
        valuesOf: (targets) => targets.map((target) => [target.lane.counts().sent, upstreamOf(target)]),
      },
      {
        name: named('upstream_failed_total'),
        help: 'Requests that an upstream failed at: a fault, a rate limit, or a refusal of the gateway itself.',
        labelNames: ['upstream', 'kind'],
        valuesOf: (targets) =>
          targets.flatMap((target) =>
            Object.entries(target.lane.counts().failed).map(
              ([kind, count]) => [count, { ...upstreamOf(target), kind }] as const,
            ),
          ),
      },
    ],
    gauges: [
      {
        name: named('upstream_in_flight'),
        help: 'Requests that are running at an upstream.',
        labelNames: ['upstream'],
        valuesOf: (targets) => targets.map((target) => [target.lane.running, upstreamOf(target)]),
      },
      {
        name: named('upstream_open'),
        help: 'Whether the breaker of an upstream is open or half-open, so that others are asked first.',
        labelNames: ['upstream'],
        valuesOf: (targets) =>
          targets.map((target) => [target.lane.breaker().state === 'closed' ? 0 : 1, upstreamOf(target)]),
      },
    ],
  }

const DURATIONS = {
  name: named('request_duration_seconds'),
  help: 'From the arrival of a request to its end.',
}
const FIRST_TOKENS = {
  name: named('first_token_seconds'),
  help: 'From the arrival of a request to the first byte of its answer.',
}

/** Of the process by the names that dashboards know, of our own parts by ours. */
function processGauges(sources: () => MetricSources): readonly MetricOf<void>[] {
  const lag = (of: 'p50Ms' | 'p99Ms' | 'maxMs'): readonly Value[] => {
    const current = sources().loopDelay.current()
    return current ? [[current[of] / 1000]] : []
  }
  return [
    {
      name: named('open_holds'),
      help: 'Holds that are open.',
      valuesOf: () => [[sources().accounts.openHolds().count]],
    },
    {
      name: named('open_holds_nano_usd'),
      help: 'What open holds hold, in nano-dollars.',
      valuesOf: () => [[sources().accounts.openHolds().amountNanoUsd]],
    },
    {
      name: named('writer_queue'),
      help: 'Writes that are not on disk yet.',
      valuesOf: () => [[sources().writer.waiting]],
    },
    {
      name: 'nodejs_eventloop_lag_p50_seconds',
      help: 'Median delay of the event loop, of the last ten seconds to half a minute.',
      valuesOf: () => lag('p50Ms'),
    },
    {
      name: 'nodejs_eventloop_lag_p99_seconds',
      help: '99th percentile of the delay of the event loop, of the same time.',
      valuesOf: () => lag('p99Ms'),
    },
    {
      name: 'nodejs_eventloop_lag_max_seconds',
      help: 'Longest delay of the event loop, of the same time.',
      valuesOf: () => lag('maxMs'),
    },
    {
      name: 'process_resident_memory_bytes',
      help: 'Memory of the process.',
      valuesOf: () => [[process.memoryUsage.rss()]],
    },
    {
      name: 'process_cpu_seconds_total',
      help: 'Time of the processor that was used.',
      valuesOf: () => [[(process.cpuUsage().user + process.cpuUsage().system) / 1e6]],
    },
    {
      name: 'process_start_time_seconds',
      help: 'When the process started.',
      valuesOf: () => [[performance.timeOrigin / 1000]],
    },
  ]
}
