// Request policies as stored.
import { and, eq } from 'drizzle-orm'
import type { LimitScope } from '../../../contract/limits.ts'
import { type RequestPolicy, requestPolicy } from '../../../contract/request-policy.ts'
import type { Db } from '../open.ts'
import { requestPolicies } from '../schema/request-policies.ts'

interface StoredPolicy {
  readonly scope: LimitScope
  readonly subjectId: string
  readonly policy: RequestPolicy
  readonly updatedAt: number
}

export interface RequestPoliciesRepository {
  /** Throws where one cannot be read: what it forbids would be allowed without it. */
  all(): readonly StoredPolicy[]
  replace(row: StoredPolicy): void
}

export const createRequestPoliciesRepository = ({ orm }: Db): RequestPoliciesRepository => ({
  all: () =>
    orm
      .select()
      .from(requestPolicies)
      .all()
      .map((row) => ({ ...row, policy: requestPolicy.parse(JSON.parse(row.policy)) })),
  replace({ scope, subjectId, policy, updatedAt }) {
    const isThis = and(eq(requestPolicies.scope, scope), eq(requestPolicies.subjectId, subjectId))
    if (Object.keys(policy).length === 0) {
      orm.delete(requestPolicies).where(isThis).run()
      return
    }
    const values = { policy: JSON.stringify(policy), updatedAt }
    orm
      .insert(requestPolicies)
      .values({ scope, subjectId, ...values })
      .onConflictDoUpdate({ target: [requestPolicies.scope, requestPolicies.subjectId], set: values })
      .run()
  },
})
