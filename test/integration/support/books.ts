// The books of a gateway under test, looked at and written to past its operations.
import { type Db, openDatabase } from '../../../server/db/open.ts'
import { type AuditRow, createAuditRepository } from '../../../server/db/repositories/audit.ts'
import { createWriter } from '../../../server/db/write.ts'
import type { HoldRecord } from '../../../server/db/write-command.ts'
import { waitUntilFolded } from '../../support/redo.ts'

const fileOf = (dataDir: string) => `${dataDir}/gateway.db`

/** Runs work on a connection of its own, beside the running server. */
export async function onBooks<T>(dataDir: string, work: (db: Db) => T): Promise<T> {
  await waitUntilFolded(fileOf(dataDir))
  const db = openDatabase(fileOf(dataDir))
  try {
    return work(db)
  } finally {
    db.close()
  }
}

/** What was written down of an operation about a target, newest first. */
export const auditOf = (
  dataDir: string,
  filter: { operation: string; targetId: string },
): Promise<AuditRow[]> =>
  onBooks(dataDir, (db) => createAuditRepository(db).list({ ...filter, limit: 200 }).rows)

/** Meanwhile the disk takes everything but rows of the audit. */
export async function withoutAudit<T>(dataDir: string, work: () => Promise<T>): Promise<T> {
  const run = (sql: string) => onBooks(dataDir, ({ raw }) => void raw.exec(sql))
  await run(`CREATE TRIGGER no_room BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no room'); END`)
  try {
    return await work()
  } finally {
    await run('DROP TRIGGER no_room')
  }
}

/** Leaves holds open on disk as a crash does; for a gateway that is not running. */
export async function leaveOpen(dataDir: string, holds: readonly HoldRecord[]): Promise<void> {
  const db = openDatabase(fileOf(dataDir))
  const writer = createWriter(db, {
    onError: ({ error }) => {
      throw error
    },
  })
  for (const hold of holds) await writer.submit({ kind: 'hold', hold })
  await writer.stop()
  db.close()
}
