// Who made a response or an output item: asked before an id of a stored thing is sent upstream.
import type { OwnedIdRow, OwnedIdsRepository } from '../db/repositories/owned-ids.ts'
import type { Writer } from '../db/write.ts'
import type { OwnedKind } from '../db/write-command.ts'
import type { Clock } from '../ports.ts'
import { createRecent } from './recent.ts'

export type { OwnedKind }

/** Whose it is, and where it was made; null for the primary upstream. */
export interface Maker {
  readonly userId: string
  readonly upstreamId: string | null
}

export interface OwnedIds {
  /**
   * Known at once in memory, on disk soon after. The first owner of an id stays its owner; its tokens, which are known only
   * when its answer has ended, may come with a later call of theirs.
   */
  record(kind: OwnedKind, id: string, maker: Maker, tokens?: number): void
  find(kind: OwnedKind, id: string): OwnedIdRow | undefined
}

const IDS_IN_MEMORY_MAX = 50_000

export function createOwnedIds({
  writer,
  repository,
  clock,
}: {
  readonly writer: Writer
  readonly repository: OwnedIdsRepository
  readonly clock: Clock
}): OwnedIds {
  const recent = createRecent<OwnedIdRow>(IDS_IN_MEMORY_MAX)

  return {
    record(kind, id, { userId, upstreamId }, tokens) {
      const key = keyOf(kind, id)
      const known = recent.get(key)
      const isNews = known === undefined || (known.userId === userId && isUpdate(known.tokens, tokens))
      if (!isNews) return
      const row = { userId, tokens: tokens ?? null, upstreamId }
      recent.set(key, row)
      // The writer reports a failure. What is lost with it is that the id can be used again: it is refused then, to anyone.
      writer.submit({ kind: 'own', ownedKind: kind, id, ...row, createdAt: clock.now() }).catch(() => {})
    },
    find(kind, id) {
      const key = keyOf(kind, id)
      const inMemory = recent.get(key)
      if (inMemory) return inMemory
      const stored = repository.find(kind, id)
      if (stored) recent.set(key, stored)
      return stored
    },
  }
}

const isUpdate = (known: number | null, tokens: number | undefined): boolean =>
  tokens !== undefined && tokens !== known

const keyOf = (kind: OwnedKind, id: string): string => `${kind} ${id}`
