// Writes the one log line of a request, and counts it. No secret, no prompt and no answer is in either.
import type { StageDeps } from '../deps.ts'
import type { Outcome } from '../outcome.ts'

export function record(
  deps: Pick<StageDeps, 'logger' | 'traffic'>,
  received: { readonly address: string },
  outcome: Outcome,
): void {
  deps.logger.info({ ...outcome, event: 'request', address: received.address })
  deps.traffic.note(outcome)
}
