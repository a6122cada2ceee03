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

interface Known {
  readonly row: OwnedIdRow
  /**
   * Whether the table was asked. An id that is recorded is not looked for, because every answer brings some and hardly any is
   * asked for again: that somebody had it before the memory began shows when it is.
   */
  readonly isCertain: boolean
}

export function createOwnedIds({
  writer,
  repository,
  clock,
}: {
  readonly writer: Writer
  readonly repository: OwnedIdsRepository
  readonly clock: Clock
}): OwnedIds {
  const recent = createRecent<Known>(IDS_IN_MEMORY_MAX)

  return {
    record(kind, id, { userId, upstreamId }, tokens) {
      const key = keyOf(kind, id)
      const known = recent.get(key)
      const isNews =
        known === undefined || (known.row.userId === userId && isUpdate(known.row.tokens, tokens))
      if (!isNews) return
      const row = { userId, tokens: tokens ?? null, upstreamId }
      recent.set(key, { row, isCertain: known?.isCertain ?? false })
      // The writer reports a failure. What is lost with it is that the id can be used again: it is refused then, to anyone.
      writer.submit({ kind: 'own', ownedKind: kind, id, ...row, createdAt: clock.now() }).catch(() => {})
    },
    find(kind, id) {
      const key = keyOf(kind, id)
      const known = recent.get(key)
      if (known?.isCertain) return known.row
      const stored = repository.find(kind, id)
      // What was recorded here may be on its way to the table.
      if (!stored) return known?.row
      const isTheirs = known?.row.userId === stored.userId
      const row = isTheirs ? { ...stored, tokens: known.row.tokens ?? stored.tokens } : stored
      recent.set(key, { row, isCertain: true })
      return row
    },
  }
}

const isUpdate = (known: number | null, tokens: number | undefined): boolean =>
  tokens !== undefined && tokens !== known

const keyOf = (kind: OwnedKind, id: string): string => `${kind} ${id}`
