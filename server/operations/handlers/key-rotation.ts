// Puts a new key in the place of another one: in the same family, so that caps, limits and what was counted go on.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok } from '../../../contract/result.ts'
import type { KeyChanges, KeyRow } from '../../db/repositories/keys.ts'
import { appendAudit } from '../audit-trail.ts'
import { isAdministering, type SignedInCaller } from '../caller.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handler } from '../dispatch.ts'
import { newApiKey } from '../new-api-key.ts'
import { auditedPart, expiryRefusal, keyOf, refuseOneMore, toKeyView } from './key-facts.ts'

const OVERLAP_HOURS = 24
const HOUR_MS = 3_600_000

export function rotateKey(deps: OperationDeps): Handler<'keys.rotate'> {
  const { repositories, ids, clock } = deps
  return ({ keyId, overlapHours, reason, expiresAt }, caller) => {
    const found = keyOf(deps, keyId, caller)
    if (!found.ok) return found
    const before = found.value
    const now = clock.now()
    // Hours may be a fraction, and a moment is a whole number of milliseconds.
    const overlapMs = Math.round((reason === 'leak' ? 0 : (overlapHours ?? OVERLAP_HOURS)) * HOUR_MS)
    // A key without an overlap makes room for its successor.
    const tooMany = overlapMs > 0 ? refuseOneMore(deps, before.userId) : undefined
    const date = expiresAt === undefined ? before.expiresAt : expiresAt
    const refused = refuseRotation(before, caller) ?? expiryRefusal(date, now) ?? tooMany
    if (refused) return fail(refused)

    const made = newApiKey(ids.randomBytes)
    const successor = repositories.transaction(() => {
      const created = repositories.keys.create({
        id: ids.next(),
        userId: before.userId,
        publicId: made.publicId,
        name: before.name,
        secretHash: made.secretHash,
        createdAt: now,
        expiresAt: date,
        familyId: before.familyId,
      })
      const ended = repositories.keys.update(keyId, {
        replacedByKeyId: created.id,
        ...endOf(before, now, overlapMs),
      })
      appendAudit(deps, caller, {
        operation: 'keys.rotate',
        targetType: 'key',
        targetId: keyId,
        before: auditedPart(before),
        after: { ...(ended && auditedPart(ended)), replacedByKeyId: created.id, reason },
      })
      return created
    })
    deps.keyDirectory.forgetKey(keyId)
    if (overlapMs === 0) deps.accessChanges.publish({ kind: 'key', keyId })
    return ok({ ...toKeyView(deps, successor), secret: made.secret })
  }
}

function refuseRotation(before: KeyRow, caller: SignedInCaller): Refusal | undefined {
  if (before.replacedByKeyId !== null) return refusal('key_rotated')
  // Its successor would be the key that the administrator has taken away.
  if (before.disabledBy !== 'administrator' || isAdministering(caller)) return undefined
  return refusal('key_disabled_by_administrator')
}

/** A key that is disabled already stays so, and cannot come back beside its successor. */
function endOf(before: KeyRow, nowMs: number, overlapMs: number): KeyChanges {
  if (overlapMs === 0 || before.status === 'disabled') return { status: 'disabled', disabledBy: 'rotation' }
  return { expiresAt: Math.min(before.expiresAt ?? Number.POSITIVE_INFINITY, nowMs + overlapMs) }
}
