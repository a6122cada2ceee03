// Makes every part of the server once, in the order in which they need each other.
import { join } from 'node:path'
import { createAccessChanges } from './accounts/access-changes.ts'
import { createAccountBook } from './accounts/account-book.ts'
import { createKeyDirectory } from './accounts/key-directory.ts'
import { createKeySpendings } from './accounts/key-spending.ts'
import { createLedgerLight } from './accounts/ledger-light.ts'
import { createNotices } from './accounts/notices.ts'
import { createOwnedIds } from './accounts/owned-ids.ts'
import { createPlanActivation } from './accounts/plan-activation.ts'
import { createPlanBook } from './accounts/plan-book.ts'
import { createPlanFunds } from './accounts/plan-funds.ts'
import { createSpendingBook } from './accounts/spending-book.ts'
import type { Closers } from './closers.ts'
import type { Db } from './db/open.ts'
import { createReports } from './db/repositories/reports.ts'
import { createRepositories, type Repositories } from './db/repositories/repositories.ts'
import { createThreadedWriter, type Writer } from './db/write.ts'
import { createGateway, type Gateway } from './gateway/gateway.ts'
import { createHousekeeping } from './housekeeping.ts'
import { createLimitCounterStore } from './limit-counter-store.ts'
import { localDay, OWN_ZONE } from './limits/decide-window.ts'
import { createLimitBook } from './limits/limit-book.ts'
import { createLimitCounters } from './limits/limit-counters.ts'
import { createLimitTime } from './limits/limit-time.ts'
import { createLimiter } from './limits/limiter.ts'
import { createPolicyBook } from './limits/policy-book.ts'
import { createLists } from './list-thread.ts'
import { sendNoticesByMail } from './notice-mail.ts'
import type { OperationDeps } from './operations/deps.ts'
import { baseUrlFor } from './operations/links.ts'
import type { ListQuestion } from './operations/lists/list-kinds.ts'
import { createModelRules } from './prices/model-rules.ts'
import { createPriceBook } from './prices/price-book.ts'
import { createUnpricedModels } from './prices/unpriced-models.ts'
import { createLiveSettings } from './settings/live-settings.ts'
import { createPseudonyms } from './settings/pseudonyms.ts'
import { createSealedValues } from './settings/sealed-values.ts'
import { createUpstreamConfig } from './settings/upstream-config.ts'
import { bindKeyOfEarlierVersion, createUpstreamKeys } from './settings/upstream-keys.ts'
import { createSignInParts } from './sign-in-parts.ts'
import { startUpFacts } from './start-up-facts.ts'
import type { Surroundings } from './surroundings.ts'
import { localUrl } from './system/network-address.ts'
import { createLiveUpstream, type LiveUpstream } from './upstream-target.ts'
import { createUpstreamHealth } from './upstreams/upstream-health.ts'
import { UpstreamLane } from './upstreams/upstream-lane.ts'
import { createUpstreamProbe } from './upstreams/upstream-probe.ts'

/** Asked for when somebody is to see it: the answer takes 8 MB. */
const systemTimeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

interface Parts {
  readonly deps: OperationDeps
  readonly upstream: LiveUpstream
  readonly gateway: Gateway
  readonly writer: Pick<Writer, 'waiting' | 'caughtUp'>
}

/** What has to end again is pushed to `closers`, in the order of its making. */
export async function createParts(surroundings: Surroundings, db: Db, closers: Closers): Promise<Parts> {
  const { config, ports, events } = surroundings
  const { clock, ids, logger, secrets } = ports
  const repositories = createRepositories(db)
  const reports = createReports(db.path)
  closers.push(() => reports.stop())
  const lists = createLists({
    databasePath: db.path,
    readHere: readerOver(repositories),
    onFailure: (err) => logger.error({ err }, 'the thread that reads lists failed'),
  })
  closers.push(() => lists.stop())
  const writer = createThreadedWriter(db, {
    onError: (failure) => logger.error({ ...failure, err: failure.error }, 'a write to the database failed'),
  })
  closers.push(() => writer.stop())
  const keyDirectory = createKeyDirectory({ writer, repository: repositories.keys })
  closers.push(() => keyDirectory.stop())
  const ownedIds = createOwnedIds({ writer, repository: repositories.ownedIds, clock })
  const settings = createLiveSettings({ repository: repositories.settings, clock, logger })
  const prices = createPriceBook({ repository: repositories.prices, clock, ids })
  const models = createModelRules({ repository: repositories.modelRules, clock })
  const unpriced = createUnpricedModels({
    repository: repositories.unpricedModels,
    logger,
    onFirstAsk: (model, userId) => events.publish({ type: 'price.missing', model, askedBy: userId }),
  })
  closers.push(() => unpriced.stop())
  const accessChanges = createAccessChanges()
  const limitBook = createLimitBook({ repository: repositories.limitRules })
  const counters = createLimitCounters({
    store: createLimitCounterStore(repositories.limitCounters, writer),
    logger,
  })
  const zone = () => settings.current().timeZone || OWN_ZONE
  const timeZone = () => zone() || systemTimeZone()
  const time = createLimitTime({
    clock,
    timeZone: zone,
    newest: newestOf(counters.newest, repositories.spending.newest()),
  })
  const limiter = createLimiter({ counters, time, logger })
  closers.push(() => limiter.stop())
  const book = createSpendingBook(repositories.spending)
  const plans = createPlanBook({ repository: repositories.plans, time })
  const planFunds = createPlanFunds({ plans, book, time })
  const notices = createNotices({
    repository: repositories.notices,
    writer,
    planFunds,
    lowBalanceNanoUsd: () => settings.current().lowBalanceNanoUsd,
    clock,
    ids,
    logger,
  })
  const keySpendings = createKeySpendings({ book, time })
  const accounts = createAccountBook({
    writer,
    ledger: repositories.ledger,
    keySpendings,
    planFunds,
    clock,
    logger,
    onChanged(userId, state, changedByNanoUsd) {
      events.publish({ type: 'balance.changed', userId, ...state })
      notices.lookAt(userId, state, changedByNanoUsd)
    },
  })
  const ledgerLight = createLedgerLight({
    databasePath: db.path,
    accounts,
    caughtUp: () => writer.caughtUp(),
    startOfDay: (nowMs) => localDay(nowMs, zone()).startMs,
    clock,
    logger,
    onChecked: (isConsistent) => events.publish({ type: 'ledger.checked', isConsistent }),
  })
  closers.push(() => ledgerLight.stop())

  const newLane = (upstreamId: string): UpstreamLane =>
    new UpstreamLane(
      clock,
      createUpstreamHealth({
        clock,
        onChange: (isHealthy, code) =>
          events.publish({ type: 'upstream.health', upstreamId, isHealthy, code }),
      }),
    )
  const upstreamKeys = createUpstreamKeys(secrets)
  const upstreamConfig = createUpstreamConfig({ repository: repositories.settings, clock })
  const environment = config.upstream
  const startDemo = async () => {
    const { PLAUSIBLE_PACE, startDemoUpstream } = await import('./demo-upstream/demo-upstream.ts')
    return startDemoUpstream({
      apiKey: `sk-demo-${ids.randomBytes(24).toString('hex')}`,
      pace: PLAUSIBLE_PACE,
      // It would keep what people ask in memory, for tests to look at.
      requestsKeptMax: 0,
      nowMs: clock.now,
      idSeed: ids.next(),
    })
  }
  const upstream = createLiveUpstream({
    environment,
    store: upstreamConfig,
    repository: repositories.upstreams,
    keys: upstreamKeys,
    newLane,
    prices,
    startDemo,
    logger,
  })
  closers.push(() => upstream.stop())
  if (environment.apiKey === undefined)
    await bindKeyOfEarlierVersion(secrets, upstreamKeys, upstreamConfig.current()?.baseUrl)
  await upstream.apply()

  const sealedValues = createSealedValues({ repository: repositories.sealedValues, secrets, clock, ids })
  const signIn = await createSignInParts({
    config,
    ports,
    repositories,
    settings,
    sealedValues,
    timeZone,
    closers,
  })

  // Corrected once the system has picked a port.
  const ownAddress = () => surroundings.lifecycle.addresses()[0] ?? localUrl(config.host, config.port)
  notices.subscribe(({ userId, content }) =>
    events.publish({ type: 'notice.given', userId, kind: content.kind }),
  )

  const shared = {
    clock,
    ids,
    logger,
    accounts,
    accessChanges,
    prices,
    models,
    unpriced,
    events,
    settings,
    limitBook,
    limiter,
    planFunds,
    policyBook: createPolicyBook({ repository: repositories.requestPolicies }),
  }
  const gateway = createGateway({
    ...shared,
    keys: keyDirectory,
    keySpendings,
    ownedIds,
    notices,
    pseudonyms: await createPseudonyms({ sealedValues, ids, logger }),
    upstreams: upstream.targets,
    knowsUpstream: upstream.isKnown,
    files: repositories.files,
    spoolDirectory: join(config.dataDir, 'uploads'),
  })
  closers.push(() => gateway.stop())
  const housekeeping = createHousekeeping(
    surroundings,
    {
      db,
      repositories,
      writer,
      accounts,
      ledgerLight,
      settings,
      timeZone: zone,
      inFlight: () => gateway.inFlight(),
      sockets: () => gateway.stats().sockets.open,
    },
    closers,
  )
  // Nobody called: whoever reads them may sit anywhere.
  const links = { settings, system: housekeeping.system, ownAddress }
  sendNoticesByMail({
    notices,
    mail: signIn.mail,
    users: repositories.users,
    baseUrl: () => baseUrlFor(links, {}),
  })
  const deps = {
    ...shared,
    ...housekeeping,
    secrets,
    repositories,
    reports,
    lists,
    keyDirectory,
    planBook: plans,
    planActivation: createPlanActivation({ accounts, plans, time, ids }),
    upstreamConfig,
    upstreamKeys,
    upstream,
    probe: createUpstreamProbe(),
    startUp: () => startUpFacts(config, settings.current(), surroundings.lifecycle.addresses()),
    https: surroundings.reach.https,
    ...signIn,
    ledgerLight,
    timeZone,
    ownAddress,
  }
  return { deps, upstream, gateway, writer }
}

/** What reads lists on this thread is loaded where the thread of lists is not there. */
function readerOver(repositories: Repositories): (question: ListQuestion) => Promise<unknown> {
  return async (question) => {
    const { createListReader } = await import('./operations/lists/read-list.ts')
    return createListReader(repositories)(question)
  }
}

interface NewestWindows {
  readonly startMs: number
  readonly dayStartMs: number
}

/** Time goes on from whatever was counted last, and there is one time for all that is counted. */
const newestOf = (one: NewestWindows, other: NewestWindows): NewestWindows => ({
  startMs: Math.max(one.startMs, other.startMs),
  dayStartMs: Math.max(one.dayStartMs, other.dayStartMs),
})
