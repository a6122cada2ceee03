// Tells people, and the operator, what they should know without having looked: a quota that runs out, a balance that is low,
// a key that turns up somewhere new. Each thing is told once, also over a restart.
import type { NoticeContent } from '../../contract/operations/notices.ts'
import type { NoticesRepository } from '../db/repositories/notices.ts'
import type { Writer } from '../db/write.ts'
import type { NanoUsd } from '../ledger/money.ts'
import { fellBelow, networkOf, type QuotaThreshold, reachedThreshold } from '../limits/decide-notice.ts'
import type { Clock, Ids, Logger } from '../ports.ts'
import type { AccountState } from './account.ts'
import type { PlanFunds, PlanState } from './plan-funds.ts'
import { createRecent } from './recent.ts'

export interface Notice {
  readonly id: string
  readonly userId: string
  readonly createdAt: number
  readonly content: NoticeContent
}

export interface Notices {
  /** Called after a person's money or plan has changed, in the middle of it: looks when the turn is over, and never throws. */
  lookAt(userId: string, state: AccountState, changedByNanoUsd: NanoUsd): void
  /** Called for each use of a key, in the same way. The first address of a key is no news. */
  lookAtKey(key: UsedKey, address: string): void
  /** Called for each notice that is given; returns the function that ends the subscription. */
  subscribe(listener: (notice: Notice) => void): () => void
}

/** Of the keys that were rotated from one another: the networks that they were used from. */
interface Family {
  readonly familyId: string
  readonly known: Set<string>
  /** Of a use whose network is known. */
  lastAddress: string
}

interface UsedKey {
  readonly keyId: string
  readonly familyId: string
  readonly userId: string
  readonly name: string
}

/** A key that is used from more networks than these is used from anywhere, and nobody wants to hear of the next one. */
const NETWORKS_PER_FAMILY_MAX = 50
const FAMILIES_IN_MEMORY_MAX = 20_000
const KEPT_MS = 180 * 86_400_000

export function createNotices(deps: {
  readonly repository: NoticesRepository
  readonly writer: Writer
  readonly planFunds: Pick<PlanFunds, 'activeOf' | 'stateOf'>
  readonly lowBalanceNanoUsd: () => NanoUsd
  readonly clock: Clock
  readonly ids: Ids
  readonly logger: Pick<Logger, 'error'>
}): Notices {
  const { repository, writer, planFunds, clock, ids, logger } = deps
  const listeners = new Set<(notice: Notice) => void>()
  /** The last threshold that was told of each quota, so that the database is asked only where a new one is reached. */
  const told = new Map<string, { readonly resetsAt: number; readonly threshold: QuotaThreshold }>()
  const networks = createRecent<Family>(FAMILIES_IN_MEMORY_MAX)
  repository.deleteBefore(clock.now() - KEPT_MS)

  /** No request, and no settlement, may fail for something that was worth telling. */
  const afterThisTurn = (look: () => void): void =>
    void setImmediate(() => {
      try {
        look()
      } catch (error) {
        logger.error({ event: 'defect', err: error }, 'a notice could not be given')
      }
    })

  function give(userId: string, onceFor: string, content: NoticeContent): void {
    if (repository.wasGiven(userId, onceFor)) return
    const notice = { id: ids.next(), userId, createdAt: clock.now(), content }
    // The writer has reported a failure by then; a notice is worth no more than that.
    writer.submit({ kind: 'notice', notice, onceFor }).catch(() => {})
    for (const listener of listeners) listener(notice)
  }

  function lookAtPlan(userId: string, { subscription, plan, quotas }: PlanState): void {
    for (const quota of quotas) {
      const threshold = reachedThreshold(quota)
      if (threshold === undefined) continue
      const { window, metric, value, used, resetsAt } = quota
      const place = `${subscription.id} ${window} ${metric}`
      const last = told.get(place)
      if (last?.resetsAt === resetsAt && last.threshold >= threshold) continue
      told.set(place, { resetsAt, threshold })
      give(userId, `quota ${place} ${resetsAt} ${threshold}`, {
        kind: 'quota',
        planName: plan.name,
        window,
        metric,
        thresholdPercent: threshold,
        quota: value,
        used,
        resetsAt,
      })
    }
  }

  function lookAtNetwork({ keyId, familyId, userId, name }: UsedKey, network: string, address: string): void {
    let family = networks.get(familyId)
    if (!family) {
      family = { familyId, known: new Set(repository.networksOf(familyId)), lastAddress: '' }
      networks.set(familyId, family)
    }
    const { known } = family
    if (known.has(network) || known.size >= NETWORKS_PER_FAMILY_MAX) return
    const isFirst = known.size === 0
    known.add(network)
    writer
      .submit({ kind: 'key_address', familyId, network, firstSeenAt: clock.now() })
      .catch(() => known.delete(network))
    if (isFirst) return
    const content = { kind: 'key_new_address', keyId, keyName: name, address } as const
    give(userId, `key_address ${familyId} ${network}`, content)
  }

  return {
    lookAt(userId, { balanceNanoUsd, creditLimitNanoUsd }, changedByNanoUsd) {
      const leftNanoUsd = balanceNanoUsd + creditLimitNanoUsd
      const thresholdNanoUsd = deps.lowBalanceNanoUsd()
      const isLow = fellBelow(leftNanoUsd, changedByNanoUsd, thresholdNanoUsd)
      if (!isLow && !planFunds.activeOf(userId)) return
      afterThisTurn(() => {
        if (isLow) {
          give(userId, `low_balance ${ids.next()}`, { kind: 'low_balance', leftNanoUsd, thresholdNanoUsd })
        }
        const plan = planFunds.stateOf(userId)
        if (plan) lookAtPlan(userId, plan)
      })
    },
    lookAtKey(key, address) {
      const family = networks.get(key.familyId)
      // Nearly always the address of the use before.
      if (family?.lastAddress === address) return
      const network = networkOf(address)
      if (family?.known.has(network)) {
        family.lastAddress = address
        return
      }
      afterThisTurn(() => lookAtNetwork(key, network, address))
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
