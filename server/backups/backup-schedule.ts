// When a backup is made by itself: so many hours after the last one, not in the first minutes of a start, and an hour after one
// that failed.
import type { Refusal } from '../../contract/errors.ts'
import type { BackupManifest } from '../../contract/operations/backups.ts'
import type { Result } from '../../contract/result.ts'
import type { Clock, Logger } from '../ports.ts'

export interface BackupSchedule {
  /** Unix milliseconds; null where none is made by itself, or it is not known yet which there are. */
  nextAt(): number | null
  /** Nothing is due before this: the last one that it made before this start, where there is one. */
  begin(last: BackupManifest | undefined): void
  /** It has had one made. */
  note(manifest: BackupManifest): void
  stop(): void
}

interface BackupScheduleDeps {
  /** 0: never by itself. */
  readonly everyHours: () => number
  readonly isRunning: () => boolean
  readonly make: () => Promise<Result<unknown, Refusal>>
  readonly clock: Clock
  readonly logger: Pick<Logger, 'error'>
}

const LOOK_EVERY_MS = 60_000
/** Not in the first minutes of a start, when there is enough to do; and not at once after one that failed. */
const FIRST_AFTER_MS = 5 * 60_000
const AGAIN_AFTER_MS = 60 * 60_000
const HOUR_MS = 60 * 60_000

export function createBackupSchedule(deps: BackupScheduleDeps): BackupSchedule {
  const { everyHours, isRunning, make, clock, logger } = deps
  let lastAt: number | undefined
  let notBeforeMonoMs = clock.monotonicMs() + FIRST_AFTER_MS

  const nextAt = (): number | null => {
    const hours = everyHours()
    if (hours === 0 || lastAt === undefined) return null
    const earliest = clock.now() + Math.max(0, notBeforeMonoMs - clock.monotonicMs())
    // Made while the clock was ahead: when that really was, nobody knows.
    if (lastAt > clock.now()) return Math.round(earliest)
    return Math.round(Math.max(earliest, lastAt + hours * HOUR_MS))
  }
  const failed = (why: object) => {
    notBeforeMonoMs = clock.monotonicMs() + AGAIN_AFTER_MS
    logger.error(why, 'a scheduled backup failed; it is tried again in an hour')
  }
  const timer = setInterval(() => {
    const due = nextAt()
    if (due === null || due > clock.now() || isRunning()) return
    make().then(
      (made) => made.ok || failed({ code: made.error.code }),
      (err: unknown) => failed({ err }),
    )
  }, LOOK_EVERY_MS)
  timer.unref()

  return {
    nextAt,
    begin(last) {
      lastAt ??= last?.createdAt ?? 0
    },
    note({ createdAt }) {
      lastAt = createdAt
    },
    stop: () => clearInterval(timer),
  }
}
