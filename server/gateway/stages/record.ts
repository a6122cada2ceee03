// Writes the one log line of a request. No secret, no prompt and no answer is in it.
import type { UsageRow } from '../../../contract/usage.ts'
import type { StageDeps } from '../deps.ts'
import type { Received } from '../request.ts'

export function recordCharged(deps: Pick<StageDeps, 'logger'>, received: Received, row: UsageRow): void {
  deps.logger.info({ event: 'request', address: received.address, ...row })
}

export function recordRefused(
  deps: Pick<StageDeps, 'logger' | 'clock'>,
  received: Received & { readonly key?: { readonly userId: string; readonly keyId: string } },
  refused: { readonly code: string; readonly status: number },
): void {
  deps.logger.info({
    event: 'request',
    requestId: received.requestId,
    address: received.address,
    userId: received.key?.userId,
    keyId: received.key?.keyId,
    status: refused.status,
    errorCode: refused.code,
    reason: 'refused',
    durationMs: Math.round(deps.clock.monotonicMs() - received.startedMonoMs),
  })
}
