// The ledger light: whether the books are right. It has them read by a thread of its own, a while after the start, every
// night and on demand, and tells what was found. It never mends anything.

import type { LedgerFinding, LedgerLightView } from '../../contract/operations/ledger.ts'
import { DatabaseThread } from '../db/database-thread.ts'
import type { CheckAnswer, CheckMessage } from '../db/repositories/ledger-check-messages.ts'
import type { Clock, Logger } from '../ports.ts'
import type { AccountBook } from './account.ts'

export interface LedgerLight {
  status(): LedgerLightView
  /** Starts a check, or joins the one that is running. */
  check(): LedgerLightView
  /** Checks in a while, and every night from then on. */
  start(): void
  stop(): Promise<void>
}

interface LedgerLightDeps {
  readonly databasePath: string
  readonly accounts: Pick<AccountBook, 'livingHolds'>
  /** Resolves when the tables say what memory says, or to false where the disk does not let them. */
  readonly caughtUp: () => Promise<boolean>
  /** The first moment of the operator's calendar day. */
  readonly startOfDay: (nowMs: number) => number
  readonly clock: Clock
  readonly logger: Logger
  /** Told at the end of every check. */
  readonly onChecked?: (isConsistent: boolean) => void
}

/** Whoever starts the gateway has their first requests first. */
const FIRST_CHECK_AFTER_MS = 3_000
/** After a check that something was in the way of. */
const AGAIN_AFTER_MS = 60_000
const HOUR_MS = 3_600_000
/** From then on it is said that the books cannot be checked. */
const POSTPONED_MS_MAX = HOUR_MS
/** When a night's check begins, by the operator's clock. */
const NIGHT_HOUR = 3
/** Looked at so often, because a machine that slept through the hour makes up for it. */
const NIGHT_LOOKED_FOR_EVERY_MS = 600_000
const FINDINGS_LOGGED_MAX = 20
/** What keeps a thread from the books and says nothing about them: no file descriptor or memory is left, or others have the file. */
const KEPT_AWAY =
  /^(E[MN]FILE|ENOMEM|EAGAIN|ERR_DLOPEN_FAILED|ERR_WORKER_(INIT_FAILED|OUT_OF_MEMORY)|SQLITE_(CANTOPEN|BUSY|LOCKED|NOMEM))/

// The bundle keeps the worker beside it as a file of its own.
const WORKER_URL = new URL(
  import.meta.url.endsWith('.ts') ? '../db/ledger-check-worker.ts' : './ledger-check-worker.mjs',
  import.meta.url,
)

type Outcome = Omit<LedgerLightView, 'progress'>

const NEVER: Outcome = {
  state: 'never',
  checkedAt: null,
  durationMs: null,
  entries: null,
  findings: [],
  findingsTotal: 0,
}

const CHECK_FAILED: LedgerFinding = {
  kind: 'check_failed',
  userId: null,
  requestId: null,
  seq: null,
  expectedNanoUsd: null,
  foundNanoUsd: null,
}

export const createLedgerLight = (deps: LedgerLightDeps): LedgerLight => new WorkingLight(deps)

class WorkingLight implements LedgerLight {
  readonly #deps: LedgerLightDeps
  #last: Outcome = NEVER
  #progress: NonNullable<LedgerLightView['progress']> = { entries: 0, entriesTotal: 0 }
  #worker: DatabaseThread | undefined
  #startedAt = 0
  #startedMonoMs = 0
  /** Since when no check has come to its end. */
  #postponedMonoMs: number | undefined
  #checkTimer: NodeJS.Timeout | undefined
  #nightTimer: NodeJS.Timeout | undefined
  #isStopped = false

  constructor(deps: LedgerLightDeps) {
    this.#deps = deps
  }

  status(): LedgerLightView {
    const { findings, ...rest } = this.#last
    const shown = { ...rest, findings: [...findings] }
    return this.#worker
      ? { ...shown, state: 'checking', progress: this.#progress }
      : { ...shown, progress: null }
  }

  check(): LedgerLightView {
    if (!this.#worker && !this.#isStopped) this.#begin()
    return this.status()
  }

  start(): void {
    this.#checkLater(FIRST_CHECK_AFTER_MS)
    this.#nightTimer = setInterval(() => {
      if (this.#isNightDue()) this.check()
    }, NIGHT_LOOKED_FOR_EVERY_MS)
    this.#nightTimer.unref()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#checkTimer)
    clearInterval(this.#nightTimer)
    const worker = this.#worker
    this.#worker = undefined
    await worker?.terminate()
  }

  #isNightDue(): boolean {
    const now = this.#deps.clock.now()
    const nightMs = this.#deps.startOfDay(now) + NIGHT_HOUR * HOUR_MS
    return now >= nightMs && this.#startedAt < nightMs
  }

  #begin(): void {
    this.#startedAt = this.#deps.clock.now()
    this.#startedMonoMs = this.#deps.clock.monotonicMs()
    this.#progress = { entries: 0, entriesTotal: 0 }
    const worker = new DatabaseThread(WORKER_URL, { path: this.#deps.databasePath })
    this.#worker = worker
    worker.unref()
    worker.on('message', (message: CheckMessage) => this.#hear(worker, message))
    worker.on('error', (error) => {
      if (isKeptAway(error)) this.#postpone(worker, error)
      else this.#fail(worker, error)
    })
    worker.on('exit', () =>
      this.#fail(worker, new Error('The thread that checks the ledger ended without a result.')),
    )
  }

  #hear(worker: DatabaseThread, message: CheckMessage): void {
    if (worker !== this.#worker) return
    switch (message.kind) {
      case 'progress':
        this.#progress = { entries: message.entries, entriesTotal: message.entriesTotal }
        break
      case 'open_holds':
        void this.#answer(worker, message.requestIds)
        break
      case 'result':
        this.#end(message)
        break
    }
  }

  /** What has ended by now has to be on disk when the thread looks again. */
  async #answer(worker: DatabaseThread, requestIds: readonly string[]): Promise<void> {
    const answer = this.#withoutLife(requestIds)
    const areTablesWhole = await this.#deps.caughtUp()
    if (worker !== this.#worker) return
    if (areTablesWhole) worker.postMessage(answer)
    else this.#postpone(worker, new Error('The disk keeps from the tables what is to be checked.'))
  }

  /**
   * Neither what the tables have not taken yet nor a thread that cannot read them is a fault of the books: nothing new is said
   * of them for a while.
   */
  #postpone(worker: DatabaseThread, err: unknown): void {
    if (worker !== this.#worker) return
    const nowMs = this.#deps.clock.monotonicMs()
    this.#postponedMonoMs ??= nowMs
    if (nowMs - this.#postponedMonoMs > POSTPONED_MS_MAX) {
      this.#fail(worker, err)
      void worker.terminate()
      return
    }
    this.#worker = undefined
    void worker.terminate()
    this.#deps.logger.warn(
      { event: 'ledger_check_postponed', err },
      'something keeps the ledger from being checked; it is checked again later',
    )
    if (!this.#isStopped) this.#checkLater(AGAIN_AFTER_MS)
  }

  #checkLater(afterMs: number): void {
    clearTimeout(this.#checkTimer)
    this.#checkTimer = setTimeout(() => this.check(), afterMs).unref()
  }

  #withoutLife(requestIds: readonly string[]): CheckAnswer {
    const living = new Set(this.#deps.accounts.livingHolds().map(({ requestId }) => requestId))
    return { withoutLife: requestIds.filter((requestId) => !living.has(requestId)) }
  }

  #fail(worker: DatabaseThread, error: unknown): void {
    if (worker !== this.#worker) return
    this.#deps.logger.error({ event: 'ledger_check_failed', err: error }, 'the ledger could not be checked')
    // What cannot be checked is not called right.
    this.#end({ entries: null, findings: [CHECK_FAILED], findingsTotal: 1 })
  }

  #end({
    entries,
    findings,
    findingsTotal,
  }: Pick<Outcome, 'entries' | 'findingsTotal'> & { readonly findings: readonly LedgerFinding[] }): void {
    const { clock, logger } = this.#deps
    this.#worker = undefined
    this.#postponedMonoMs = undefined
    const durationMs = Math.round(clock.monotonicMs() - this.#startedMonoMs)
    const state = findingsTotal === 0 ? 'ok' : 'wrong'
    this.#last = {
      state,
      checkedAt: clock.now(),
      durationMs,
      entries,
      findings: [...findings],
      findingsTotal,
    }
    for (const finding of findings.slice(0, FINDINGS_LOGGED_MAX)) {
      logger.error({ event: 'ledger_finding', finding }, 'the books are wrong')
    }
    logger.info(
      { event: 'ledger_checked', state, entries, findingsTotal, durationMs },
      'the ledger was checked',
    )
    this.#deps.onChecked?.(findingsTotal === 0)
  }
}

/** Of what a thread threw the code is all that stays of its kind; that of the driver is the cause of ours. */
function isKeptAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? error.code : undefined
  return (typeof code === 'string' && KEPT_AWAY.test(code)) || isKeptAway(error.cause)
}
