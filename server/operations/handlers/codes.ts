// Redemption codes: made and watched over by administrators.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { inputRefusal } from '../../../contract/input-problems.ts'
import type { CodeBatchView } from '../../../contract/operations/codes.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { BatchRow, NewBatch } from '../../db/repositories/codes.ts'
import { appendAudit } from '../audit-trail.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handler, Handlers } from '../dispatch.ts'
import { newCode } from '../new-code.ts'
import { redeemCode } from './code-redemption.ts'
import { visibleUserId } from './ownership.ts'
import { findPlan } from './plan-facts.ts'

type Noun =
  | 'codes.generate'
  | 'codes.list'
  | 'codes.listCodes'
  | 'codes.disable'
  | 'codes.enable'
  | 'codes.redeem'
  | 'codes.history'

export function codeHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  const { repositories, planBook, clock } = deps
  return {
    'codes.generate': generateCodes(deps),
    'codes.list'(page) {
      const found = repositories.codes.batches(page)
      return ok({ ...found, rows: found.rows.map((batch) => toView(deps, batch)) })
    },
    'codes.listCodes'({ batchId, ...page }) {
      const batch = repositories.codes.findBatch(batchId)
      if (!batch) return fail(refusal('code_not_found'))
      const found = repositories.codes.codesOf(batchId, { ...page, now: clock.now() })
      return ok({ ...found, total: batch.count, batch: toView(deps, batch) })
    },
    'codes.disable': switchCodes(deps, 'codes.disable'),
    'codes.enable': switchCodes(deps, 'codes.enable'),
    'codes.redeem': redeemCode(deps),
    'codes.history'({ userId, ...page }, caller) {
      const visible = visibleUserId(userId, caller)
      if (!visible.ok) return visible
      const found = repositories.codes.redemptions({ ...page, userId: visible.value })
      const rows = found.rows.map(({ planId, ...row }) => ({ ...row, planName: nameOf(planId) }))
      return ok({ ...found, rows })
    },
  }

  function nameOf(planId: string | null): string | null {
    return planId === null ? null : (planBook.find(planId)?.name ?? null)
  }
}

function generateCodes(deps: OperationDeps): Handler<'codes.generate'> {
  const { repositories, ids, clock } = deps
  return ({ kind, amountNanoUsd, planId, count, name, prefix, expiresAt }, caller) => {
    const now = clock.now()
    if (expiresAt !== null && expiresAt <= now) {
      return fail(inputRefusal('in_the_past', 'expiresAt'))
    }
    const plan = planId === undefined ? undefined : findPlan(deps, planId)
    if (plan && !plan.ok) return plan
    const batch: NewBatch = {
      id: ids.next(),
      name: name ?? new Date(now).toISOString().slice(0, 10),
      prefix,
      kind,
      amountNanoUsd: amountNanoUsd ?? null,
      planId: planId ?? null,
      count,
      expiresAt,
      createdAt: now,
      createdBy: caller.user.id,
    }
    const made = Array.from({ length: count }, () => ({
      id: ids.next(),
      ...newCode(prefix, ids.randomBytes),
    }))
    repositories.transaction(() => {
      repositories.codes.create(
        batch,
        made.map(({ id, hash, hint }) => ({ id, hash, hint })),
      )
      const { id: _, createdAt: __, createdBy: ___, ...after } = batch
      appendAudit(deps, caller, {
        operation: 'codes.generate',
        targetType: 'codes',
        targetId: batch.id,
        before: null,
        after,
      })
    })
    const shown = toView(deps, { ...batch, disabledAt: null, redeemed: 0, disabled: 0 })
    return ok({ batchId: batch.id, codes: made.map(({ code }) => code), batch: shown })
  }
}

function switchCodes(
  deps: OperationDeps,
  operation: 'codes.disable' | 'codes.enable',
): Handler<'codes.disable'> & Handler<'codes.enable'> {
  const { repositories, clock } = deps
  return ({ batchId, codeId }, caller) => {
    const found = batchNamed(deps, batchId, codeId)
    if (!found.ok) return found
    const disabledAt = operation === 'codes.disable' ? clock.now() : null
    const after = repositories.transaction(() => {
      if (codeId === undefined) repositories.codes.switchBatch(found.value.id, disabledAt)
      else repositories.codes.switchCode(codeId, disabledAt)
      appendAudit(deps, caller, {
        operation,
        targetType: 'codes',
        targetId: codeId ?? found.value.id,
        before: null,
        after: { batchId: found.value.id, codeId: codeId ?? null },
      })
      return repositories.codes.findBatch(found.value.id)
    })
    return after ? ok(toView(deps, after)) : fail(refusal('code_not_found'))
  }
}

function batchNamed(
  { repositories }: OperationDeps,
  batchId: string | undefined,
  codeId: string | undefined,
): Result<BatchRow, Refusal> {
  const id = batchId ?? (codeId === undefined ? undefined : repositories.codes.batchOf(codeId))
  const batch = id === undefined ? undefined : repositories.codes.findBatch(id)
  return batch ? ok(batch) : fail(refusal('code_not_found'))
}

const toView = ({ planBook }: OperationDeps, batch: BatchRow): CodeBatchView => ({
  ...batch,
  planName: batch.planId === null ? null : (planBook.find(batch.planId)?.name ?? null),
})
