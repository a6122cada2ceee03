// How the state of an account is drawn, and what an administrator may do about it.
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

export type StatusAction = 'approve' | 'reject' | 'suspend' | 'activate'

const ACTIONS: Readonly<Record<UserRow['status'], readonly StatusAction[]>> = {
  pending: ['approve', 'reject'],
  active: ['suspend'],
  suspended: ['activate'],
  deleted: [],
}

/** The first is the one that a person comes for. */
export const actionsFor = ({ status }: Pick<UserRow, 'status'>): readonly StatusAction[] => ACTIONS[status]
