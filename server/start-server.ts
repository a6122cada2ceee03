// The composition root: takes the data folder, makes the parts, opens the doors, and takes all of it down in reverse.
import { join } from 'node:path'
import type { StartConfig } from './config.ts'
import { openMigrated, takeDataDir } from './data-folder.ts'
import { createHttpServer } from './http/http-server.ts'
import { loadWebApp } from './http/web-app.ts'
import { findInstallation } from './installation.ts'
import { listen, stopListening } from './listening.ts'
import { createMetrics } from './metrics.ts'
import { isReachableFromLoopback, localUrl } from './network-address.ts'
import { giveDueDefaultBalances } from './operations/default-balance.ts'
import type { OperationDeps } from './operations/deps.ts'
import { createDispatch, type Dispatch } from './operations/dispatch.ts'
import { createHandlers } from './operations/handlers.ts'
import { createParts } from './parts.ts'
import type { Ports } from './ports.ts'
import { setupInvitation } from './setup-invitation.ts'
import { completeFromEnvironment } from './unattended-setup.ts'

export { StartError } from './start-error.ts'

export const productVersion = (): string => findInstallation(import.meta.dirname).version

export interface RunningServer {
  readonly dispatch: Dispatch
  /** Base URLs, the one for this machine first. */
  readonly addresses: readonly string[]
  /** Requests that are running, those included whose client has left. */
  inFlight(): number
  /**
   * Takes no new requests, gives running ones `drainMs`, writes what is owed and lets go of the data folder. A second call
   * shortens the time of the first.
   */
  stop(how: { readonly drainMs: number }): Promise<void>
}

/** Rejects with a StartError where something is in the way that the person who started it can mend. */
export async function startServer(config: StartConfig, ports: Ports): Promise<RunningServer> {
  const closers: (() => Promise<void> | void)[] = []
  const closeAll = async () => {
    const failures: unknown[] = []
    for (const close of closers.splice(0).reverse()) {
      // One part that cannot end must not keep the next one from writing what it owes.
      try {
        await close()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Parts of the server could not be stopped')
  }
  try {
    return await compose(config, ports, closers, closeAll)
  } catch (error) {
    await closeAll().catch((err: unknown) =>
      ports.logger.error({ err }, 'cleaning up after a failed start failed'),
    )
    throw error
  }
}

async function compose(
  config: StartConfig,
  ports: Ports,
  closers: (() => Promise<void> | void)[],
  closeAll: () => Promise<void>,
): Promise<RunningServer> {
  const since = ports.clock.now()
  const installation = findInstallation(import.meta.dirname)
  const lock = takeDataDir(config.dataDir, since)
  closers.push(() => lock.release())
  const db = openMigrated(config.dataDir, installation.migrationsDir, since)
  closers.push(() => db.close())

  // Corrected once the system has picked a port.
  let address = localUrl(config.host, config.port)
  const { deps, upstream, gateway, writer } = await createParts(config, ports, db, closers, () => address)
  const dispatch = createDispatch({ handlers: createHandlers(deps), ids: ports.ids, logger: ports.logger })
  await completeFromEnvironment(config, deps)
  await giveDueDefaultBalances(deps)

  const metrics = createMetrics({ gateway, accounts: deps.accounts, writer })
  closers.push(() => metrics.stop())

  let isStopping = false
  const server = createHttpServer({
    gateway,
    dispatch,
    identify: deps.sessions.identify,
    remoteAdministration: config.remoteAdministration,
    allowedHosts: () => [config.host, ...deps.settings.current().allowedHosts],
    readiness: () => ({
      database: canWrite(deps),
      setUp: deps.setup.isDone(),
      upstream: upstream.state().isConfigured,
    }),
    metrics,
    metricsToken: config.metricsToken,
    pageFacts: () => ({
      isSetUpDone: deps.setup.isDone(),
      hasUpstream: upstream.state().isConfigured,
      version: installation.version,
    }),
    apps: {
      portal: loadWebApp(join(installation.webAppsDir, 'portal')),
      console: loadWebApp(join(installation.webAppsDir, 'console')),
    },
    defaultLanguage: config.locale,
    isStopping: () => isStopping,
    ids: ports.ids,
    logger: ports.logger,
  })
  const port = await listen(server, config)
  address = localUrl(config.host, port)
  lock.describe({ pid: process.pid, since, address })
  if (!deps.setup.isDone())
    ports.tell(setupInvitation(address, deps.setup.token, isReachableFromLoopback(config.host)))
  ports.logger.info({ address, version: installation.version }, 'ready')
  deps.ledgerLight.start()

  let stopped: Promise<void> | undefined
  return {
    dispatch,
    addresses: [address],
    inFlight: () => gateway.inFlight(),
    async stop({ drainMs }) {
      // A later call ends the wait of the first, which is for the same requests.
      if (isStopping) await gateway.drain(drainMs)
      isStopping = true
      stopped ??= stopListening(server, gateway, drainMs).then(closeAll)
      await stopped
    },
  }
}

/** Takes the database's write lock and gives it back: no byte is written, and a read-only or locked file is found out. */
function canWrite({ repositories, logger }: OperationDeps): boolean {
  try {
    repositories.transaction(() => undefined)
    return true
  } catch (error) {
    logger.warn({ err: error }, 'the database takes no writes')
    return false
  }
}
