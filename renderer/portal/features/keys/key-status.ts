// What a key's state is called: expiry is a matter of the clock, not of the stored status.
import type { CallOutput } from '../../../../contract/catalogue.ts'
import type { Status } from '../../../kit/shape.tsx'

export type KeyRow = CallOutput<'keys.list'>['rows'][number]

const SOON_MS = 7 * 24 * 60 * 60_000

export interface KeyStatus {
  readonly status: Status
  readonly word: 'active' | 'disabled' | 'expired' | 'expiresSoon'
}

export function keyStatus(
  { status, expiresAt }: Pick<KeyRow, 'status' | 'expiresAt'>,
  nowMs: number,
): KeyStatus {
  if (status === 'disabled') return { status: 'off', word: 'disabled' }
  if (expiresAt === null) return { status: 'ok', word: 'active' }
  if (expiresAt <= nowMs) return { status: 'off', word: 'expired' }
  return expiresAt - nowMs < SOON_MS
    ? { status: 'warn', word: 'expiresSoon' }
    : { status: 'ok', word: 'active' }
}
