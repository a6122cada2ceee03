// What the engine is told about its own work. A start runs nearly everything once or a few times: code that is optimized then
// takes memory for compilers, their threads and their results, and a core from the start itself, and is of no use afterwards.
import { setFlagsFromString } from 'node:v8'

/** How often a function must have been called to be optimized: as it is in Node 24, and until the server has something to do. */
const CALLS = 'minimum-invocations-before-optimization'
const CALLS_USUAL = 2
const CALLS_QUIET = 1_000_000

/**
 * What the server needs of Node itself. Its compiled code comes with Node and is taken by an engine with the usual settings
 * only, so it is loaded before they change.
 */
const PARTS_OF_NODE =
  'assert async_hooks crypto dgram diagnostics_channel dns fs/promises http https net os perf_hooks querystring stream string_decoder timers/promises tls tty url util vm worker_threads zlib'

/**
 * The compilers are not switched off, because an isolate that is made meanwhile would have none later either, and nothing is
 * changed that a function keeps from its first calls.
 */
export function optimizeNothingYet(): void {
  for (const part of PARTS_OF_NODE.split(' ')) process.getBuiltinModule(`node:${part}`)
  setFlagsFromString(`--${CALLS}=${CALLS_QUIET}`)
  setFlagsFromString('--no-sparkplug')
}

/** What the event loop is told of by some thirty requests. An idle server is told of nothing. */
const BUSY_EVENTS = 300
const LOOK_EVERY_MS = 250

interface EngineDeps {
  /** What the event loop has handled so far, by the engine's own count. */
  readonly handled: () => number
  readonly setFlag: (flag: string) => void
}

const ENGINE: EngineDeps = {
  handled: () => performance.nodeTiming.uvMetricsInfo.events,
  setFlag: setFlagsFromString,
}

/** A server that nobody asks anything leaves the compilers alone: their part of Node is as large as all that it uses of it. */
export function optimizeOnceBusy({ handled, setFlag }: EngineDeps = ENGINE): void {
  const before = handled()
  const looking = setInterval(() => {
    if (handled() - before < BUSY_EVENTS) return
    clearInterval(looking)
    setFlag(`--${CALLS}=${CALLS_USUAL}`)
    setFlag('--sparkplug')
  }, LOOK_EVERY_MS)
  looking.unref()
}
