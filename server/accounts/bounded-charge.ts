// The last guard of "never below the credit limit": whoever decided the charge has bounded it before.
import type { Charge } from '../ledger/settle.ts'
import type { Logger } from '../ports.ts'
import type { Payment } from './payers.ts'

/** What the payer cannot bear is the operator's. */
export function boundedCharge(
  charge: Charge,
  payment: Pick<Payment, 'available'>,
  about: { readonly requestId: string; readonly logger: Pick<Logger, 'error'> },
): Charge {
  const { requestId, logger } = about
  const bearableNanoUsd = Math.max(0, payment.available())
  if (charge.amountNanoUsd <= bearableNanoUsd) return charge
  logger.error({ requestId, charge, bearableNanoUsd }, 'a charge was more than what pays for it has')
  const writeOffNanoUsd = charge.writeOffNanoUsd + charge.amountNanoUsd - bearableNanoUsd
  return { ...charge, amountNanoUsd: bearableNanoUsd, writeOffNanoUsd }
}
