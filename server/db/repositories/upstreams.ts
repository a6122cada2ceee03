// The upstreams beside the primary one, and how all of them are used.
import { asc, eq } from 'drizzle-orm'
import type { ServedModel } from '../../../contract/operations/upstreams.ts'
import type { Db } from '../open.ts'
import { upstreams } from '../schema/upstreams.ts'

export interface UpstreamRow {
  readonly id: string
  readonly name: string
  /** Without a slash at its end; null for the primary one alone. */
  readonly baseUrl: string | null
  /** Null: every model. */
  readonly models: readonly ServedModel[] | null
  readonly priority: number
  readonly multiplierPpm: number
  readonly concurrencyMax: number | null
  readonly headSecondsMax: number
  readonly isEnabled: boolean
  /** Null: by its address. */
  readonly identifiesUsers: boolean | null
  readonly createdAt: number
  readonly updatedAt: number
}

export interface UpstreamsRepository {
  /** In the order in which they are asked. */
  all(): UpstreamRow[]
  /** Inserts it, or changes all but the time of its making. */
  save(row: UpstreamRow): void
  remove(id: string): void
}

export function createUpstreamsRepository({ orm }: Db): UpstreamsRepository {
  return {
    all: () =>
      orm
        .select()
        .from(upstreams)
        .orderBy(asc(upstreams.priority), asc(upstreams.createdAt), asc(upstreams.id))
        .all()
        // Written by `save` from models of this very type.
        .map((row) => ({
          ...row,
          models: row.models === null ? null : (JSON.parse(row.models) as ServedModel[]),
        })),
    save({ id, createdAt, models, ...rest }) {
      const values = { ...rest, models: models && JSON.stringify(models) }
      orm
        .insert(upstreams)
        .values({ id, createdAt, ...values })
        .onConflictDoUpdate({ target: upstreams.id, set: values })
        .run()
    },
    remove: (id) => void orm.delete(upstreams).where(eq(upstreams.id, id)).run(),
  }
}
