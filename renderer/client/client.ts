// The one client of both apps: typed calls by the names of the contract, whichever transport carries them.
import type { CallInput, CallOutput, OperationName } from '../../contract/catalogue.ts'
import type { ErrorCode } from '../../contract/errors.ts'
import { createEventHub, type OnEvent } from './event-hub.ts'
import type { Transport, TransportCode } from './transport.ts'

/** An expected failure of a call. Screens say it in the reader's language, by its code. */
export interface CallFailure {
  readonly code: ErrorCode | TransportCode
  /** English, for the console of the browser; never shown alone. */
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
}

/** Thrown to react-query, which knows failures by exceptions only. */
export class CallError extends Error {
  readonly failure: CallFailure

  constructor(failure: CallFailure) {
    super(failure.message)
    this.name = 'CallError'
    this.failure = failure
  }
}

type Change = 'signed_out' | 'stale' | 'unanswered'

export interface Client {
  /** Resolves to the operation's output; rejects with a `CallError`, or where `signal` ends it. */
  call<Name extends OperationName>(
    name: Name,
    input: CallInput<Name>,
    signal?: AbortSignal,
  ): Promise<CallOutput<Name>>
  /** Whether this page is older than what the server has now. */
  isStale(): boolean
  /** Events are hints: what changed is asked for. */
  readonly onEvent: OnEvent
  /** Told when the session has ended, when the page has become stale, and when nobody answered a call. */
  onChange(listener: (change: Change) => void): () => void
}

export interface ClientParts {
  readonly transport: Transport
  /** Told by the transport which build every answer names. */
  readonly staleness: Staleness
}

/** Remembers whether any answer named another build than the page's own. */
export interface Staleness {
  note(buildId: string): void
  readonly isStale: boolean
  onStale: (() => void) | undefined
}

export function createStaleness(ownBuildId: string): Staleness {
  let isStale = false
  const staleness: Staleness = {
    note(buildId) {
      if (isStale || buildId === ownBuildId) return
      isStale = true
      staleness.onStale?.()
    },
    get isStale() {
      return isStale
    },
    onStale: undefined,
  }
  return staleness
}

export function createClient({ transport, staleness }: ClientParts): Client {
  const changeListeners = new Set<(change: Change) => void>()
  const tell = (change: Change) => {
    for (const listener of changeListeners) listener(change)
  }
  staleness.onStale = () => tell('stale')

  return {
    async call(name, input, signal) {
      const answer = await transport.call(name, input, signal)
      // The server parsed its answer against this operation's output before it sent it.
      if (answer.ok) return answer.data as CallOutput<typeof name>
      if (answer.error.code === 'unauthenticated') tell('signed_out')
      if (answer.error.code === 'offline') tell('unanswered')
      throw new CallError(answer.error)
    },
    isStale: () => staleness.isStale,
    onEvent: createEventHub(transport),
    onChange(listener) {
      changeListeners.add(listener)
      return () => changeListeners.delete(listener)
    },
  }
}
