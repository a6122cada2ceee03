// Answers `GET /v1/usage`: what the key that asks has used, and what is left of whatever bounds it. Everything comes from the
// counters that holds are decided by, so it costs no query, however often somebody asks.
import type { KeyCounts, KeySpendings } from '../accounts/key-spending.ts'
import type { EffectiveLimits } from '../limits/decide-limits.ts'
import type { LimitUse } from '../limits/limiter.ts'
import { answerLocally } from './answer-locally.ts'
import type { StageDeps } from './deps.ts'
import type { Identified } from './request.ts'
import { subjectOf } from './stages/reserve.ts'

type UsageDeps = Pick<StageDeps, 'accounts' | 'limitBook' | 'limiter' | 'planFunds'> & {
  readonly keySpendings: KeySpendings
}

export function answerUsage(
  deps: UsageDeps,
  asked: Pick<Identified, 'key' | 'req' | 'res' | 'requestId'>,
): void {
  const { key } = asked
  const subject = subjectOf(deps, key)
  const used = deps.keySpendings.countsOf(key.familyId)
  answerLocally(asked, {
    object: 'usage',
    key: {
      object: 'api_key',
      id: key.keyId,
      name: key.name,
      expires_at: seconds(key.expiresAt),
      models: key.allowedModels,
    },
    total: counted(used.total),
    today: counted(used.day),
    month: counted(used.month),
    spending_caps: capsOf(key.caps, used),
    rate_limits: rateLimitsOf(deps.limitBook.effectiveFor(subject), {
      user: deps.limiter.use('user', key.userId),
      key: deps.limiter.use('key', key.familyId),
    }),
    balance: balanceOf(deps, key.userId),
    plan: planOf(deps, key.userId),
  })
}

/** Of requests that were charged, those of the keys that this one was rotated from and to included. */
const counted = ({ used, endsAt }: KeyCounts['total']) => ({
  requests: used.requests,
  tokens: used.tokens,
  ...money('cost', used.nanoUsd),
  resets_at: seconds(endsAt),
})

function capsOf(caps: Identified['key']['caps'], used: KeyCounts) {
  const capped = [
    { period: 'day', capNanoUsd: caps.dayNanoUsd, of: used.day },
    { period: 'month', capNanoUsd: caps.monthNanoUsd, of: used.month },
    { period: 'total', capNanoUsd: caps.totalNanoUsd, of: used.total },
  ]
  return capped.flatMap(({ period, capNanoUsd, of }) =>
    capNanoUsd === null
      ? []
      : [
          {
            period,
            ...money('cap', capNanoUsd),
            ...money('used', of.used.nanoUsd),
            ...money('held', of.held.nanoUsd),
            resets_at: seconds(of.endsAt),
          },
        ],
  )
}

function rateLimitsOf(limits: EffectiveLimits, use: { readonly user: LimitUse; readonly key: LimitUse }) {
  return (['user', 'key'] as const).flatMap((of) => {
    const { windows, concurrent } = limits[of]
    const inWindows = windows.map(({ metric, window, value }) => ({
      of,
      metric,
      window,
      limit: value,
      used: use[of][window][metric],
      resets_at: seconds(use[of][window].endsAt),
    }))
    if (!concurrent) return inWindows
    const running = { metric: 'concurrent', window: null, used: use[of].running, resets_at: null }
    return [...inWindows, { of, ...running, limit: concurrent.value }]
  })
}

function balanceOf({ accounts }: UsageDeps, userId: string) {
  const { balanceNanoUsd, creditLimitNanoUsd, openHoldsNanoUsd, availableNanoUsd } = accounts.state(userId)
  return {
    ...money('balance', balanceNanoUsd),
    ...money('credit_limit', creditLimitNanoUsd),
    ...money('held', openHoldsNanoUsd),
    ...money('available', availableNanoUsd),
  }
}

function planOf({ planFunds }: UsageDeps, userId: string) {
  const state = planFunds.stateOf(userId)
  if (!state) return null
  const { plan, subscription, quotas } = state
  return {
    name: plan.name,
    ends_at: seconds(subscription.endsAt),
    may_use_balance: plan.mayUseBalance,
    quotas: quotas.map(({ window, metric, value, used, held, left, resetsAt }) => ({
      window,
      // Nano-dollars, where it is money.
      metric: metric === 'money' ? 'nano_usd' : metric,
      quota: value,
      used,
      held,
      left: Math.max(0, left),
      resets_at: seconds(resetsAt),
    })),
  }
}

/** In dollars, for reading, and in nano-dollars, which are exact. */
const money = <const Name extends string>(name: Name, nanoUsd: number) => ({
  [`${name}_usd`]: nanoUsd / 1e9,
  [`${name}_nano_usd`]: nanoUsd,
})

const seconds = (unixMs: number | null) => (unixMs === null ? null : Math.floor(unixMs / 1000))
