// What has been counted, per person and per key family: in memory, by its single writer, and handed on in batches to where
// it survives a restart. Whether a count is too high is decided elsewhere.
import { limitWindow } from '../../contract/limits.ts'
import type { Logger } from '../ports.ts'
import type { SubjectCounts, WindowCount } from './decide-limits.ts'
import type { Windows } from './decide-window.ts'

export type CountedKind = 'user' | 'key'

/**
 * The counts of one person or key family as they are kept on disk: absolute values, so that writing a row twice changes
 * nothing. Tokens are those of requests that have ended: a restart ends the others, and sets their reservations free.
 */
export interface LimitCounterRow {
  readonly kind: CountedKind
  readonly subjectId: string
  /** When the window that was counted last began, in Unix milliseconds. */
  readonly minuteStartMs: number
  readonly minuteRequests: number
  readonly minuteTokens: number
  readonly hourStartMs: number
  readonly hourRequests: number
  readonly hourTokens: number
  readonly dayStartMs: number
  readonly dayRequests: number
  readonly dayTokens: number
}

/** Where counters survive a restart. */
export interface LimitCounterStore {
  /** Every row there is. Called once, at the start. */
  load(): readonly LimitCounterRow[]
  /** Inserts or replaces rows by (kind, subjectId), all or none. Resolves when they are on disk. */
  save(rows: readonly LimitCounterRow[]): Promise<void>
  /** Deletes the rows whose day began before this moment. */
  deleteBefore(dayStartMs: number): Promise<void>
}

type MutableCount = { -readonly [member in keyof WindowCount]: WindowCount[member] }

export interface Counter extends SubjectCounts {
  readonly kind: CountedKind
  readonly subjectId: string
  readonly minute: MutableCount
  readonly hour: MutableCount
  readonly day: MutableCount
  running: number
}

export interface LimitCounters {
  /** The newest windows among the rows on disk; zero where there are none. */
  readonly newest: { readonly startMs: number; readonly dayStartMs: number }
  /** How many are held in memory. */
  readonly size: number
  /** The counts so far; a subject that was never counted has none, and takes no memory. */
  read(kind: CountedKind, subjectId: string): SubjectCounts
  /** The counter itself, with the windows that have ended emptied; its changes are saved with the next batch. */
  open(kind: CountedKind, subjectId: string, windows: Windows): Counter
  /** Has the changes of a counter saved with the next batch. */
  changed(counter: Counter): void
  /** Forgets the counters whose windows have all passed, here and on disk. */
  dropEnded(windows: Windows): Promise<void>
  /** Saves what has changed. Never rejects: what could not be saved is tried again with the next batch. */
  save(): Promise<void>
}

const WINDOWS = limitWindow.options
/** Keeps one transaction short; a larger change is several. */
const ROWS_PER_BATCH = 200
/** Longer than any day and the hour behind it: 25 hours where clocks are set back, 50 where the operator's zone was changed. */
const KEPT_BEHIND_MS = 3 * 86_400_000

const emptyCount = (): MutableCount => ({ startMs: 0, requests: 0, tokens: 0, reservedTokens: 0 })
const emptyCounter = (kind: CountedKind, subjectId: string): Counter => ({
  kind,
  subjectId,
  minute: emptyCount(),
  hour: emptyCount(),
  day: emptyCount(),
  running: 0,
})
const NOTHING: SubjectCounts = emptyCounter('user', '')

/** Loads what was saved before. Throws where it cannot be read. */
export function createLimitCounters(deps: {
  readonly store: LimitCounterStore
  readonly logger: Pick<Logger, 'warn' | 'info'>
}): LimitCounters {
  const { store } = deps
  const counters: Record<CountedKind, Map<string, Counter>> = { user: new Map(), key: new Map() }
  const health = createSaveHealth(deps.logger)
  const newest = { startMs: 0, dayStartMs: 0 }
  let dirty = new Set<Counter>()

  for (const row of store.load()) {
    counters[row.kind].set(row.subjectId, toCounter(row))
    noteNewest(row)
  }

  function noteNewest(row: LimitCounterRow): void {
    newest.startMs = Math.max(newest.startMs, row.minuteStartMs, row.hourStartMs, row.dayStartMs)
    newest.dayStartMs = Math.max(newest.dayStartMs, row.dayStartMs)
  }

  // A counter that was dropped while a request still ran on it has a successor, whose row it must not overwrite.
  const isLive = (counter: Counter) => counters[counter.kind].get(counter.subjectId) === counter

  async function saveBatch(batch: readonly Counter[]): Promise<void> {
    try {
      const rows = batch.map(toRow)
      await store.save(rows)
      rows.forEach(noteNewest)
      health.worked()
    } catch (error) {
      for (const counter of batch) dirty.add(counter)
      health.failed(error)
    }
  }

  return {
    newest,
    get size() {
      return counters.user.size + counters.key.size
    },
    read: (kind, subjectId) => counters[kind].get(subjectId) ?? NOTHING,
    open(kind, subjectId, windows) {
      const counter = counters[kind].get(subjectId) ?? addTo(counters[kind], emptyCounter(kind, subjectId))
      turnTo(counter.minute, windows.minute.startMs)
      turnTo(counter.hour, windows.hour.startMs)
      turnTo(counter.day, windows.day.startMs)
      dirty.add(counter)
      return counter
    },
    changed: (counter) => void dirty.add(counter),
    async dropEnded(windows) {
      forgetEnded(counters.user, dirty, windows)
      forgetEnded(counters.key, dirty, windows)
      try {
        // The newest rows stay, however old they are: they keep time from going back over a restart. And those of the day before,
        // because an hour may still be open when the day that it began in has ended.
        await store.deleteBefore(newest.dayStartMs - KEPT_BEHIND_MS)
      } catch (error) {
        health.failed(error)
      }
    },
    async save() {
      const changed = [...dirty].filter(isLive)
      dirty = new Set()
      for (let from = 0; from < changed.length; from += ROWS_PER_BATCH) {
        await saveBatch(changed.slice(from, from + ROWS_PER_BATCH))
      }
    },
  }
}

/** Says once that saving fails, and once that it works again. */
function createSaveHealth(logger: Pick<Logger, 'warn' | 'info'>) {
  let isFailing = false
  return {
    failed(error: unknown) {
      if (isFailing) return
      isFailing = true
      logger.warn(
        { event: 'limit_counters_unsaved', err: error },
        'rate limit counters are kept in memory only until they can be saved again',
      )
    },
    worked() {
      if (!isFailing) return
      isFailing = false
      logger.info({ event: 'limit_counters_saved' }, 'rate limit counters are saved again')
    },
  }
}

/** One that is not on disk yet stays: it may be the newest, which keeps time from going back over a restart. */
function forgetEnded(counters: Map<string, Counter>, unsaved: ReadonlySet<Counter>, windows: Windows): void {
  for (const [subjectId, counter] of counters) {
    const isBusy = counter.running > 0 || unsaved.has(counter)
    if (!isBusy && hasEnded(counter, windows)) counters.delete(subjectId)
  }
}

function addTo(counters: Map<string, Counter>, counter: Counter): Counter {
  counters.set(counter.subjectId, counter)
  return counter
}

/** Begins to count a new window; what was reserved in the one before is of no more concern. */
function turnTo(count: MutableCount, startMs: number): void {
  if (count.startMs === startMs) return
  count.startMs = startMs
  count.requests = 0
  count.tokens = 0
  count.reservedTokens = 0
}

const hasEnded = (counter: Counter, windows: Windows): boolean =>
  WINDOWS.every((window) => counter[window].startMs < windows[window].startMs)

const toCounter = (row: LimitCounterRow): Counter => ({
  kind: row.kind,
  subjectId: row.subjectId,
  minute: {
    startMs: row.minuteStartMs,
    requests: row.minuteRequests,
    tokens: row.minuteTokens,
    reservedTokens: 0,
  },
  hour: { startMs: row.hourStartMs, requests: row.hourRequests, tokens: row.hourTokens, reservedTokens: 0 },
  day: { startMs: row.dayStartMs, requests: row.dayRequests, tokens: row.dayTokens, reservedTokens: 0 },
  running: 0,
})

const toRow = ({ kind, subjectId, minute, hour, day }: Counter): LimitCounterRow => ({
  kind,
  subjectId,
  minuteStartMs: minute.startMs,
  minuteRequests: minute.requests,
  minuteTokens: minute.tokens,
  hourStartMs: hour.startMs,
  hourRequests: hour.requests,
  hourTokens: hour.tokens,
  dayStartMs: day.startMs,
  dayRequests: day.requests,
  dayTokens: day.tokens,
})
