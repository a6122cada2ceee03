// Rate limits as stored: the operator's rules, and the counters as they were saved last. Counters are saved by the writer.
import { and, eq, lt } from 'drizzle-orm'
import type { LimitEntry, LimitRule, LimitScope } from '../../../contract/limits.ts'
import type { Db } from '../open.ts'
import { limitCounters, limitRules } from '../schema/limits.ts'
import type { LimitCounterRow } from '../write-command.ts'

export interface LimitRulesRepository {
  all(): readonly (LimitRule & { readonly updatedAt: number })[]
  replace(scope: LimitScope, subjectId: string, rules: readonly LimitEntry[], updatedAt: number): void
}

export interface LimitCountersRepository {
  all(): readonly LimitCounterRow[]
  deleteBefore(dayStartMs: number): void
}

export function createLimitRulesRepository({ raw, orm }: Db): LimitRulesRepository {
  const replace = raw.transaction(
    (scope: LimitScope, subjectId: string, rules: readonly LimitEntry[], updatedAt: number) => {
      orm
        .delete(limitRules)
        .where(and(eq(limitRules.scope, scope), eq(limitRules.subjectId, subjectId)))
        .run()
      for (const { metric, window, value } of rules) {
        orm
          .insert(limitRules)
          .values({ scope, subjectId, metric, window: window ?? 'now', value, updatedAt })
          .run()
      }
    },
  )
  return {
    all: () =>
      orm
        .select()
        .from(limitRules)
        .all()
        .map(({ window, ...row }) => ({ ...row, window: window === 'now' ? null : window })),
    replace: (scope, subjectId, rules, updatedAt) => replace.immediate(scope, subjectId, rules, updatedAt),
  }
}

export const createLimitCountersRepository = ({ orm }: Db): LimitCountersRepository => ({
  all: () => orm.select().from(limitCounters).all(),
  deleteBefore: (dayStartMs) =>
    void orm.delete(limitCounters).where(lt(limitCounters.dayStartMs, dayStartMs)).run(),
})
