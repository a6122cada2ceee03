// The request policies that are set now, held in memory, changed while the server runs, and worked out once for each caller.
import type { LimitScope } from '../../contract/limits.ts'
import {
  POLICY_RULES,
  type PolicyRule,
  type PolicyValues,
  type RequestPolicy,
  type SubjectPolicyView,
} from '../../contract/request-policy.ts'
import type { LimitSubject } from './decide-limits.ts'
import { type CallerPolicies, decideEffectivePolicy, type EffectivePolicy } from './decide-policy.ts'

export interface StoredPolicy {
  readonly scope: LimitScope
  readonly subjectId: string
  readonly policy: RequestPolicy
  readonly updatedAt: number
}

/** Where the policies are kept. */
export interface PoliciesRepository {
  /** Every policy there is. Called once, at the start. */
  all(): readonly StoredPolicy[]
}

export interface PolicyBook {
  /** What applies to a caller now. */
  effectiveFor(subject: LimitSubject): PolicyValues
  /** What is set for one subject, and what it inherits; `above` are those that it inherits from. */
  get(scope: LimitScope, subjectId: string, above: PolicyHeirs): SubjectPolicyView
  /** One that is on disk by now holds from the next request on. */
  takeOver(row: StoredPolicy): void
}

/** As far as they are known: a plan has many people, and a person many keys. */
export type PolicyHeirs = Partial<Pick<LimitSubject, 'role' | 'planId' | 'userId'>>

/** More keys than a gateway has in use at once; beyond it the policies are worked out again. */
const WORKED_OUT_MAX = 20_000

interface WorkedOut {
  readonly subject: LimitSubject
  readonly values: PolicyValues
}

export function createPolicyBook({ repository }: { readonly repository: PoliciesRepository }): PolicyBook {
  const rows = new Map<string, StoredPolicy>()
  const workedOut = new Map<string, WorkedOut>()
  for (const row of repository.all()) rows.set(placeOf(row.scope, row.subjectId), row)

  const setFor = (scope: LimitScope, subjectId: string | null | undefined): RequestPolicy | undefined =>
    subjectId == null ? undefined : rows.get(placeOf(scope, subjectId))?.policy

  const policiesOf = ({ role, planId, userId }: PolicyHeirs): Omit<CallerPolicies, 'key'> => ({
    role: setFor('role', role),
    plan: setFor('plan', planId),
    user: setFor('user', userId),
  })

  return {
    effectiveFor(subject) {
      const known = workedOut.get(subject.keyFamilyId)
      if (known && isSameOwner(known.subject, subject)) return known.values
      const { values } = decideEffectivePolicy({
        ...policiesOf(subject),
        key: setFor('key', subject.keyFamilyId),
      })
      if (workedOut.size >= WORKED_OUT_MAX) workedOut.clear()
      workedOut.set(subject.keyFamilyId, { subject, values })
      return values
    },
    get(scope, subjectId, above) {
      return {
        scope,
        subjectId,
        policy: { ...setFor(scope, subjectId) },
        inherited: toInherited(decideEffectivePolicy(policiesOf(above))),
        updatedAt: rows.get(placeOf(scope, subjectId))?.updatedAt ?? null,
      }
    },
    takeOver(row) {
      rows.set(placeOf(row.scope, row.subjectId), row)
      workedOut.clear()
    },
  }
}

const placeOf = (scope: LimitScope, subjectId: string): string => `${scope} ${subjectId}`

const isSameOwner = (one: LimitSubject, other: LimitSubject): boolean =>
  one.userId === other.userId && one.role === other.role && one.planId === other.planId

/** As it is stored: a rule that is undefined is none. */
export const withoutGaps = (policy: RequestPolicy): RequestPolicy =>
  Object.fromEntries(Object.entries(policy).filter(([, value]) => value !== undefined))

function toInherited({ values, from }: EffectivePolicy): SubjectPolicyView['inherited'] {
  const one = <Rule extends PolicyRule>(rule: Rule) =>
    [rule, { value: values[rule], from: from[rule] }] as const
  // One entry for each rule.
  return Object.fromEntries(POLICY_RULES.map(one)) as unknown as SubjectPolicyView['inherited']
}
