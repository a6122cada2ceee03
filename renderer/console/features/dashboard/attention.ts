// What needs a person: how urgent each kind is, and the place where something can be done about it.
import type { Attention } from '../../../../contract/operations/dashboard.ts'
import { CONSOLE_PATHS, userPath } from '../../../../contract/page-paths.ts'
import type { Status } from '../../../kit/shape.tsx'

const SHAPES: Readonly<Record<Attention['kind'], Status>> = {
  ledger_wrong: 'bad',
  upstream_missing: 'bad',
  upstream_unhealthy: 'bad',
  upstream_errors: 'warn',
  possible_losses: 'warn',
  unpriced_models: 'warn',
  pending_approvals: 'info',
  failed_mails: 'warn',
  low_balances: 'warn',
}

/** An upstream that others stand in for is no standstill. */
export const shapeOf = (attention: Attention): Status =>
  attention.kind === 'upstream_unhealthy' && attention.upstreams.length < attention.inUse
    ? 'warn'
    : SHAPES[attention.kind]

/** Where it is looked at and mended; of a single person, their own page. */
export function placeOf(attention: Attention): string {
  switch (attention.kind) {
    case 'ledger_wrong':
      return CONSOLE_PATHS.system
    case 'possible_losses':
      return `${CONSOLE_PATHS.system}?tab=money`
    case 'upstream_missing':
    case 'upstream_unhealthy':
    case 'upstream_errors':
      return `${CONSOLE_PATHS.settings}?part=upstream`
    case 'unpriced_models':
      return CONSOLE_PATHS.models
    case 'pending_approvals':
      return `${CONSOLE_PATHS.users}?status=pending`
    case 'failed_mails':
      return `${CONSOLE_PATHS.settings}?part=mail`
    case 'low_balances': {
      const [first] = attention.people
      return attention.count === 1 && first !== undefined
        ? userPath(first.userId)
        : `${CONSOLE_PATHS.users}?sort=balance&direction=asc`
    }
  }
}
