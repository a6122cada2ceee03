// Writes down what was changed, by whom and from where, in the transaction of the change itself: what the audit does not have
// has not happened. What no transaction can hold is written down afterwards.
import type { OperationName } from '../../contract/catalogue.ts'
import type { AuditRow } from '../db/repositories/audit.ts'
import type { Caller } from './caller.ts'
import type { OperationDeps } from './deps.ts'

export interface AuditedChange {
  readonly operation: OperationName
  readonly targetType:
    | 'user'
    | 'role'
    | 'plan'
    | 'codes'
    | 'key'
    | 'price'
    | 'model'
    | 'settings'
    | 'backup'
    | 'gateway'
    | 'upstream'
    | 'invitation'
    | 'mail'
    | 'request'
  readonly targetId: string | null
  /** Never a secret: no password, hash, key or token. */
  readonly before: unknown
  readonly after: unknown
  /** Where it is not the caller: the administrator whom the set-up has just made. */
  readonly actorUserId?: string
}

/** For a change that the writer makes, which writes this with it. */
export const toAuditRow = (
  { clock, ids }: Pick<OperationDeps, 'clock' | 'ids'>,
  caller: Caller,
  change: AuditedChange,
): AuditRow => ({
  id: ids.next(),
  createdAt: clock.now(),
  actorUserId: change.actorUserId ?? caller.user?.id ?? null,
  operation: change.operation,
  targetType: change.targetType,
  targetId: change.targetId,
  before: change.before,
  after: change.after,
  address: caller.address,
})

/** Part of the caller's transaction. */
export function appendAudit(
  deps: Pick<OperationDeps, 'repositories' | 'clock' | 'ids'>,
  caller: Caller,
  change: AuditedChange,
): void {
  deps.repositories.audit.append(toAuditRow(deps, caller, change))
}

/**
 * For what has happened and cannot be taken back, such as a file that was made. Whoever asked must not be told that nothing was
 * changed, so where the disk does not take the row, the log has it.
 */
export function auditAfterwards(deps: OperationDeps, caller: Caller, change: AuditedChange): void {
  const row = toAuditRow(deps, caller, change)
  try {
    deps.repositories.audit.append(row)
  } catch (err) {
    deps.logger.error({ event: 'audit_row_lost', err, row }, 'the audit lacks a row; these are its fields')
  }
}
