// Backups, as an operator makes, compares and restores them. None leaves this machine through here.
import { refusal } from '../../../contract/errors.ts'
import { fail, ok } from '../../../contract/result.ts'
import { auditAfterwards } from '../audit-trail.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'

type Noun = 'backups.list' | 'backups.create' | 'backups.delete' | 'backups.preview' | 'backups.restore'

export function backupHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  const { backups, ids, clock } = deps
  return {
    async 'backups.list'() {
      return ok({ rows: await backups.list(), nextCursor: null })
    },
    async 'backups.create'(_input, caller) {
      const made = await backups.create('manual')
      if (made.ok) {
        auditAfterwards(deps, caller, {
          operation: 'backups.create',
          targetType: 'backup',
          targetId: made.value.id,
          before: null,
          after: { bytes: made.value.bytes, ledgerSeq: made.value.ledgerSeq },
        })
      }
      return made
    },
    async 'backups.delete'({ backupId }, caller) {
      const deleted = await backups.delete(backupId)
      if (!deleted.ok) return deleted
      auditAfterwards(deps, caller, {
        operation: 'backups.delete',
        targetType: 'backup',
        targetId: backupId,
        before: deleted.value,
        after: null,
      })
      return ok({})
    },
    'backups.preview': ({ backupId }) => backups.preview(backupId),
    async 'backups.restore'({ backupId, confirm }, caller) {
      if (confirm !== backupId) return fail(refusal('restore_not_confirmed', undefined, { param: 'confirm' }))
      const row = {
        id: ids.next(),
        createdAt: clock.now(),
        actorUserId: caller.user.id,
        operation: 'backups.restore',
        targetType: 'backup',
        targetId: backupId,
        address: caller.address,
      }
      // Twice: here for the copy that is made first, and in the restored database, which knows nothing of this one.
      const begun = { ...row, before: null, after: { isBegun: true } }
      return deps.restore(backupId, begun, {
        ...row,
        id: ids.next(),
        before: null,
        after: { isRestored: true },
      })
    },
  }
}
