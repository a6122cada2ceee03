// What a crash has left open when the gateway starts: it is released, and listed as a possible loss.
import type { LedgerRepository } from '../db/repositories/ledger.ts'
import type { Clock, Logger } from '../ports.ts'

export function releaseWhatACrashLeftOpen(deps: {
  readonly ledger: Pick<LedgerRepository, 'releaseOpenHolds'>
  readonly clock: Pick<Clock, 'now'>
  readonly logger: Pick<Logger, 'warn'>
}): void {
  for (const loss of deps.ledger.releaseOpenHolds(deps.clock.now())) {
    deps.logger.warn(
      loss,
      'a hold was left open by a crash; it was released and is listed as a possible loss',
    )
  }
}
