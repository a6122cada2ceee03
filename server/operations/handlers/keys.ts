// API keys: made, listed, narrowed and deleted by their owner, or by an administrator for them. What narrows a key is its
// family's, so a change reaches every key of it.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import type { SpendingCaps } from '../../../contract/limits.ts'
import { fail, ok } from '../../../contract/result.ts'
import type { KeyDisabledBy, KeyNarrowing, KeyRow, KeyStatus } from '../../db/repositories/keys.ts'
import { NO_CAPS } from '../../limits/decide-spending-cap.ts'
import { appendAudit } from '../audit-trail.ts'
import { isAdministering, type SignedInCaller } from '../caller.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handler, Handlers } from '../dispatch.ts'
import { closeList, readList } from '../lists/answer-list.ts'
import { newApiKey } from '../new-api-key.ts'
import { auditedPart, expiryRefusal, keyOf, liveKeyView, refuseOneMore, toKeyView } from './key-facts.ts'
import { rotateKey } from './key-rotation.ts'
import { ownerFor, visibleUserId } from './ownership.ts'

type NamedCaps = { readonly [Cap in keyof SpendingCaps]?: SpendingCaps[Cap] | undefined }
type Noun = 'keys.create' | 'keys.list' | 'keys.update' | 'keys.rotate' | 'keys.delete'

export function keyHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  return {
    'keys.create': createKey(deps),
    async 'keys.list'({ userId, status, ...filter }, caller) {
      const visible = visibleUserId(userId, caller)
      if (!visible.ok) return visible
      const narrowed = {
        ...filter,
        userId: visible.value,
        status: status && { is: status, at: deps.clock.now() },
      }
      const list = await readList(deps.lists, 'keys', narrowed)
      if (!list.ok) return list
      const { familyIds, spending } = list.value
      return ok(
        closeList<'keys.list'>(
          list.value,
          familyIds.map((id, at) => liveKeyView(deps, id, spending[at])),
        ),
      )
    },
    'keys.update': updateKey(deps),
    'keys.rotate': rotateKey(deps),
    'keys.delete': deleteKey(deps),
  }
}

function createKey(deps: OperationDeps): Handler<'keys.create'> {
  const { repositories, ids, clock, limitBook } = deps
  return ({ name, userId, expiresAt, allowedModels, caps, limits }, caller) => {
    const owner = ownerFor(userId, caller)
    if (!owner.ok) return owner
    const user = repositories.users.findById(owner.value)
    if (!user || user.status === 'deleted') return fail(refusal('user_not_found'))
    const refused = expiryRefusal(expiresAt, clock.now()) ?? refuseOneMore(deps, user.id)
    if (refused) return fail(refused)
    const made = newApiKey(ids.randomBytes)
    const now = clock.now()
    const row = repositories.transaction(() => {
      const created = repositories.keys.create({
        id: ids.next(),
        userId: user.id,
        publicId: made.publicId,
        name,
        secretHash: made.secretHash,
        createdAt: now,
        expiresAt: expiresAt ?? null,
        narrowing: { allowedModels: allowedModels ?? null, caps: capsAfter(NO_CAPS, caps) },
      })
      if (limits) repositories.limitRules.replace('key', created.familyId, limits, now)
      appendAudit(deps, caller, {
        operation: 'keys.create',
        targetType: 'key',
        targetId: created.id,
        before: null,
        after: { userId: user.id, ...auditedPart(created), limits: limits ?? [] },
      })
      return created
    })
    if (limits) limitBook.takeOver({ scope: 'key', subjectId: row.familyId, rules: limits }, now)
    return ok({ ...toKeyView(deps, row), secret: made.secret })
  }
}

function updateKey(deps: OperationDeps): Handler<'keys.update'> {
  const { repositories, clock, limitBook } = deps
  return ({ keyId, name, status, expiresAt, allowedModels, caps, limits }, caller) => {
    const found = keyOf(deps, keyId, caller)
    if (!found.ok) return found
    const before = found.value
    const refused = refuseStatus(before, status, caller) ?? refuseDate(before, expiresAt, clock.now())
    if (refused) return fail(refused)
    const narrowing: KeyNarrowing = {
      allowedModels: allowedModels === undefined ? before.allowedModels : allowedModels,
      caps: capsAfter(before.caps, caps),
    }
    const now = clock.now()
    const limitsBefore = limitBook.get('key', before.familyId).rules
    const after = repositories.transaction(() => {
      if (allowedModels !== undefined || caps) repositories.keys.narrow(before.familyId, narrowing)
      if (limits) repositories.limitRules.replace('key', before.familyId, limits, now)
      const disabledBy = status && disabledByAfter(before, status, caller)
      const changed = repositories.keys.update(keyId, { name, status, expiresAt, disabledBy })
      if (!changed) throw new Error(`The key ${keyId} vanished between two statements of one turn`)
      appendAudit(deps, caller, {
        operation: 'keys.update',
        targetType: 'key',
        targetId: keyId,
        before: { ...auditedPart(before), ...(limits && { limits: limitsBefore }) },
        after: { ...auditedPart(changed), ...(limits && { limits }) },
      })
      return changed
    })
    if (limits) limitBook.takeOver({ scope: 'key', subjectId: before.familyId, rules: limits }, now)
    deps.keyDirectory.forgetFamily(after.familyId)
    if (after.status === 'disabled') deps.accessChanges.publish({ kind: 'key', keyId })
    return ok(toKeyView(deps, after))
  }
}

/** Of the caps, those that are not named stay as they are. */
const capsAfter = (before: SpendingCaps, named: NamedCaps = {}): SpendingCaps => ({
  dayNanoUsd: named.dayNanoUsd === undefined ? before.dayNanoUsd : named.dayNanoUsd,
  monthNanoUsd: named.monthNanoUsd === undefined ? before.monthNanoUsd : named.monthNanoUsd,
  totalNanoUsd: named.totalNanoUsd === undefined ? before.totalNanoUsd : named.totalNanoUsd,
})

/** What was ended by a rotation stays ended, and what an administrator disabled is theirs to enable. */
function refuseStatus(
  before: KeyRow,
  status: KeyStatus | undefined,
  caller: SignedInCaller,
): Refusal | undefined {
  if (status !== 'active') return undefined
  if (before.disabledBy === 'rotation') return refusal('key_rotated')
  if (before.disabledBy !== 'administrator' || isAdministering(caller)) return undefined
  return refusal('key_disabled_by_administrator')
}

/** Whoever disables a key that somebody else disabled leaves it to the stronger of the two. */
function disabledByAfter(before: KeyRow, status: KeyStatus, caller: SignedInCaller): KeyDisabledBy | null {
  if (status === 'active') return null
  if (before.disabledBy === 'rotation' || before.disabledBy === 'administrator') return before.disabledBy
  return caller.user.id === before.userId ? 'owner' : 'administrator'
}

/** A key that was rotated may be ended sooner, and never later. */
function refuseDate(
  before: KeyRow,
  expiresAt: number | null | undefined,
  nowMs: number,
): Refusal | undefined {
  if (expiresAt === undefined || expiresAt === before.expiresAt) return undefined
  if (before.replacedByKeyId !== null && (expiresAt ?? Number.POSITIVE_INFINITY) > (before.expiresAt ?? 0)) {
    return refusal('key_rotated')
  }
  return expiryRefusal(expiresAt, nowMs)
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
