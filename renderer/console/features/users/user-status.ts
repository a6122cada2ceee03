// How the state of an account is drawn.
import type { CallOutput } from '../../../../contract/catalogue.ts'
import type { Status } from '../../../kit/shape.tsx'

export type UserRow = CallOutput<'users.list'>['rows'][number]

export const USER_STATUSES = ['active', 'pending', 'suspended', 'deleted'] as const
export const ROLES = ['user', 'admin'] as const

export const STATUS_SHAPE: Readonly<Record<UserRow['status'], Status>> = {
  active: 'ok',
  // Waits for a person to decide.
  pending: 'warn',
  suspended: 'off',
  deleted: 'off',
}
