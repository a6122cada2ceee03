// What a key's state is called: expiry is a matter of the clock, not of the stored status.
import type { CallOutput } from '../../../../contract/catalogue.ts'
import type { Status } from '../../../kit/shape.tsx'

export type KeyRow = CallOutput<'keys.list'>['rows'][number]
export const KEY_STATUSES = ['active', 'disabled', 'expired'] as const

const SOON_MS = 7 * 24 * 60 * 60_000

export interface KeyState {
  readonly status: Status
  readonly word:
    | 'active'
    | 'expiresSoon'
    | 'expired'
    | 'disabled_owner'
    | 'disabled_administrator'
    | 'disabled_rotation'
}

export function keyState(
  { status, disabledBy, expiresAt }: Pick<KeyRow, 'status' | 'disabledBy' | 'expiresAt'>,
  nowMs: number,
): KeyState {
  if (status === 'disabled') return { status: 'off', word: `disabled_${disabledBy ?? 'owner'}` }
  if (expiresAt === null) return { status: 'ok', word: 'active' }
  if (expiresAt <= nowMs) return { status: 'off', word: 'expired' }
  return expiresAt - nowMs < SOON_MS
    ? { status: 'warn', word: 'expiresSoon' }
    : { status: 'ok', word: 'active' }
}

/** A key that another one took the place of stays off: what was leaked stays useless. */
export const mayEnable = ({ status, disabledBy }: Pick<KeyRow, 'status' | 'disabledBy'>): boolean =>
  status === 'disabled' && disabledBy !== 'rotation'

export const mayRotate = ({ status, replacedByKeyId }: Pick<KeyRow, 'status' | 'replacedByKeyId'>): boolean =>
  status === 'active' && replacedByKeyId === null
