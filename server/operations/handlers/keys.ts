// API keys: made, listed, changed and deleted by their owner, or by an administrator for them.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import type { KeyView } from '../../../contract/operations/keys.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { KeyRow } from '../../db/repositories/keys.ts'
import { appendAudit } from '../audit-trail.ts'
import { isAdministering, type SignedInCaller } from '../caller.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handler, Handlers } from '../dispatch.ts'
import { newApiKey } from '../new-api-key.ts'
import { ownerFor, visibleUserId } from './ownership.ts'

const KEYS_OF_ONE_PERSON_MAX = 200

export function keyHandlers(
  deps: OperationDeps,
): Pick<Handlers, 'keys.create' | 'keys.list' | 'keys.update' | 'keys.delete'> {
  return {
    'keys.create': createKey(deps),
    'keys.list'({ userId, ...page }, caller) {
      const visible = visibleUserId(userId, caller)
      if (!visible.ok) return visible
      const found = deps.repositories.keys.list({ ...page, userId: visible.value })
      return ok({ ...found, rows: found.rows.map(toView) })
    },
    'keys.update': updateKey(deps),
    'keys.delete': deleteKey(deps),
  }
}

function createKey(deps: OperationDeps): Handler<'keys.create'> {
  const { repositories, ids, clock } = deps
  return ({ name, userId, expiresAt }, caller) => {
    const owner = ownerFor(userId, caller)
    if (!owner.ok) return owner
    const user = repositories.users.findById(owner.value)
    if (!user || user.status === 'deleted') return fail(refusal('user_not_found'))
    const notLater = expiryRefusal(expiresAt, clock.now())
    if (notLater) return fail(notLater)
    if (repositories.keys.countOfUser(user.id) >= KEYS_OF_ONE_PERSON_MAX) {
      const problem = `there are ${KEYS_OF_ONE_PERSON_MAX} keys already, which is the most; delete one first`
      return fail(refusal('invalid_input', { problem }))
    }
    const made = newApiKey(ids.randomBytes)
    const row = repositories.transaction(() => {
      const created = repositories.keys.create({
        id: ids.next(),
        userId: user.id,
        publicId: made.publicId,
        name,
        secretHash: made.secretHash,
        createdAt: clock.now(),
        expiresAt: expiresAt ?? null,
      })
      appendAudit(deps, caller, {
        operation: 'keys.create',
        targetType: 'key',
        targetId: created.id,
        before: null,
        after: { userId: user.id, ...auditedPart(created) },
      })
      return created
    })
    return ok({ ...toView(row), secret: made.secret })
  }
}

function updateKey(deps: OperationDeps): Handler<'keys.update'> {
  const { repositories, clock } = deps
  return ({ keyId, ...changes }, caller) => {
    const found = keyOf(deps, keyId, caller)
    if (!found.ok) return found
    const before = found.value
    const notLater =
      changes.expiresAt === before.expiresAt ? undefined : expiryRefusal(changes.expiresAt, clock.now())
    if (notLater) return fail(notLater)
    const after = repositories.transaction(() => {
      const changed = repositories.keys.update(keyId, changes)
      if (!changed) throw new Error(`The key ${keyId} vanished between two statements of one turn`)
      appendAudit(deps, caller, {
        operation: 'keys.update',
        targetType: 'key',
        targetId: keyId,
        before: auditedPart(before),
        after: auditedPart(changed),
      })
      return changed
    })
    deps.keyDirectory.forgetKey(keyId)
    if (after.status === 'disabled') deps.accessChanges.publish({ kind: 'key', keyId })
    return ok(toView(after))
  }
}

function deleteKey(deps: OperationDeps): Handler<'keys.delete'> {
  const { repositories, clock } = deps
  return ({ keyId }, caller) => {
    const found = keyOf(deps, keyId, caller)
    if (!found.ok) return found
    repositories.transaction(() => {
      repositories.keys.softDelete(keyId, clock.now())
      appendAudit(deps, caller, {
        operation: 'keys.delete',
        targetType: 'key',
        targetId: keyId,
        before: auditedPart(found.value),
        after: null,
      })
    })
    deps.keyDirectory.forgetKey(keyId)
    deps.accessChanges.publish({ kind: 'key', keyId })
    return ok({})
  }
}

/** A key that the caller may change. Somebody else's does not exist for them. */
function keyOf(
  { repositories }: OperationDeps,
  keyId: string,
  caller: SignedInCaller,
): Result<KeyRow, Refusal> {
  const key = repositories.keys.findById(keyId)
  const isTheirs = key?.userId === caller.user.id || isAdministering(caller)
  return key && isTheirs ? ok(key) : fail(refusal('key_not_found'))
}

const expiryRefusal = (expiresAt: number | null | undefined, now: number): Refusal | undefined =>
  typeof expiresAt === 'number' && expiresAt <= now
    ? refusal('invalid_input', { problem: 'expiresAt: has to lie in the future' }, { param: 'expiresAt' })
    : undefined

const auditedPart = ({ name, status, expiresAt }: KeyRow) => ({ name, status, expiresAt })

function toView(key: KeyRow): KeyView {
  const { publicId, ...shown } = key
  return { ...shown, prefix: `sk-cg-${publicId}` }
}
