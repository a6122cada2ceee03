// How a call leaves the page: the one interface that the HTTP door and the desktop window's bridge both have.
import type { DesktopEvent } from '../../contract/desktop.ts'
import type { PushedEvent } from '../../contract/events.ts'
import type { Envelope } from '../../contract/operation.ts'

/** What went wrong before any door answered; every other failure has a code of the contract. */
export type TransportCode = 'offline' | 'timed_out' | 'unreadable_answer'

export type TransportAnswer =
  | Envelope<unknown>
  | { readonly ok: false; readonly error: { readonly code: TransportCode; readonly message: string } }

/**
 * What a stream tells: what the gateway or the desktop app pushed, that the gateway refused the stream itself, and that it broke
 * or still cannot be had.
 */
export type StreamEvent =
  | PushedEvent
  | DesktopEvent
  | { readonly type: 'stream.refused' }
  | { readonly type: 'stream.broken' }

export interface Transport {
  /** Never rejects, unless `signal` ends the call. */
  call(name: string, input: unknown, signal?: AbortSignal): Promise<TransportAnswer>
  /**
   * Opens the stream of pushed events; the returned function ends it. `hello` says that it stands, and comes again where it
   * broke and came back by itself: what happened in between is lost.
   */
  listen(onEvent: (event: StreamEvent) => void): () => void
}

export const transportFailure = (code: TransportCode, message: string): TransportAnswer => ({
  ok: false,
  error: { code, message },
})
