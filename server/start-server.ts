// The composition root: takes the data folder, makes the parts, opens the doors, and takes all of it down in reverse.
import type { StartConfig } from './config.ts'
import { openMigrated, takeDataDir } from './data-folder.ts'
import { createHttpServer } from './http/http-server.ts'
import type { PageFacts } from './http/pages/page-facts.ts'
import { findInstallation } from './installation.ts'
import { listen, stopListening } from './listening.ts'
import { isLoopbackHost, isReachableFromLoopback, localUrl } from './network-address.ts'
import type { OperationDeps } from './operations/deps.ts'
import { createDispatch, type Dispatch } from './operations/dispatch.ts'
import { createHandlers } from './operations/handlers.ts'
import { createParts } from './parts.ts'
import type { Ports } from './ports.ts'
import { setupInvitation } from './setup-invitation.ts'
import { completeFromEnvironment } from './unattended-setup.ts'
import type { LiveUpstream } from './upstream-target.ts'

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

  const { deps, upstream, gateway } = await createParts(config, ports, db, closers)
  const dispatch = createDispatch({
    handlers: createHandlers(deps),
    events: deps.events,
    ids: ports.ids,
    logger: ports.logger,
  })
  await completeFromEnvironment(config, deps)

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
    pageFacts: () => pageFacts(config, deps, upstream, installation.version),
    defaultLanguage: config.locale,
    isStopping: () => isStopping,
    ids: ports.ids,
    logger: ports.logger,
  })
  const port = await listen(server, config)
  const address = localUrl(config.host, port)
  lock.describe({ pid: process.pid, since, address })
  if (!deps.setup.isDone())
    ports.tell(setupInvitation(address, deps.setup.token, isReachableFromLoopback(config.host)))
  ports.logger.info({ address, version: installation.version }, 'ready')

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

/** Models that the examples prefer, best first; else the first there is. */
const SAMPLE_MODELS = ['demo-smart', 'gpt-6.1-sol', 'gpt-6-sol', 'gpt-5.6-sol']

function pageFacts(
  config: StartConfig,
  deps: OperationDeps,
  upstream: LiveUpstream,
  version: string,
): PageFacts {
  const models = deps.prices.models(deps.clock.now()).map((row) => row.model)
  const { kind, isConfigured } = upstream.state()
  return {
    isSetUpDone: deps.setup.isDone(),
    upstream: isConfigured ? kind : null,
    isOpenToNetwork: !isLoopbackHost(config.host),
    sampleModel: SAMPLE_MODELS.find((model) => models.includes(model)) ?? models[0],
    version,
  }
}
