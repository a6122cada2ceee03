// The composition root: makes every part once, in the order in which they need each other, and takes them down in reverse.
import { join } from 'node:path'
import { createAccessChanges } from './accounts/access-changes.ts'
import { createAccountBook } from './accounts/account-book.ts'
import { createKeyDirectory } from './accounts/key-directory.ts'
import { createOwnedIds } from './accounts/owned-ids.ts'
import type { StartConfig } from './config.ts'
import { type DataDirLock, lockDataDir } from './db/lock.ts'
import { migrateDatabase, NewerSchemaError } from './db/migrate.ts'
import { type Db, openDatabase } from './db/open.ts'
import { createRepositories } from './db/repositories/repositories.ts'
import { createWriter } from './db/write.ts'
import { PLAUSIBLE_PACE, startDemoUpstream } from './demo-upstream/demo-upstream.ts'
import { createGateway, type Gateway } from './gateway/gateway.ts'
import { createHttpServer } from './http/http-server.ts'
import type { PageFacts } from './http/pages/page-facts.ts'
import { findInstallation } from './installation.ts'
import { createLimitCounterStore } from './limit-counter-store.ts'
import { createLimitBook } from './limits/limit-book.ts'
import { createLimiter } from './limits/limiter.ts'
import { listen, stopListening } from './listening.ts'
import { isLoopbackHost, isReachableFromLoopback, localUrl } from './network-address.ts'
import type { OperationDeps } from './operations/deps.ts'
import { createDispatch, type Dispatch } from './operations/dispatch.ts'
import { createHandlers } from './operations/handlers.ts'
import { createPasswords } from './operations/passwords.ts'
import { createSessions } from './operations/sessions.ts'
import { createSetupGate } from './operations/setup-gate.ts'
import type { Ports } from './ports.ts'
import { createPriceBook } from './prices/price-book.ts'
import { createLiveSettings } from './settings/live-settings.ts'
import { createSealedValues } from './settings/sealed-values.ts'
import { createUpstreamConfig } from './settings/upstream-config.ts'
import { setupInvitation } from './setup-invitation.ts'
import { StartError } from './start-error.ts'
import { completeFromEnvironment } from './unattended-setup.ts'
import { createLiveUpstream, type LiveUpstream } from './upstream-target.ts'

const systemTimeZone = Intl.DateTimeFormat().resolvedOptions().timeZone

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
  const dispatch = createDispatch({ handlers: createHandlers(deps), ids: ports.ids, logger: ports.logger })
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

function takeDataDir(dataDir: string, since: number): DataDirLock {
  let lock: ReturnType<typeof lockDataDir>
  try {
    lock = lockDataDir(dataDir, { pid: process.pid, since, address: null })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new StartError(
      1,
      `The data folder ${dataDir} cannot be used: ${reason}. Choose another one with --data-dir.`,
      {
        cause,
      },
    )
  }
  if (lock.ok) return lock.value
  const { holder } = lock.error
  const who = holder
    ? `process ${holder.pid}, since ${new Date(holder.since).toISOString()}${holder.address ? `, at ${holder.address}` : ''}`
    : 'another process'
  throw new StartError(
    1,
    `The data folder ${dataDir} is in use by ${who}. Stop it first, or choose another folder with --data-dir.`,
  )
}

function openMigrated(dataDir: string, migrationsDir: string, now: number): Db {
  const db = openDatabase(join(dataDir, 'gateway.db'))
  try {
    migrateDatabase(db, { migrationsDir, backupDir: join(dataDir, 'backups'), now })
    return db
  } catch (error) {
    db.close()
    if (error instanceof NewerSchemaError) throw new StartError(1, error.message, { cause: error })
    throw error
  }
}

interface Parts {
  readonly deps: OperationDeps
  readonly upstream: LiveUpstream
  readonly gateway: Gateway
}

async function createParts(
  config: StartConfig,
  { clock, ids, logger, secrets }: Ports,
  db: Db,
  closers: (() => Promise<void> | void)[],
): Promise<Parts> {
  const repositories = createRepositories(db)
  const writer = createWriter(db, {
    onError: (failure) => logger.error({ ...failure, err: failure.error }, 'a write to the database failed'),
  })
  closers.push(() => writer.stop())
  const accounts = createAccountBook({ writer, ledger: repositories.ledger, clock, logger })
  const keyDirectory = createKeyDirectory({ writer, repository: repositories.keys })
  closers.push(() => keyDirectory.stop())
  const ownedIds = createOwnedIds({ writer, repository: repositories.ownedIds, clock })
  const settings = createLiveSettings({ repository: repositories.settings, clock, logger })
  const prices = createPriceBook({ repository: repositories.prices, clock, ids })
  const accessChanges = createAccessChanges()
  const limitBook = createLimitBook({ repository: repositories.limitRules, clock })
  const limiter = createLimiter({
    counters: createLimitCounterStore(repositories.limitCounters, writer),
    clock,
    timeZone: () => settings.current().timeZone || systemTimeZone,
    logger,
  })
  closers.push(() => limiter.stop())

  const upstreamConfig = createUpstreamConfig({ repository: repositories.settings, clock })
  const environment = config.upstream
  const startDemo = () =>
    startDemoUpstream({
      apiKey: `sk-demo-${ids.randomBytes(24).toString('hex')}`,
      pace: PLAUSIBLE_PACE,
      // It would keep what people ask in memory, for tests to look at.
      requestsKeptMax: 0,
      nowMs: clock.now,
      idSeed: ids.next(),
    })
  const upstream = createLiveUpstream({
    environment,
    store: upstreamConfig,
    secrets,
    prices,
    startDemo,
    logger,
  })
  closers.push(() => upstream.stop())
  await upstream.apply()

  const sealedValues = createSealedValues({ repository: repositories.sealedValues, secrets, clock, ids })
  const { sessions: sessionsRepository, users, meta } = repositories
  const sessions = await createSessions({
    sessions: sessionsRepository,
    users,
    sealedValues,
    clock,
    ids,
    logger,
  })
  const passwords = await createPasswords(ids.randomBytes)
  const setup = createSetupGate(meta, ids)

  const shared = { clock, ids, logger, accounts, accessChanges, prices, settings, limitBook }
  const deps = {
    ...shared,
    secrets,
    repositories,
    keyDirectory,
    upstreamConfig,
    upstream,
    passwords,
    sessions,
    setup,
  }
  const gateway = createGateway({
    ...shared,
    keys: keyDirectory,
    ownedIds,
    limiter,
    upstream: () => upstream.current(),
  })
  closers.push(() => gateway.stop())
  return { deps, upstream, gateway }
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
