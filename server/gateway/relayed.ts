// What came of sending a request: how it ended, what was measured, and how the rest of the answer goes out once the
// charge is on disk.
import type { Refusal } from '../../contract/errors.ts'
import type { Ending } from '../ledger/settle.ts'
import type { LiveRequest } from './live-requests.ts'
import { aheadOf, answerRefusal } from './openai-error.ts'
import type { Held } from './request.ts'
import { type Measured, nothingMeasured } from './stream-meter.ts'
import type { UpstreamFault } from './upstream-exchange.ts'

export interface Relayed {
  readonly ending: Ending
  readonly measured: Measured
  /** The HTTP status that the client is given. */
  readonly status: number
  readonly errorCode: string | null
  /** Monotonic milliseconds of the first relayed byte, where any went out before the charge. */
  readonly firstByteMonoMs: number | undefined
  /** Lets out what was withheld. Called once, after the charge is on disk. */
  readonly finish: () => void
  /** Resolves when the upstream has nothing more to say; undefined where it has said all. */
  readonly finished: Promise<void> | undefined
}

/** A client that is given no status has left before there was one. */
export const CLIENT_LEFT_STATUS = 499

/** An answer that has all come when it is relayed. */
export const NOTHING_MORE = undefined

/** The status that a client was given, or is about to be given: the earlier one where it was cut, none where it left. */
export function statusGiven(held: Held, live: LiveRequest, status: number): number {
  if (!live.isGone) return status
  return held.res.headersSent ? held.res.statusCode : CLIENT_LEFT_STATUS
}

/** How a request ended whose answer is a refusal: nothing of the upstream's is relayed, whoever is there to be told. */
export function refusedWith(
  held: Held,
  live: LiveRequest,
  refused: Refusal,
  status: number,
  ending: Ending,
): Relayed {
  return {
    ending: live.leftUnsent ? 'unsent' : ending,
    measured: nothingMeasured(),
    status: statusGiven(held, live, status),
    errorCode: live.cutBy?.code ?? (live.isDrainCut || live.leftUnsent ? null : refused.code),
    firstByteMonoMs: undefined,
    finish: () => answerRefusal(held.res, held.requestId, refused, aheadOf(held)),
    finished: NOTHING_MORE,
  }
}

/** The code for a fault of the upstream or of the way to it. */
export function codeOf(
  fault: UpstreamFault,
): 'upstream_unreachable' | 'upstream_timeout' | 'upstream_failed' | 'gateway_stopping' {
  switch (fault.kind) {
    case 'unreachable':
      return 'upstream_unreachable'
    case 'timeout':
      return 'upstream_timeout'
    case 'aborted':
      return 'gateway_stopping'
    case 'broken':
      return 'upstream_failed'
  }
}
