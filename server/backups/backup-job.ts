// What a backup's worker thread can be asked, and how it is asked. A job has a thread of its own, because each of them may
// read a whole large database, and the process answers requests meanwhile.

import type { BackupDifferences } from '../../contract/operations/backups.ts'
import type { BackupFacts } from '../db/backup-file.ts'
import { DatabaseThread } from '../db/database-thread.ts'
import type { RestoreFileRequest } from '../db/restore-file.ts'

export type BackupJob =
  | { readonly kind: 'finish'; readonly target: string }
  | { readonly kind: 'inspect'; readonly path: string }
  | { readonly kind: 'compare'; readonly backup: string; readonly present: string }
  | ({ readonly kind: 'prepare' } & RestoreFileRequest)

export interface JobResults {
  readonly finish: BackupFacts
  readonly inspect: BackupFacts
  readonly compare: BackupDifferences
  readonly prepare: undefined
}

export type JobAnswer =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly name: string; readonly message: string }

/** A job failed; `cause` names the kind of error, which does not survive the way between threads as a class. */
export class BackupJobError extends Error {
  override readonly name = 'BackupJobError'
  readonly kind: string

  constructor(kind: string, message: string) {
    super(message)
    this.kind = kind
  }
}

/** Longer than any database of this product takes; a disk that hangs must not block backups for ever. */
const JOB_MS_MAX = 30 * 60_000

// The bundle keeps the worker beside it as a file of its own.
const WORKER_URL = new URL(
  import.meta.url.endsWith('.ts') ? './backup-worker.ts' : './backup-worker.mjs',
  import.meta.url,
)

export function runBackupJob<Kind extends BackupJob['kind']>(
  job: Extract<BackupJob, { readonly kind: Kind }>,
): Promise<JobResults[Kind]> {
  return new Promise((resolve, reject) => {
    const worker = new DatabaseThread(WORKER_URL, { job })
    const timer = setTimeout(
      () => end(() => reject(new Error(`The job "${job.kind}" took too long.`))),
      JOB_MS_MAX,
    )
    timer.unref()
    const end = (settle: () => void): void => {
      clearTimeout(timer)
      settle()
      void worker.terminate()
    }
    worker.once('message', (answer: JobAnswer) =>
      end(() => {
        // What the worker answers for this kind is what the table above says.
        if (answer.ok) resolve(answer.result as JobResults[Kind])
        else reject(new BackupJobError(answer.name, answer.message))
      }),
    )
    worker.once('error', (error) => end(() => reject(error)))
    worker.once('exit', (code) => end(() => reject(new Error(`The job "${job.kind}" ended with ${code}.`))))
  })
}
