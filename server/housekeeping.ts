// What looks after the running gateway: backups and restores, the order of old usage, and the figures of the console.
import { join } from 'node:path'
import { type Refusal, refusal } from '../contract/errors.ts'
import { fail, type Result } from '../contract/result.ts'
import type { AccountBook } from './accounts/account-book.ts'
import type { LedgerLight } from './accounts/ledger-light.ts'
import { createBackupFolder } from './backups/backup-folder.ts'
import { type Backups, createBackups } from './backups/backups.ts'
import { restore } from './backups/restore.ts'
import type { Closers } from './closers.ts'
import { copyDatabase } from './db/backup-file.ts'
import type { Db } from './db/open.ts'
import type { Repositories } from './db/repositories/repositories.ts'
import { StorageFault, type Writer } from './db/write.ts'
import { toLocalNameView } from './mdns/local-name.ts'
import type { OperationDeps } from './operations/deps.ts'
import type { LiveSettings } from './settings/live-settings.ts'
import { RestartUnderWayError, type Surroundings } from './surroundings.ts'
import { readLicences } from './system/licences.ts'
import { isLoopbackHost } from './system/network-address.ts'
import { listPlaces } from './system/network-places.ts'
import { createProcessFigures } from './system/process-figures.ts'
import { createRequestMeter } from './system/request-rates.ts'
import { createSystem, type System } from './system/system.ts'
import { createUsageKeeper } from './usage-keeper.ts'

interface Housekeeping {
  readonly backups: Backups
  readonly restore: OperationDeps['restore']
  readonly system: System
}

interface Parts {
  readonly db: Db
  readonly repositories: Repositories
  readonly writer: Writer
  readonly accounts: AccountBook
  readonly ledgerLight: Pick<LedgerLight, 'status'>
  readonly settings: LiveSettings
  readonly timeZone: () => string
  readonly inFlight: () => number
  readonly sockets: () => number
}

/** What every operation is told while one restore runs, also another one that came in before it had begun. */
function refusalOfRestart(error: unknown): Result<never, Refusal> {
  if (!(error instanceof RestartUnderWayError)) throw error
  return fail(refusal('gateway_stopping', undefined, { retryAfterMs: 5_000 }))
}

export function createHousekeeping(surroundings: Surroundings, parts: Parts, closers: Closers): Housekeeping {
  const { config, ports, events, installation, lifecycle, arrivals, reach } = surroundings
  const { clock, logger } = ports
  const { repositories, writer, accounts, ledgerLight, settings } = parts
  const folder = createBackupFolder(join(config.dataDir, 'backups'))
  const backups = createBackups({
    folder,
    dataDir: config.dataDir,
    async copy(target) {
      // What was answered for and stands in no table would be missing from the copy.
      if (!(await writer.caughtUp())) throw new StorageFault('The tables do not take what is to be copied.')
      await copyDatabase(parts.db, target)
    },
    version: installation.version,
    schema: installation.schema,
    settings: () => {
      const { backupEveryHours, backupsKept } = settings.current()
      return { everyHours: backupEveryHours, kept: backupsKept }
    },
    clock,
    ids: ports.ids,
    logger,
    onFinished: (backupId) =>
      events.publish({ type: 'backup.finished', backupId, isDone: backupId !== null }),
  })
  closers.push(() => backups.stop())
  const usageKeeper = createUsageKeeper({
    writer,
    settings: settings.current,
    timeZone: parts.timeZone,
    reachedMs: repositories.usage.summedUntil,
    inFlight: parts.inFlight,
    clock,
    logger,
  })
  usageKeeper.start()
  closers.push(() => usageKeeper.stop())
  const figures = createProcessFigures(config.dataDir, surroundings.loopDelay)
  const meter = createRequestMeter(events, clock)
  closers.push(() => meter.stop())

  return {
    backups,
    restore: (backupId, begun, restored) =>
      restore(
        {
          backups,
          folder,
          dataDir: config.dataDir,
          migrationsDir: installation.migrationsDir,
          restart: (work) =>
            lifecycle.restart({
              ...work,
              async beforeClosing() {
                repositories.audit.append(begun)
                await work.beforeClosing()
              },
            }),
          logger,
        },
        backupId,
        restored,
      ).catch(refusalOfRestart),
    system: createSystem({
      version: installation.version,
      schema: installation.schema,
      startedAt: lifecycle.startedAt,
      dataDir: config.dataDir,
      addresses: lifecycle.addresses,
      figures,
      meter,
      inFlight: parts.inFlight,
      sockets: parts.sockets,
      waitingWrites: () => writer.waiting,
      openHolds: () => accounts.openHolds(),
      backups: () => {
        const { last, nextAt, isRunning } = backups.state()
        return {
          last: last && { id: last.id, createdAt: last.createdAt, bytes: last.bytes },
          nextAt,
          isRunning,
        }
      },
      ledgerLight: () => {
        const { checkedAt, findingsTotal } = ledgerLight.status()
        return checkedAt === null ? null : { checkedAt, isConsistent: findingsTotal === 0 }
      },
      readLog: ports.readLog,
      network: () => {
        const port = Number(new URL(lifecycle.addresses()[0] ?? 'http://localhost').port || 80)
        const isSecure = reach.https.leaf() !== undefined
        const places = listPlaces(surroundings.interfaces(), config.host, port, isSecure)
        return {
          port,
          isOpenToNetwork: !isLoopbackHost(config.host),
          localName: toLocalNameView(reach.localName.state(), isSecure ? 'https' : 'http', port),
          places: places.map((place) => ({ ...place, reached: arrivals.at(place.address) })),
        }
      },
      readLicences: () => readLicences({ builtFile: installation.licencesFile, root: installation.root }),
    }),
  }
}
