// The thread in which one backup job runs; see backup-job.ts.
import { parentPort, workerData } from 'node:worker_threads'
import { compareWithPresent } from '../db/backup-differences.ts'
import { finishBackup, inspectBackup } from '../db/backup-file.ts'
import { loadSqlite } from '../db/database-thread.ts'
import { writeRestoreFile } from '../db/restore-file.ts'
import type { BackupJob, JobAnswer } from './backup-job.ts'

loadSqlite()

async function run(job: BackupJob): Promise<unknown> {
  switch (job.kind) {
    case 'finish':
      return finishBackup(job.target)
    case 'inspect':
      return inspectBackup(job.path)
    case 'compare':
      return compareWithPresent(job.backup, job.present)
    case 'prepare': {
      const { kind: _, ...request } = job
      return writeRestoreFile(request)
    }
  }
}

// The thread is started with nothing else.
const { job } = workerData as { readonly job: BackupJob }
const answer: JobAnswer = await run(job).then(
  (result) => ({ ok: true as const, result }),
  (error: unknown) => ({
    ok: false as const,
    name: error instanceof Error ? error.name : 'Error',
    message: error instanceof Error ? error.message : String(error),
  }),
)
parentPort?.postMessage(answer)
