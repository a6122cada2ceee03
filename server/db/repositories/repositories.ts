// Every repository over one connection, so that the composition root makes them once.
import type { Db } from '../open.ts'
import { type AccountHistoryRepository, createAccountHistoryRepository } from './account-history.ts'
import { type AccountLinksRepository, createAccountLinksRepository } from './account-links.ts'
import { type AuditRepository, createAuditRepository } from './audit.ts'
import { type ChargesRepository, createChargesRepository } from './charges.ts'
import { type CodesRepository, createCodesRepository } from './codes.ts'
import { createFilesRepository, type FilesRepository } from './files.ts'
import { createInvitationsRepository, type InvitationsRepository } from './invitations.ts'
import { createKeysRepository, type KeysRepository } from './keys.ts'
import { createLedgerRepository, type LedgerRepository } from './ledger.ts'
import {
  createLimitCountersRepository,
  createLimitRulesRepository,
  type LimitCountersRepository,
  type LimitRulesRepository,
} from './limits.ts'
import { createMailsRepository, type MailsRepository } from './mails.ts'
import { createMetaRepository, type MetaRepository } from './meta.ts'
import {
  createModelRulesRepository,
  createUnpricedModelsRepository,
  type ModelRulesRepository,
  type UnpricedModelsRepository,
} from './models.ts'
import { createNoticesRepository, type NoticesRepository } from './notices.ts'
import { createOwnedIdsRepository, type OwnedIdsRepository } from './owned-ids.ts'
import { createPlansRepository, type PlansRepository } from './plans.ts'
import { createPossibleLossesRepository, type PossibleLossesRepository } from './possible-losses.ts'
import { createPricesRepository, type PricesRepository } from './prices.ts'
import { createRecentChargesRepository, type RecentChargesRepository } from './recent-charges.ts'
import { createRegistrationsRepository, type RegistrationsRepository } from './registrations.ts'
import { createRequestPoliciesRepository, type RequestPoliciesRepository } from './request-policies.ts'
import { createSealedValuesRepository, type SealedValuesRepository } from './sealed-values.ts'
import { createSecondFactorsRepository, type SecondFactorsRepository } from './second-factors.ts'
import { createSessionsRepository, type SessionsRepository } from './sessions.ts'
import { createSettingsRepository, type SettingsRepository } from './settings.ts'
import { createSpendingRepository, type SpendingRepository } from './spending.ts'
import { createUpstreamsRepository, type UpstreamsRepository } from './upstreams.ts'
import { createUsageRepository, type UsageRepository } from './usage.ts'
import { createUsersRepository, type UsersRepository } from './users.ts'

export interface Repositories {
  readonly users: UsersRepository
  readonly keys: KeysRepository
  readonly sessions: SessionsRepository
  readonly usage: UsageRepository
  readonly ledger: LedgerRepository
  readonly accountHistory: AccountHistoryRepository
  readonly charges: ChargesRepository
  readonly possibleLosses: PossibleLossesRepository
  readonly prices: PricesRepository
  readonly recentCharges: RecentChargesRepository
  readonly modelRules: ModelRulesRepository
  readonly unpricedModels: UnpricedModelsRepository
  readonly plans: PlansRepository
  readonly codes: CodesRepository
  readonly notices: NoticesRepository
  readonly settings: SettingsRepository
  readonly sealedValues: SealedValuesRepository
  readonly ownedIds: OwnedIdsRepository
  readonly files: FilesRepository
  readonly upstreams: UpstreamsRepository
  readonly limitRules: LimitRulesRepository
  readonly limitCounters: LimitCountersRepository
  readonly requestPolicies: RequestPoliciesRepository
  readonly spending: SpendingRepository
  readonly accountLinks: AccountLinksRepository
  readonly registrations: RegistrationsRepository
  readonly invitations: InvitationsRepository
  readonly secondFactors: SecondFactorsRepository
  readonly mails: MailsRepository
  readonly audit: AuditRepository
  readonly meta: MetaRepository
  /** Runs synchronous work in one transaction: all of it is written, or, where it throws, none. */
  transaction<T>(work: () => T): T
}

/** What makes each of them. */
const MAKERS = {
  users: createUsersRepository,
  keys: createKeysRepository,
  sessions: createSessionsRepository,
  usage: createUsageRepository,
  ledger: createLedgerRepository,
  accountHistory: createAccountHistoryRepository,
  charges: createChargesRepository,
  possibleLosses: createPossibleLossesRepository,
  prices: createPricesRepository,
  recentCharges: createRecentChargesRepository,
  modelRules: createModelRulesRepository,
  unpricedModels: createUnpricedModelsRepository,
  plans: createPlansRepository,
  codes: createCodesRepository,
  notices: createNoticesRepository,
  settings: createSettingsRepository,
  sealedValues: createSealedValuesRepository,
  ownedIds: createOwnedIdsRepository,
  files: createFilesRepository,
  upstreams: createUpstreamsRepository,
  limitRules: createLimitRulesRepository,
  limitCounters: createLimitCountersRepository,
  requestPolicies: createRequestPoliciesRepository,
  spending: createSpendingRepository,
  accountLinks: createAccountLinksRepository,
  registrations: createRegistrationsRepository,
  invitations: createInvitationsRepository,
  secondFactors: createSecondFactorsRepository,
  mails: createMailsRepository,
  audit: createAuditRepository,
  meta: createMetaRepository,
} satisfies { readonly [Name in keyof Omit<Repositories, 'transaction'>]: (db: Db) => Repositories[Name] }

/**
 * Each is made when it is asked for first: preparing all their statements would be a good part of the start, and most are
 * for screens that nobody has open then.
 */
export function createRepositories(db: Db): Repositories {
  const repositories = { transaction: <T>(work: () => T): T => db.raw.transaction(work).immediate() }
  for (const [name, make] of Object.entries(MAKERS)) {
    const made = once(() => make(db))
    Object.defineProperty(repositories, name, { enumerable: true, get: made })
  }
  // Every name of the type has its maker above.
  return repositories as Repositories
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
