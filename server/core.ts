// Everything that stands on one open database: the parts, the OpenAI side and the operations. The listener and whoever holds
// the data folder outlive it, so that a backup can take the database's place while the process runs on.
import { createClosers } from './closers.ts'
import type { StartConfig } from './config.ts'
import { openMigrated } from './data-folder.ts'
import type { EventBus } from './events/event-bus.ts'
import type { Gateway } from './gateway/gateway.ts'
import type { Installation } from './installation.ts'
import type { OperationDeps } from './operations/deps.ts'
import { createDispatch, type Dispatch } from './operations/dispatch.ts'
import { createHandlers } from './operations/handlers.ts'
import { createParts } from './parts.ts'
import type { Ports } from './ports.ts'
import { completeFromEnvironment } from './unattended-setup.ts'
import type { LiveUpstream } from './upstream-target.ts'

export interface Core {
  readonly deps: OperationDeps
  readonly upstream: LiveUpstream
  readonly gateway: Gateway
  readonly dispatch: Dispatch
  /** Writes what is owed and lets go of the database. The gateway has been drained before. */
  stop(): Promise<void>
}

/** Rejects with a StartError where the database cannot be used; nothing is left open then. */
export async function startCore(
  config: StartConfig,
  ports: Ports,
  installation: Installation,
  events: EventBus,
): Promise<Core> {
  const closers = createClosers()
  try {
    const db = openMigrated(config.dataDir, installation.migrationsDir, ports.clock.now())
    closers.push(() => db.close())
    const { deps, upstream, gateway } = await createParts(config, ports, db, events, closers)
    const dispatch = createDispatch({
      handlers: createHandlers(deps),
      events,
      ids: ports.ids,
      logger: ports.logger,
    })
    await completeFromEnvironment(config, deps)
    return { deps, upstream, gateway, dispatch, stop: () => closers.closeAll() }
  } catch (error) {
    await closers
      .closeAll()
      .catch((err: unknown) => ports.logger.error({ err }, 'cleaning up after a failed start failed'))
    throw error
  }
}
