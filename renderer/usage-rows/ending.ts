// How a request ended, as screens name it: the reason of its charge, and whose mistake it was where the upstream said no.
import type { ChargeReason, UsageRow } from '../../contract/usage.ts'
import type { Status } from '../kit/shape.tsx'

export type Ending = ChargeReason | 'upstream_refused' | 'gateway_stopped'

/** What a stop of the gateway cut off is charged as where the upstream broke off, though it did not. An upstream that answers a mistake of the request with a 4xx has not failed; the codes of its failures begin with `upstream_`. */
export function endingOf({
  reason,
  status,
  errorCode,
}: Pick<UsageRow, 'reason' | 'status' | 'errorCode'>): Ending {
  if (reason === 'upstream_failed' && errorCode === 'gateway_stopping') return 'gateway_stopped'
  const isClientError = status >= 400 && status < 500
  const isRefusal = reason === 'upstream_failed' && isClientError && !errorCode?.startsWith('upstream_')
  return isRefusal ? 'upstream_refused' : reason
}

export const ENDING_SHAPE: Readonly<Record<Ending, Status>> = {
  completed: 'ok',
  client_left: 'warn',
  upstream_failed: 'bad',
  upstream_refused: 'bad',
  gateway_stopped: 'warn',
  estimated: 'warn',
  refused: 'bad',
}
