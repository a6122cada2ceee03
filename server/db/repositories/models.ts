// Rules of models, and the models that were asked for without a price.
import { asc, desc, eq, sql } from 'drizzle-orm'
import { type ModelAccess, modelAccess } from '../../../contract/model-rule.ts'
import type { Db } from '../open.ts'
import { modelRules, unpricedModels } from '../schema/models.ts'
import { users } from '../schema/users.ts'

export interface ModelRule {
  readonly model: string
  readonly access: ModelAccess
  readonly multiplierPpm: number
}

export interface ModelRulesRepository {
  all(): ModelRule[]
  /** The rule and whatever `alsoWrite` writes, in one transaction. */
  set(rule: ModelRule, by: string | null, at: number, alsoWrite: () => void): void
}

export function createModelRulesRepository({ raw, orm }: Db): ModelRulesRepository {
  const together = raw.transaction((write: () => void, alsoWrite: () => void) => {
    write()
    alsoWrite()
  })
  return {
    // Throws where a stored rule is not valid: one that cannot be read must not let everyone in.
    all: () =>
      orm
        .select()
        .from(modelRules)
        .orderBy(asc(modelRules.model))
        .all()
        .map(({ model, access, multiplierPpm }) => ({
          model,
          access: modelAccess.parse(JSON.parse(access)),
          multiplierPpm,
        })),
    set({ model, access, multiplierPpm }, by, at, alsoWrite) {
      const values = { access: JSON.stringify(access), multiplierPpm, updatedAt: at, updatedBy: by }
      const statement = orm
        .insert(modelRules)
        .values({ model, ...values })
        .onConflictDoUpdate({ target: modelRules.model, set: values })
      together.immediate(() => void statement.run(), alsoWrite)
    },
  }
}

/** How often one person asked for one model. */
export interface UnpricedAsk {
  readonly model: string
  readonly userId: string
  readonly count: number
  readonly firstAskedAt: number
  readonly lastAskedAt: number
}

export interface UnpricedModel {
  readonly model: string
  readonly count: number
  readonly firstAskedAt: number
  readonly lastAskedAt: number
  /** The last first, at most ten. */
  readonly users: readonly {
    readonly userId: string
    readonly email: string
    readonly count: number
    readonly lastAskedAt: number
  }[]
  readonly userCount: number
}

export interface UnpricedModelsRepository {
  /** Adds to what is counted, in one transaction. */
  note(asks: readonly UnpricedAsk[]): void
  /** The last asked for first. */
  list(limit: number): UnpricedModel[]
  forget(models: readonly string[]): void
}

/** Names come from clients: of each person the last ones are kept, so that nobody fills the disk or pushes out others. */
const MODELS_PER_USER_MAX = 50
const USERS_SHOWN_MAX = 10

export function createUnpricedModelsRepository({ raw, orm }: Db): UnpricedModelsRepository {
  const forgetOldest = raw.prepare(
    `DELETE FROM unpriced_models WHERE user_id = @userId AND model NOT IN (
       SELECT model FROM unpriced_models WHERE user_id = @userId
       ORDER BY last_asked_at DESC, model LIMIT ${MODELS_PER_USER_MAX})`,
  )
  const note = raw.transaction((asks: readonly UnpricedAsk[]) => {
    for (const ask of asks) {
      orm
        .insert(unpricedModels)
        .values(ask)
        .onConflictDoUpdate({
          target: [unpricedModels.model, unpricedModels.userId],
          set: {
            count: sql`${unpricedModels.count} + excluded.count`,
            lastAskedAt: sql`max(${unpricedModels.lastAskedAt}, excluded.last_asked_at)`,
          },
        })
        .run()
    }
    for (const userId of new Set(asks.map((ask) => ask.userId))) forgetOldest.run({ userId })
  })
  const lastAskedAt = sql<number>`max(${unpricedModels.lastAskedAt})`
  // Prepared, because they stand beside every look at the dashboard.
  const newest = orm
    .select({
      model: unpricedModels.model,
      count: sql<number>`sum(${unpricedModels.count})`,
      firstAskedAt: sql<number>`min(${unpricedModels.firstAskedAt})`,
      lastAskedAt,
      userCount: sql<number>`count(*)`,
    })
    .from(unpricedModels)
    .groupBy(unpricedModels.model)
    .orderBy(desc(lastAskedAt), asc(unpricedModels.model))
    .limit(sql.placeholder('limit'))
    .prepare()
  const whoAsked = orm
    .select({
      userId: unpricedModels.userId,
      email: users.email,
      count: unpricedModels.count,
      lastAskedAt: unpricedModels.lastAskedAt,
    })
    .from(unpricedModels)
    .innerJoin(users, eq(users.id, unpricedModels.userId))
    .where(eq(unpricedModels.model, sql.placeholder('model')))
    .orderBy(desc(unpricedModels.lastAskedAt), asc(unpricedModels.userId))
    .limit(USERS_SHOWN_MAX)
    .prepare()

  return {
    note: (asks) => note.immediate(asks),
    list: (limit) =>
      newest.all({ limit }).map((found) => ({ ...found, users: whoAsked.all({ model: found.model }) })),
    forget(models) {
      for (const model of models) orm.delete(unpricedModels).where(eq(unpricedModels.model, model)).run()
    },
  }
}
