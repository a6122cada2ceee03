// The spending counters as they were written last. They are changed by the writer, together with the settlements.
import { and, eq, sql } from 'drizzle-orm'
import type { Db } from '../open.ts'
import { spendingCounters } from '../schema/spending.ts'
import type { SpendingKind } from '../write-command.ts'

export type SpendingRow = typeof spendingCounters.$inferSelect

export interface SpendingRepository {
  find(kind: SpendingKind, subjectId: string): SpendingRow | undefined
  /** When the newest windows that were counted began; zero where there are none. */
  newest(): { readonly startMs: number; readonly dayStartMs: number }
}

export function createSpendingRepository({ orm }: Db): SpendingRepository {
  const { kind, subjectId, dayStartMs, weekStartMs, monthStartMs } = spendingCounters
  const find = orm
    .select()
    .from(spendingCounters)
    .where(and(eq(kind, sql.placeholder('kind')), eq(subjectId, sql.placeholder('subjectId'))))
    .prepare()
  return {
    find: (ofKind, id) => find.get({ kind: ofKind, subjectId: id }),
    newest: () =>
      orm
        .select({
          startMs: sql<number>`coalesce(max(max(${dayStartMs}, ${weekStartMs}, ${monthStartMs})), 0)`,
          dayStartMs: sql<number>`coalesce(max(${dayStartMs}), 0)`,
        })
        .from(spendingCounters)
        .get() ?? { startMs: 0, dayStartMs: 0 },
  }
}
