// Everything that stands on one open database: the parts, the OpenAI side and the operations. The listener and whoever holds
// the data folder outlive it, so that a backup can take the database's place while the process runs on.
import type { RestartWork } from './backups/restore.ts'
import { createClosers } from './closers.ts'
import { openMigrated } from './data-folder.ts'
import { commandName, requestIdOf } from './db/packed-commands.ts'
import type { RedoReplay } from './db/redo-replay.ts'
import { isStorageFault } from './db/storage-fault.ts'
import type { Writer } from './db/write.ts'
import type { Gateway } from './gateway/gateway.ts'
import { giveDueDefaultBalances } from './operations/default-balance.ts'
import type { OperationDeps } from './operations/deps.ts'
import { createDispatch, type UnreadDispatch } from './operations/dispatch.ts'
import { createOperations } from './operations/handlers.ts'
import { createParts } from './parts.ts'
import type { Logger } from './ports.ts'
import type { Surroundings } from './surroundings.ts'
import { completeFromEnvironment } from './unattended-setup.ts'
import type { LiveUpstream } from './upstream-target.ts'

export interface Core {
  readonly deps: OperationDeps
  readonly upstream: LiveUpstream
  readonly gateway: Gateway
  readonly writer: Pick<Writer, 'waiting' | 'caughtUp'>
  readonly dispatch: UnreadDispatch
  /** Writes what is owed and lets go of the database. The gateway has been drained before. */
  stop(): Promise<void>
}

/** Rejects with a StartError where the database cannot be used; nothing is left open then. */
export async function startCore(surroundings: Surroundings): Promise<Core> {
  const { config, ports, installation, events } = surroundings
  const closers = createClosers()
  try {
    const db = openMigrated(
      config.dataDir,
      installation.migrationsDir,
      ports.clock.now(),
      (replay) => tellOfReplay(ports.logger, replay),
      (path, err) => ports.logger.warn({ err, path }, 'what half a backup has left cannot be deleted'),
    )
    closers.push(() => db.close())
    const { deps, upstream, gateway, writer } = await createParts(surroundings, db, closers)
    const dispatch = createDispatch({
      find: createOperations(deps),
      events,
      isStorageFault,
      ids: ports.ids,
      logger: ports.logger,
      caughtUp: () => writer.caughtUp(),
    })
    await completeFromEnvironment(config, deps)
    await giveDueDefaultBalances(deps)
    return { deps, upstream, gateway, writer, dispatch, stop: () => closers.closeAll() }
  } catch (error) {
    await closers
      .closeAll()
      .catch((err: unknown) => ports.logger.error({ err }, 'cleaning up after a failed start failed'))
    throw error
  }
}

/** What was answered for before a crash, as far as it stood in no table yet. */
function tellOfReplay(logger: Logger, { records, refused, setAside, isMissing }: RedoReplay): void {
  if (records > 0)
    logger.info(
      { event: 'redo_replayed', records },
      'writes that a crash left in the redo log were carried out',
    )
  for (const { command, error } of refused) {
    logger.error(
      { command: commandName(command), requestId: requestIdOf(command), err: error },
      'a write that was answered for cannot be carried out',
    )
  }
  if (setAside !== null)
    logger.error({ setAside }, 'a redo log that is not whole, or not of this database, was set aside')
  if (isMissing) logger.error('the redo log of the database is missing; what stood in it alone is lost')
}

/**
 * Ends the requests of a core, closes its database, does the work, and starts a new core on whatever is there then. Where the
 * new one does not start, the work is undone. `failure` is what kept the work from being done.
 */
export async function replaceCore(
  surroundings: Surroundings,
  core: Core,
  work: RestartWork,
  drainMs: number,
): Promise<{ readonly core: Core; readonly failure: unknown }> {
  const { logger } = surroundings.ports
  let failure: unknown
  const attempt = async (step: () => Promise<void>): Promise<void> => {
    if (failure !== undefined) return
    await step().catch((error: unknown) => {
      failure = error
    })
  }
  await core.gateway.drain(drainMs)
  await attempt(() => core.deps.accounts.flush())
  await attempt(work.beforeClosing)
  await core.stop().catch((error: unknown) => {
    failure ??= error
  })
  await attempt(work.whileClosed)
  try {
    return { core: await startCore(surroundings), failure }
  } catch (error) {
    logger.error({ err: error }, 'the server does not start on the replaced database')
    await work.undo()
    return { core: await startCore(surroundings), failure: failure ?? error }
  }
}
