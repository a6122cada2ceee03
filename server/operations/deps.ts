// What the handlers work with. The composition root makes each part once; a handler takes only what its noun needs.
import type { Refusal } from '../../contract/errors.ts'
import type { Locale } from '../../contract/operations/fields.ts'
import type { SettingsView } from '../../contract/operations/settings.ts'
import type { Result } from '../../contract/result.ts'
import type { AccessChanges } from '../accounts/access-changes.ts'
import type { AccountBook } from '../accounts/account-book.ts'
import type { KeyDirectory } from '../accounts/key-directory.ts'
import type { LedgerLight } from '../accounts/ledger-light.ts'
import type { PlanActivation } from '../accounts/plan-activation.ts'
import type { PlanBook } from '../accounts/plan-book.ts'
import type { PlanFunds } from '../accounts/plan-funds.ts'
import type { Backups } from '../backups/backups.ts'
import type { Restored } from '../backups/restore.ts'
import type { AuditRow } from '../db/repositories/audit.ts'
import type { Reports } from '../db/repositories/reports.ts'
import type { Repositories } from '../db/repositories/repositories.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { LimitBook } from '../limits/limit-book.ts'
import type { Limiter } from '../limits/limiter.ts'
import type { PolicyBook } from '../limits/policy-book.ts'
import type { Mail } from '../mail/mail.ts'
import type { MailConfigStore } from '../mail/mail-config.ts'
import type { Clock, Ids, Logger, SecretStore } from '../ports.ts'
import type { ModelRules } from '../prices/model-rules.ts'
import type { PriceBook } from '../prices/price-book.ts'
import type { UnpricedModels } from '../prices/unpriced-models.ts'
import type { LiveSettings } from '../settings/live-settings.ts'
import type { UpstreamConfigStore } from '../settings/upstream-config.ts'
import type { UpstreamKeys } from '../settings/upstream-keys.ts'
import type { System } from '../system/system.ts'
import type { Https } from '../tls/https.ts'
import type { UpstreamLane } from '../upstreams/upstream-lane.ts'
import type { UpstreamProbe } from '../upstreams/upstream-probe.ts'
import type { Later } from './later.ts'
import type { Lists } from './lists/list-kinds.ts'
import type { Passwords } from './passwords.ts'
import type { SecondFactors } from './second-factors.ts'
import type { Sessions } from './sessions.ts'
import type { SetupGate } from './setup-gate.ts'
import type { Throttles } from './throttles.ts'

export interface UpstreamFacts {
  readonly kind: 'openai' | 'demo' | null
  /** Where requests go, or would go with a key; null before the set-up. */
  readonly baseUrl: string | null
  readonly isConfigured: boolean
  readonly overriddenBy: {
    readonly kind?: 'environment'
    readonly baseUrl?: 'environment'
    readonly apiKey?: 'environment'
  }
  /** The address that the environment gives. */
  readonly givenBaseUrl: string | undefined
}

/** Makes a stored upstream configuration take effect while the server runs. */
export interface UpstreamSwitch {
  /** Reads the configuration and the key again; new requests go there. Rejects where the upstream cannot be started. */
  apply(): Promise<void>
  state(): { readonly kind: 'openai' | 'demo' | null; readonly isConfigured: boolean }
  facts(): UpstreamFacts
  /** The primary upstream's key as it goes along with requests, or would if the demo were left. */
  key(): Promise<string | undefined>
  /** The same for this host: that of the environment, where requests go there, else the one that was stored for it. */
  keyFor(baseUrl: string): Promise<string | undefined>
  /** Whether requests go there. */
  isInUse(upstreamId: string): boolean
  laneOf(upstreamId: string): UpstreamLane
  /** It is removed: what was known of it goes too. */
  forget(upstreamId: string): void
}

export interface OperationDeps {
  readonly clock: Clock
  readonly ids: Ids
  readonly logger: Logger
  readonly secrets: SecretStore
  readonly repositories: Repositories
  readonly reports: Reports
  readonly lists: Lists
  readonly accounts: AccountBook
  readonly keyDirectory: KeyDirectory
  readonly planBook: PlanBook
  readonly planFunds: PlanFunds
  readonly planActivation: PlanActivation
  readonly accessChanges: AccessChanges
  readonly prices: PriceBook
  readonly models: ModelRules
  readonly unpriced: UnpricedModels
  readonly events: EventBus
  readonly settings: LiveSettings
  readonly limitBook: LimitBook
  readonly limiter: Limiter
  readonly policyBook: PolicyBook
  readonly ledgerLight: LedgerLight
  /** The operator's IANA zone, whose days and months count. */
  readonly timeZone: () => string
  readonly upstreamConfig: UpstreamConfigStore
  readonly upstream: UpstreamSwitch
  readonly upstreamKeys: UpstreamKeys
  readonly probe: UpstreamProbe
  /** What was fixed at the start, as the settings show it. */
  readonly startUp: () => Pick<SettingsView, 'overriddenBy' | 'effective' | 'network'>
  readonly backups: Backups
  /** `begun` is written before, `restored` into the database that is restored. */
  readonly restore: (
    backupId: string,
    begun: AuditRow,
    restored: AuditRow,
  ) => Promise<Result<Restored, Refusal>>
  readonly system: System
  readonly https: Pick<Https, 'view' | 'authorityCertificate' | 'look' | 'replaceAuthority'>
  readonly passwords: Passwords
  readonly sessions: Sessions
  readonly setup: SetupGate
  readonly mail: Mail
  readonly mailConfig: MailConfigStore
  readonly secondFactors: SecondFactors
  readonly throttles: Throttles
  readonly later: Later
  /** The language for whoever names none. */
  readonly defaultLocale: Locale
  /** Where this server listens, as a URL without a slash at its end. */
  readonly ownAddress: () => string
}
