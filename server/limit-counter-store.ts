// The rate limit counters' place on disk: read once at the start, written by the one writer in its turn.
import type { LimitCountersRepository } from './db/repositories/limits.ts'
import type { Writer } from './db/write.ts'
import type { LimitCounterStore } from './limits/limit-counters.ts'

export const createLimitCounterStore = (
  repository: LimitCountersRepository,
  writer: Writer,
): LimitCounterStore => ({
  load: () => repository.all(),
  save: (rows) => writer.submit({ kind: 'limit_counters', rows }),
  deleteBefore(dayStartMs) {
    repository.deleteBefore(dayStartMs)
    return Promise.resolve()
  },
})
