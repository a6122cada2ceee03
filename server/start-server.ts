// The composition root: takes the data folder, makes the parts, opens the doors, and takes all of it down in reverse.
import type { PushedEvent } from '../contract/events.ts'
import { type Closers, createClosers } from './closers.ts'
import type { StartConfig } from './config.ts'
import { type Core, startCore } from './core.ts'
import { takeDataDir } from './data-folder.ts'
import { createEventBus, type Viewer } from './events/event-bus.ts'
import { createEventFeed, type EventFeed } from './events/event-feed.ts'
import { createEventStreams } from './http/event-streams.ts'
import type { HttpDeps } from './http/http-deps.ts'
import { createHttpServer } from './http/http-server.ts'
import type { PageFacts } from './http/pages/page-facts.ts'
import { findInstallation } from './installation.ts'
import { listen, stopListening } from './listening.ts'
import { isLoopbackHost, isReachableFromLoopback, localUrl } from './network-address.ts'
import type { OperationDeps } from './operations/deps.ts'
import type { Dispatch } from './operations/dispatch.ts'
import type { Ports } from './ports.ts'
import { setupInvitation } from './setup-invitation.ts'

export { StartError } from './start-error.ts'

export const productVersion = (): string => findInstallation(import.meta.dirname).version

export interface RunningServer {
  readonly dispatch: Dispatch
  /** Base URLs, the one for this machine first. */
  readonly addresses: readonly string[]
  /** Requests that are running, those included whose client has left. */
  inFlight(): number
  /** Events as a screen gets them, for a host that shows one itself; `deliver` never gets an empty list. */
  watch(viewer: Viewer, deliver: (events: readonly PushedEvent[]) => void): EventFeed
  /**
   * Takes no new requests, gives running ones `drainMs`, writes what is owed and lets go of the data folder. A second call
   * shortens the time of the first.
   */
  stop(how: { readonly drainMs: number }): Promise<void>
}

/** Rejects with a StartError where something is in the way that the person who started it can mend. */
export async function startServer(config: StartConfig, ports: Ports): Promise<RunningServer> {
  const closers = createClosers()
  try {
    return await compose(config, ports, closers)
  } catch (error) {
    await closers
      .closeAll()
      .catch((err: unknown) => ports.logger.error({ err }, 'cleaning up after a failed start failed'))
    throw error
  }
}

async function compose(config: StartConfig, ports: Ports, closers: Closers): Promise<RunningServer> {
  const { clock, logger } = ports
  const since = clock.now()
  const installation = findInstallation(import.meta.dirname)
  const lock = takeDataDir(config.dataDir, since)
  closers.push(() => lock.release())
  const events = createEventBus(clock)
  const core = await startCore(config, ports, installation, events)
  closers.push(() => core.stop())

  let isStopping = false
  const httpDeps = toHttpDeps(config, ports, core, installation.version, () => isStopping)
  const streams = createEventStreams(httpDeps)
  core.deps.accessChanges.subscribe((change) => {
    if (change.kind === 'user') streams.endOf(change.userId)
  })
  const server = createHttpServer({ ...httpDeps, gateway: core.gateway, streams })
  const port = await listen(server, config)
  const address = localUrl(config.host, port)
  lock.describe({ pid: process.pid, since, address })
  const { setup } = core.deps
  if (!setup.isDone()) ports.tell(setupInvitation(address, setup.token, isReachableFromLoopback(config.host)))
  logger.info({ address, version: installation.version }, 'ready')

  let stopped: Promise<void> | undefined
  return {
    dispatch: core.dispatch,
    addresses: [address],
    inFlight: () => core.gateway.inFlight(),
    watch: (viewer, deliver) => createEventFeed(events, viewer, deliver),
    async stop({ drainMs }) {
      // A later call ends the wait of the first, which is for the same requests.
      if (isStopping) await core.gateway.drain(drainMs)
      isStopping = true
      streams.stop()
      stopped ??= stopListening(server, core.gateway, drainMs).then(() => closers.closeAll())
      await stopped
    },
  }
}

function toHttpDeps(
  config: StartConfig,
  { clock, ids, logger }: Ports,
  { deps, upstream, dispatch }: Core,
  version: string,
  isStopping: () => boolean,
): HttpDeps {
  return {
    dispatch,
    identify: deps.sessions.identify,
    lookUpSession: deps.sessions.lookUp,
    events: deps.events,
    version,
    clock,
    remoteAdministration: config.remoteAdministration,
    allowedHosts: () => [config.host, ...deps.settings.current().allowedHosts],
    readiness: () => ({
      database: canWrite(deps),
      setUp: deps.setup.isDone(),
      upstream: upstream.state().isConfigured,
    }),
    pageFacts: () => pageFacts(config, deps, upstream, version),
    defaultLanguage: config.locale,
    isStopping,
    ids,
    logger,
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
  upstream: Core['upstream'],
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
