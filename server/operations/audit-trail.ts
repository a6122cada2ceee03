// Writes down what was changed, by whom and from where, in the transaction of the change itself.
import type { OperationName } from '../../contract/catalogue.ts'
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

export function appendAudit(
  { repositories, clock, ids }: Pick<OperationDeps, 'repositories' | 'clock' | 'ids'>,
  caller: Caller,
  change: AuditedChange,
): void {
  repositories.audit.append({
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
}
