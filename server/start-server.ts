// The composition root: takes the data folder, makes the parts, opens the doors, and takes all of it down in reverse.
import { join } from 'node:path'
import { refusal } from '../contract/errors.ts'
import type { PushedEvent } from '../contract/events.ts'
import type { Restart, RestartWork } from './backups/restore.ts'
import { type Closers, createClosers } from './closers.ts'
import type { StartConfig } from './config.ts'
import { type Core, replaceCore, startCore } from './core.ts'
import { takeDataDir } from './data-folder.ts'
import { threadsLoaded } from './db/database-thread.ts'
import { createEventBus, type Viewer } from './events/event-bus.ts'
import { createEventFeed, type EventFeed } from './events/event-feed.ts'
import { CSV_EXPORTS } from './http/csv-exports.ts'
import { type CsvQuery, type CsvText, csvText } from './http/csv-text.ts'
import { createEventStreams } from './http/event-streams.ts'
import type { GatewayDoor, HttpDeps, Metrics } from './http/http-deps.ts'
import { createHttpServer } from './http/http-server.ts'
import { loadWebApp } from './http/web-app.ts'
import { createIdleMemory } from './idle-memory.ts'
import { findInstallation } from './installation.ts'
import { listen, stopListening } from './listening.ts'
import { createMetrics } from './metrics.ts'
import type { Caller } from './operations/caller.ts'
import type { OperationDeps } from './operations/deps.ts'
import { type Dispatch, readingDispatch, refuse } from './operations/dispatch.ts'
import { operatorOf } from './operations/operator.ts'
import type { Ports } from './ports.ts'
import { createReach } from './reach.ts'
import { setupInvitation } from './setup-invitation.ts'
import { remoteAdministrationOf } from './start-up-facts.ts'
import { RestartUnderWayError, type Surroundings } from './surroundings.ts'
import { createArrivals } from './system/arrivals.ts'
import { addressesOf, createInterfaces } from './system/interfaces.ts'
import { createLoopDelay } from './system/loop-delay.ts'
import { isOwnAddress, isReachableFromLoopback, localUrl } from './system/network-address.ts'

export { StartError } from './start-error.ts'

export const productVersion = (): string => findInstallation(import.meta.dirname).version

export interface RunningServer {
  readonly dispatch: Dispatch
  /** Base URLs, the one for this machine first. */
  readonly addresses: readonly string[]
  /** Those of this machine, as they are now or were last known. */
  ownAddresses(): readonly string[]
  /** A list as the text of a CSV file, by the name of the file; `query` has the filters of the list. */
  exportCsv(file: string, query: CsvQuery, caller: Caller): Promise<CsvText>
  /** Who is behind calls from the machine's own window; undefined before the set-up. */
  operator(): Caller['user']
  /** Requests that are running, those included whose client has left. */
  inFlight(): number
  /** While paused, new requests are asked to come back later; those that run go on. */
  pause(isPaused: boolean): void
  isPaused(): boolean
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

/** How long running answers have before a restore, which is somebody's deliberate act. */
const RESTART_DRAIN_MS = 15_000

async function compose(config: StartConfig, ports: Ports, closers: Closers): Promise<RunningServer> {
  const { clock, logger } = ports
  const startedAt = clock.now()
  const installation = findInstallation(import.meta.dirname)
  const lock = takeDataDir(config.dataDir, startedAt)
  closers.push(() => lock.release())
  closers.push(threadsLoaded)
  const events = createEventBus(clock)
  const addresses: string[] = []

  let isStopping = false
  let isPaused = false
  let restarting: Promise<void> | undefined
  const restart: Restart = (work) => {
    if (isStopping || restarting) return Promise.reject(new RestartUnderWayError())
    const done = restartCore(work).finally(() => {
      restarting = undefined
    })
    restarting = done
    return done
  }
  const interfaces = createInterfaces(logger)
  const reach = createReach({ config, ports, events, interfaces })
  closers.push(() => reach.stop())
  const loopDelay = createLoopDelay()
  closers.push(() => loopDelay.stop())
  const surroundings = {
    config,
    ports,
    installation,
    events,
    lifecycle: { startedAt, addresses: () => addresses, restart },
    arrivals: createArrivals(clock, events, (address) => isOwnAddress(address, interfaces)),
    interfaces,
    reach,
    loopDelay,
  }
  let core = await startCore(surroundings)
  closers.push(() => core.stop())
  const metrics = createMetrics(() => ({
    gateway: core.gateway,
    accounts: core.deps.accounts,
    writer: core.writer,
    upstream: core.upstream,
    loopDelay,
  }))

  async function restartCore(work: RestartWork): Promise<void> {
    logger.info('the database is about to be replaced; running requests end')
    streams.endAll()
    const replaced = await replaceCore(surroundings, core, work, RESTART_DRAIN_MS)
    core = replaced.core
    core.gateway.pause(isPaused)
    await watchCore()
    core.deps.ledgerLight.start()
    if (replaced.failure !== undefined) throw replaced.failure
  }

  const isAway = () => isStopping || restarting !== undefined
  const httpDeps = toHttpDeps(surroundings, () => core, metrics, isAway)
  const streams = createEventStreams(httpDeps)
  const watchCore = async (): Promise<void> => {
    core.deps.accessChanges.subscribe((change) => {
      if (change.kind === 'user') streams.endOf(change.userId)
    })
    await reach.follow(core.deps.settings)
  }
  await watchCore()
  const doors = createHttpServer({ ...httpDeps, gateway: toGatewayDoor(() => core), streams })
  const port = await listen(doors.server, config)
  const address = localUrl(config.host, port)
  addresses.push(address)
  lock.describe({ pid: process.pid, since: startedAt, address })
  const { setup } = core.deps
  if (!setup.isDone()) ports.tell(setupInvitation(address, setup.token, isReachableFromLoopback(config.host)))
  logger.info({ address, version: installation.version }, 'ready')
  reach.listening(port)
  const idleMemory = createIdleMemory({
    // What a thread had is given back when it is gone.
    isBusy: () => core.gateway.inFlight() > 0 || core.deps.ledgerLight.status().state === 'checking',
  })
  closers.push(() => idleMemory.stop())
  core.deps.ledgerLight.start()

  const dispatch = readingDispatch((name, input, caller) =>
    isAway() ? Promise.resolve(refuse(GATEWAY_STOPPING)) : core.dispatch(name, input, caller),
  )
  let stopped: Promise<void> | undefined
  return {
    dispatch,
    async exportCsv(file, query, caller) {
      const what = CSV_EXPORTS.get(file)
      if (what === undefined) return refuse(refusal('operation_not_found', { operation: `export/${file}` }))
      return csvText(what, query, {
        ask: (input) => dispatch(what.operation(query), input, caller),
        mayGoOn: () => !isAway(),
      })
    },
    addresses,
    ownAddresses: () => addressesOf(interfaces()),
    operator: () => operatorOf(core.deps.repositories.users),
    inFlight: () => core.gateway.inFlight(),
    pause(paused) {
      isPaused = paused
      core.gateway.pause(paused)
      logger.info({ isPaused }, 'new requests are let in, or not')
    },
    isPaused: () => isPaused,
    watch: (viewer, deliver) => createEventFeed(events, viewer, deliver),
    async stop({ drainMs }) {
      // A later call ends the wait of the first, which is for the same requests.
      if (isStopping) await core.gateway.drain(drainMs)
      isStopping = true
      // Half a restore is no state to stop in; it takes seconds. Whether it worked has been told to whoever asked.
      await restarting?.catch(() => undefined)
      streams.stop()
      stopped ??= stopListening(doors, core.gateway, drainMs).then(() => closers.closeAll())
      await stopped
    },
  }
}

const GATEWAY_STOPPING = refusal('gateway_stopping', undefined, { retryAfterMs: 5_000 })

/** The OpenAI side, whichever core it belongs to now. */
const toGatewayDoor = (core: () => Core): GatewayDoor => ({
  claims: (req) => core().gateway.claims(req),
  meters: (target) => core().gateway.meters(target),
  handle: (req, res) => core().gateway.handle(req, res),
  handleUpgrade: (req, socket, head) => core().gateway.handleUpgrade(req, socket, head),
  refuse: (req, res, refused) => core().gateway.refuse(req, res, refused),
  recordRefused: (address, refused) => core().gateway.recordRefused(address, refused),
})

function toHttpDeps(
  { config, ports, installation, events, arrivals, reach }: Surroundings,
  core: () => Core,
  metrics: Metrics,
  isStopping: () => boolean,
): HttpDeps {
  const { version } = installation
  return {
    dispatch: (name, input, caller) => core().dispatch(name, input, caller),
    identify: (token, address) => core().deps.sessions.identify(token, address),
    lookUpSession: (sessionId) => core().deps.sessions.lookUp(sessionId),
    events,
    noteArrival: arrivals.note,
    version,
    clock: ports.clock,
    remoteAdministration: () =>
      remoteAdministrationOf(config, core().deps.settings.current().remoteAdministration),
    allowedHosts: () => [
      config.host,
      ...core().deps.settings.current().allowedHosts,
      ...reach.localName.names(),
    ],
    https: {
      ...reach.https,
      fingerprint: () => reach.https.view().authority?.fingerprint,
    },
    readiness: () => ({
      database: !isStopping() && canWrite(core().deps),
      setUp: !isStopping() && core().deps.setup.isDone(),
      upstream: core().upstream.state().isConfigured,
    }),
    metrics,
    metricsToken: config.metricsToken,
    pageFacts: () => ({
      isSetUpDone: core().deps.setup.isDone(),
      hasUpstream: core().upstream.state().isConfigured,
      version,
      productName: core().deps.settings.current().productName,
    }),
    apps: {
      portal: loadWebApp(join(installation.webAppsDir, 'portal')),
      console: loadWebApp(join(installation.webAppsDir, 'console')),
    },
    defaultLanguage: config.locale,
    isStopping,
    ids: ports.ids,
    logger: ports.logger,
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
