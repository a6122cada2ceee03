// A process that restores a backup and is killed at the step that it is told, or whenever its parent likes.
import { join } from 'node:path'
import { createBackupFolder } from '../../server/backups/backup-folder.ts'
import { createBackups } from '../../server/backups/backups.ts'
import { type RestartWork, restore } from '../../server/backups/restore.ts'
import { openMigrated } from '../../server/data-folder.ts'
import { copyDatabase } from '../../server/db/backup-file.ts'
import { createSystemClock } from '../../server/host/system-clock.ts'
import { createSystemIds } from '../../server/host/system-ids.ts'
import type { Logger } from '../../server/ports.ts'

const [dataDir = '', migrationsDir = '', backupId = '', killAt = ''] = process.argv.slice(2)
const clock = createSystemClock()
const ids = createSystemIds()
const silent = () => undefined
const logger = { debug: silent, info: silent, warn: silent, error: silent } as unknown as Logger // what is called here
const folder = createBackupFolder(join(dataDir, 'backups'))
const backups = createBackups({
  folder,
  dataDir,
  copy: (target) => copyDatabase(db, target),
  version: '0.0.0',
  schema: 1_000,
  settings: () => ({ everyHours: 0, kept: 7 }),
  clock,
  ids,
  logger,
  onFinished: silent,
})
const db = openMigrated(dataDir, migrationsDir, clock.now())

/** As the server does it, with one connection in the place of all its parts. */
async function restart(work: RestartWork): Promise<void> {
  await work.beforeClosing()
  db.close()
  await work.whileClosed()
  openMigrated(dataDir, migrationsDir, clock.now()).close()
}

process.stdout.write('begun\n')
const done = await restore(
  {
    backups,
    folder,
    dataDir,
    migrationsDir,
    restart,
    logger,
    onStep: (step) => {
      if (step === killAt) process.kill(process.pid, 'SIGKILL')
    },
  },
  backupId,
  {
    id: ids.next(),
    createdAt: clock.now(),
    actorUserId: null,
    operation: 'backups.restore',
    targetType: 'backup',
    targetId: backupId,
    before: null,
    after: null,
    address: 'test',
  },
)
if (!done.ok) throw new Error(done.error.code)
process.stdout.write('restored\n')
process.exit(0)
