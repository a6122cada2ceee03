// Remembers which models were asked for without a price, by whom and how often, so that an operator can price them with one
// click. Counted in memory and written every few seconds: a client that asks in a loop costs no commit each time.
import { modelName } from '../../contract/model-rule.ts'
import type { UnpricedAsk, UnpricedModel, UnpricedModelsRepository } from '../db/repositories/models.ts'
import type { Logger } from '../ports.ts'

export interface UnpricedModels {
  note(model: string, userId: string, at: number): void
  /** What is on disk and what is still counted, the last asked for first. */
  list(limit: number): readonly UnpricedModel[]
  /** Called when they have a price. */
  forget(models: readonly string[]): void
  /** Writes what is still counted. */
  stop(): void
}

/** How old a count may be on disk, and what a crash may lose of it. */
const WRITTEN_AFTER_MS = 3_000
/** Beyond this many names between two writes, more are not counted: nobody reads that far. */
const COUNTED_MAX = 1_000

export function createUnpricedModels({
  repository,
  logger,
  onFirstAsk,
}: {
  readonly repository: UnpricedModelsRepository
  readonly logger: Pick<Logger, 'warn'>
  /** Called once for each model and person between two writes. */
  readonly onFirstAsk: (model: string, userId: string) => void
}): UnpricedModels {
  const asks = new Map<string, UnpricedAsk>()
  let timer: NodeJS.Timeout | undefined

  function write(): void {
    clearTimeout(timer)
    timer = undefined
    if (asks.size === 0) return
    const noted = [...asks.values()]
    asks.clear()
    try {
      repository.note(noted)
    } catch (error) {
      logger.warn({ err: error, models: noted.length }, 'models that were asked for could not be noted')
    }
  }

  return {
    note(model, userId, at) {
      // What is no name of a model can never be priced; and without spaces, model and person make one key.
      if (!modelName.safeParse(model).success) return
      const name = `${model} ${userId}`
      const known = asks.get(name)
      if (known === undefined && asks.size >= COUNTED_MAX) return
      asks.set(name, {
        model,
        userId,
        count: (known?.count ?? 0) + 1,
        firstAskedAt: known?.firstAskedAt ?? at,
        lastAskedAt: at,
      })
      if (known === undefined) onFirstAsk(model, userId)
      timer ??= setTimeout(write, WRITTEN_AFTER_MS).unref()
    },
    list(limit) {
      write()
      return repository.list(limit)
    },
    forget(models) {
      write()
      repository.forget(models)
    },
    stop: write,
  }
}
