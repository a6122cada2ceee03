// What the request path is given by the composition root.
import type { AccessChanges } from '../accounts/access-changes.ts'
import type { AccountBook } from '../accounts/account-book.ts'
import type { KeyDirectory } from '../accounts/key-directory.ts'
import type { KeySpendings } from '../accounts/key-spending.ts'
import type { Notices } from '../accounts/notices.ts'
import type { OwnedIds } from '../accounts/owned-ids.ts'
import type { PlanFunds } from '../accounts/plan-funds.ts'
import type { FilesRepository } from '../db/repositories/files.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { LimitBook } from '../limits/limit-book.ts'
import type { Limiter } from '../limits/limiter.ts'
import type { PolicyBook } from '../limits/policy-book.ts'
import type { Clock, Ids, Logger } from '../ports.ts'
import type { ModelRules } from '../prices/model-rules.ts'
import type { PriceBook } from '../prices/price-book.ts'
import type { UnpricedModels } from '../prices/unpriced-models.ts'
import type { LiveSettings } from '../settings/live-settings.ts'
import type { Pseudonyms } from '../settings/pseudonyms.ts'
import type { BodyMemory } from './body-memory.ts'
import type { Drains } from './drains.ts'
import type { FileRoom } from './files/file-room.ts'
import type { LiveRequests } from './live-requests.ts'
import type { UploadSpool } from './media/upload-spool.ts'
import type { RefusedRows } from './refused-rows.ts'
import type { UpstreamTarget } from './request.ts'
import type { SessionAffinity } from './session-affinity.ts'
import type { TokenCounter } from './token-counter.ts'
import type { Traffic } from './traffic.ts'
import type { UpstreamPools } from './upstream-pool.ts'

export interface GatewayDeps {
  readonly clock: Clock
  readonly ids: Ids
  readonly logger: Logger
  readonly accounts: AccountBook
  readonly keys: KeyDirectory
  readonly keySpendings: KeySpendings
  readonly planFunds: PlanFunds
  readonly notices: Notices
  readonly accessChanges: AccessChanges
  readonly prices: PriceBook
  readonly models: ModelRules
  readonly unpriced: UnpricedModels
  readonly events: EventBus
  readonly settings: LiveSettings
  readonly ownedIds: OwnedIds
  readonly limitBook: LimitBook
  readonly limiter: Limiter
  readonly policyBook: PolicyBook
  readonly pseudonyms: Pseudonyms
  /** Where requests go now, in the order of priority; none before the set-up. */
  readonly upstreams: () => readonly UpstreamTarget[]
  /** Whether there is a further upstream of this id, be it switched off. */
  readonly knowsUpstream: (id: string) => boolean
  readonly files: FilesRepository
  /** Where forms are kept while their requests run; emptied at the start. */
  readonly spoolDirectory: string
}

/** What the stages use: the same, with the gateway's own parts. */
export interface StageDeps extends GatewayDeps {
  readonly pools: UpstreamPools
  readonly live: LiveRequests
  readonly drains: Drains
  readonly traffic: Traffic
  readonly tokens: TokenCounter
  readonly bodies: BodyMemory
  readonly uploads: UploadSpool
  readonly affinity: SessionAffinity
  readonly fileRoom: FileRoom
  readonly refusedRows: RefusedRows
}
