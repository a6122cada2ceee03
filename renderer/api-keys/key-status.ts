// What a key's state is called: expiry is a matter of the clock, not of the stored status.
import type { CallOutput } from '../../contract/catalogue.ts'
import type { Status } from '../kit/shape.tsx'

export type KeyRow = CallOutput<'keys.list'>['rows'][number]
export const KEY_STATUSES = ['active', 'disabled', 'expired'] as const

const SOON_MS = 7 * 24 * 60 * 60_000

export interface KeyState {
  readonly status: Status
  readonly word:
    | 'active'
    | 'expiresSoon'
    | 'overlaps'
    | 'expired'
    | 'disabled_owner'
    | 'disabled_administrator'
    | 'disabled_rotation'
}

type KeyFacts = Pick<KeyRow, 'status' | 'disabledBy' | 'expiresAt' | 'replacedByKeyId'>

export function keyState(
  { status, disabledBy, expiresAt, replacedByKeyId }: KeyFacts,
  nowMs: number,
): KeyState {
  if (status === 'disabled') return { status: 'off', word: `disabled_${disabledBy ?? 'owner'}` }
  if (expiresAt === null) return { status: 'ok', word: 'active' }
  if (expiresAt <= nowMs) return { status: 'off', word: 'expired' }
  // Works beside its successor until the overlap ends, as was asked for: nobody has to do anything.
  if (replacedByKeyId !== null) return { status: 'info', word: 'overlaps' }
  return expiresAt - nowMs < SOON_MS
    ? { status: 'warn', word: 'expiresSoon' }
    : { status: 'ok', word: 'active' }
}

/** A key that another one took the place of stays off: what was leaked stays useless. */
export const mayEnable = ({ status, disabledBy }: Pick<KeyRow, 'status' | 'disabledBy'>): boolean =>
  status === 'disabled' && disabledBy !== 'rotation'

export const mayRotate = ({ status, replacedByKeyId }: Pick<KeyRow, 'status' | 'replacedByKeyId'>): boolean =>
  status === 'active' && replacedByKeyId === null
