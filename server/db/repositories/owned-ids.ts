// Who made a response or an output item upstream. Written by the writer; the first owner stays.
import { and, eq, sql } from 'drizzle-orm'
import type { Db } from '../open.ts'
import { ownedIds } from '../schema/owned-ids.ts'
import type { OwnedKind } from '../write-command.ts'

export interface OwnedIdRow {
  readonly userId: string
  /** Tokens of the whole response, where known. */
  readonly tokens: number | null
  /** Where it was made; null for the primary one. */
  readonly upstreamId: string | null
}

export interface OwnedIdsRepository {
  find(kind: OwnedKind, id: string): OwnedIdRow | undefined
}

export function createOwnedIdsRepository({ orm }: Db): OwnedIdsRepository {
  const byId = orm
    .select({ userId: ownedIds.userId, tokens: ownedIds.tokens, upstreamId: ownedIds.upstreamId })
    .from(ownedIds)
    .where(and(eq(ownedIds.kind, sql.placeholder('kind')), eq(ownedIds.id, sql.placeholder('id'))))
    .prepare()
  return { find: (kind, id) => byId.get({ kind, id }) }
}
