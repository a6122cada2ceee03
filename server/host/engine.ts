// What the engine is told about its own work. A start runs nearly everything once or a few times: code that is optimized then
// takes memory for compilers, their threads and their results, and a core from the start itself, and is of no use afterwards.
import { setFlagsFromString } from 'node:v8'

/** As they are in Node 24, and what they are until the server is ready. */
const SETTINGS = [
  { name: 'minimum-invocations-before-optimization', usual: 2, quiet: 1_000_000 },
  { name: 'invocation-count-for-maglev', usual: 400, quiet: 50_000 },
  { name: 'invocation-count-for-maglev-osr', usual: 100, quiet: 50_000 },
  { name: 'invocation-count-for-osr', usual: 500, quiet: 50_000 },
]

/**
 * What the server needs of Node itself. Its compiled code comes with Node and is taken by an engine with the usual settings
 * only, so it is loaded before they change.
 */
const PARTS_OF_NODE =
  'assert async_hooks crypto dgram diagnostics_channel dns fs/promises http https net os perf_hooks querystring stream string_decoder timers/promises tls tty url util vm worker_threads zlib'

/** Numbers and one switch, because an isolate that is made while a compiler is switched off has none later either. */
export function optimizeNothingYet(): void {
  for (const part of PARTS_OF_NODE.split(' ')) process.getBuiltinModule(`node:${part}`)
  for (const { name, quiet } of SETTINGS) setFlagsFromString(`--${name}=${quiet}`)
  setFlagsFromString('--no-sparkplug')
}

export function optimizeFromNowOn(): void {
  for (const { name, usual } of SETTINGS) setFlagsFromString(`--${name}=${usual}`)
  setFlagsFromString('--sparkplug')
}
