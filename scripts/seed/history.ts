// What the people of a seeded folder did in ninety days: requests in the order of time, each with its hold and its end, and a
// top-up whenever a balance would not carry the next one.
import type { PriceRow } from '../../contract/price.ts'
import type { UsageRow } from '../../contract/usage.ts'
import type { BalanceChangeCommand, HoldRecord, WriteCommand } from '../../server/db/write-command.ts'
import { explainCharge } from '../../server/ledger/explain.ts'
import type { Charge } from '../../server/ledger/settle.ts'
import { localDay, localMonth } from '../../server/limits/decide-window.ts'
import type { PriceBook } from '../../server/prices/price-book.ts'
import type { Chance } from './chance.ts'
import type { SeededKey } from './people.ts'

interface Step {
  readonly commands: readonly WriteCommand[]
  readonly isRequest: boolean
}

const DAYS = 90
const DAY_MS = 86_400_000
const TOP_UP_NANO_USD = 50_000_000_000
const MODELS_USED = 8
const ENDPOINTS = ['/v1/responses', '/v1/chat/completions', '/v1/completions']
const MULTIPLIER_PPM = 1_000_000

type EndingKind = 'completed' | 'client_left' | 'upstream_failed' | 'refused'

export function* createHistory({
  people,
  prices,
  chance,
  nowMs,
  rows,
}: {
  readonly people: readonly SeededKey[]
  readonly prices: Pick<PriceBook, 'models'>
  readonly chance: Chance
  readonly nowMs: number
  readonly rows: number
}): Generator<Step> {
  const startMs = nowMs - DAYS * DAY_MS
  const models = prices.models(nowMs).filter(isForTokens).slice(0, MODELS_USED)
  const balances = new Map<string, number>()
  const windowsOf = createWindows()
  for (let n = 0; n < rows; n += 1) {
    const createdAt = startMs + Math.floor(((n + chance.next()) / rows) * (nowMs - startMs - 60_000))
    const key = chance.favourite(people)
    const price = chance.favourite(models)
    const ending = endingOf(chance.next())
    const usage = usageOf(chance, { key, price, createdAt, ending })
    if (ending === 'refused') {
      yield { commands: [{ kind: 'usage', usage }], isRequest: true }
      continue
    }
    const amountNanoUsd = usage.costNanoUsd
    const held = Math.max(1, amountNanoUsd * 2)
    const balance = balances.get(key.userId) ?? 0
    if (balance < held) {
      balances.set(key.userId, balance + TOP_UP_NANO_USD)
      yield { commands: [topUp(key.userId, createdAt)], isRequest: false }
    }
    balances.set(key.userId, (balances.get(key.userId) ?? 0) - amountNanoUsd)
    const hold = holdOf(key, usage, price, held)
    const endedAt = createdAt + usage.durationMs
    const counted = {
      ...windowsOf(createdAt),
      nanoUsd: amountNanoUsd,
      tokens: usage.inputTokens + usage.outputTokens,
    }
    const end: WriteCommand =
      ending === 'upstream_failed'
        ? { kind: 'release', hold, usage, createdAt: endedAt }
        : {
            kind: 'settle',
            hold,
            usage,
            charge: chargeOf(usage),
            spending: [{ kind: 'key', subjectId: key.id, requests: 1, ...counted }],
            createdAt: endedAt,
          }
    yield { commands: [{ kind: 'hold', hold }, end], isRequest: true }
  }
}

/** Nobody embeds in this history. */
const isForTokens = ({ model, outputNanoUsdPerMTok }: PriceRow): boolean =>
  outputNanoUsdPerMTok > 0 && !model.startsWith('demo-')

function endingOf(likelihood: number): EndingKind {
  if (likelihood < 0.92) return 'completed'
  if (likelihood < 0.95) return 'client_left'
  return likelihood < 0.96 ? 'upstream_failed' : 'refused'
}

const STATUS_OF: Readonly<Record<EndingKind, number>> = {
  completed: 200,
  client_left: 200,
  upstream_failed: 502,
  refused: 429,
}
const ERROR_OF: Readonly<Record<EndingKind, string | null>> = {
  completed: null,
  client_left: null,
  upstream_failed: 'upstream_unreachable',
  refused: 'rate_limit_exceeded',
}

interface Asked {
  readonly key: SeededKey
  readonly price: PriceRow
  readonly createdAt: number
  readonly ending: EndingKind
}

function usageOf(chance: Chance, { key, price, createdAt, ending }: Asked): UsageRow {
  const isCharged = ending === 'completed' || ending === 'client_left'
  const inputTokens = isCharged ? chance.int(50, 8_000) : 0
  const outputTokens = isCharged ? chance.int(5, 1_500) : 0
  const counts = {
    inputTokens,
    cachedInputTokens: Math.floor(inputTokens * chance.next() * 0.8),
    cacheWriteTokens: 0,
    outputTokens,
    reasoningTokens: Math.floor(outputTokens * chance.next() * 0.5),
    webSearchCalls: 0,
  }
  const durationMs = isCharged ? chance.int(300, 20_000) : chance.int(1, 50)
  return {
    requestId: `req_${createdAt.toString(16).padStart(12, '0')}7${chance.hex(19)}`,
    createdAt,
    userId: key.userId,
    keyId: key.id,
    endpoint: chance.favourite(ENDPOINTS),
    model: price.model,
    ...counts,
    costNanoUsd: isCharged
      ? explainCharge(counts, price, MULTIPLIER_PPM, 'default', MULTIPLIER_PPM).roundedNanoUsd
      : 0,
    status: STATUS_OF[ending],
    errorCode: ERROR_OF[ending],
    reason: ending,
    durationMs,
    firstTokenMs: isCharged ? Math.min(durationMs, chance.int(80, 2_000)) : null,
    stream: chance.next() < 0.8,
    isDemo: false,
    source: 'balance',
    planSubscriptionId: null,
    upstream: null,
  }
}

const holdOf = (key: SeededKey, usage: UsageRow, price: PriceRow, amountNanoUsd: number): HoldRecord => ({
  requestId: usage.requestId,
  userId: key.userId,
  keyId: key.id,
  model: usage.model,
  priceId: price.id,
  amountNanoUsd,
  planSubscriptionId: null,
  createdAt: usage.createdAt,
})

function chargeOf({ costNanoUsd, reason, inputTokens, outputTokens }: UsageRow): Charge {
  return {
    amountNanoUsd: costNanoUsd,
    writeOffNanoUsd: 0,
    reason,
    multiplierPpm: MULTIPLIER_PPM,
    reportedUsage: JSON.stringify({ input_tokens: inputTokens, output_tokens: outputTokens }),
    isFlagged: false,
    upstreamResponseId: null,
    serviceTier: 'default',
    pricedTier: 'default',
    furtherUsage: null,
  }
}

const topUp = (userId: string, createdAt: number): BalanceChangeCommand => ({
  kind: 'balance_change',
  userId,
  changeKind: 'top_up',
  amountNanoUsd: TOP_UP_NANO_USD,
  note: 'Seeded',
  actorUserId: null,
  createdAt,
})

/** The windows that a request counts in; the history goes on in time, so the last ones are mostly the next. */
function createWindows() {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  let day = { startMs: 0, endMs: 0 }
  let month = { startMs: 0, endMs: 0 }
  return (atMs: number) => {
    if (atMs >= day.endMs) day = localDay(atMs, timeZone)
    if (atMs >= month.endMs) month = localMonth(atMs, timeZone)
    return { dayStartMs: day.startMs, weekStartMs: 0, monthStartMs: month.startMs }
  }
}
