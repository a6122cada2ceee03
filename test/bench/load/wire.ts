// What load and upstream agree on: the bodies that are sent, and how a chunk of a stream carries the time it was written.

/** Stands before nineteen digits of monotonic nanoseconds. */
export const STAMP_MARK = '@T'
export const STAMP_DIGITS = 19
export const CHUNKS_PER_STREAM = 100

export type BodyKind = '1kb' | '64kb' | 'burst' | 'first' | 'paced' | 'slow'

const SENTENCE =
  'Summarise the differences between the starter and the team plan, then list the three limits I am most likely to reach first, with the numbers. '

const content = (bytes: number) => SENTENCE.repeat(Math.ceil(bytes / SENTENCE.length)).slice(0, bytes)

/** A chat request whose model comes first, so that the upstream finds it without parsing. */
export function bodyOf(kind: BodyKind): string {
  const isStream = kind !== '1kb' && kind !== '64kb'
  const model = isStream ? `bench-${kind}` : 'bench-json'
  const size = kind === '64kb' ? 64 * 1024 : 1024
  const rest = isStream ? { stream: true, stream_options: { include_usage: true } } : {}
  const members = { model, temperature: 0.7, max_tokens: 256, ...rest }
  const around = JSON.stringify({ ...members, messages: [{ role: 'user', content: '' }] }).length
  return JSON.stringify({ ...members, messages: [{ role: 'user', content: content(size - around) }] })
}

/** One run of the load, as it is handed to the load client. */
export interface LoadOrder {
  readonly mode: 'closed' | 'open' | 'stream'
  readonly port: number
  readonly path: string
  /** Whole header lines, beside host, content-type and content-length. */
  readonly headers: readonly string[]
  readonly body: BodyKind
  readonly connections: number
  readonly seconds: number
  /** Requests a second, for `open`. */
  readonly rate?: number
  /** Every single latency is told, beside the percentiles. */
  readonly isTraced?: boolean
}

/** Times in microseconds. */
export interface LoadResult {
  readonly requests: number
  readonly errors: number
  readonly seconds: number
  readonly chunks: number
  readonly latency: Percentiles
  readonly firstByte: Percentiles
  /** From the upstream's write of a chunk to its arrival. */
  readonly chunkDelay: Percentiles
  /** Processor time that the load itself took, in seconds: near `seconds` it was the bottleneck. */
  readonly ownCpuSeconds: number
  /** When each request was due, on the monotonic clock that the processes of one machine share, and what it took. */
  readonly trace?: readonly (readonly [dueAtUs: number, latencyUs: number])[]
}

export interface Percentiles {
  readonly p50: number
  readonly p99: number
}
