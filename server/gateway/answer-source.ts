// Where the bytes of an answer come from: the exchange with the upstream, or what unpacks it.
import type { ExchangeSink } from './upstream-exchange.ts'

export interface AnswerSource {
  /** The answer's first bytes, which stay to be consumed; undefined where it has none. Asked for before `consume`. */
  firstChunk(): Promise<Buffer | undefined>
  /** Hands everything that has come, and all that comes, to the sink. Called once. */
  consume(sink: ExchangeSink): void
  pause(): void
  resume(): void
  /** Ends the exchange; the sink is told `aborted`. Harmless when it is over. */
  abort(): void
}
