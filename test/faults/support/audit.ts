// Reads a gateway's database from outside, as an auditor would: that it is intact, that every hold ended once, that balances
// are the sums of their entries, and that every charge follows from its own snapshot.
import Database from 'better-sqlite3'
import { waitUntilFolded } from '../../support/redo.ts'
import { costOf, type Rates } from './by-hand.ts'

export interface ChargeRow {
  readonly requestId: string
  readonly userId: string
  readonly holdNanoUsd: number
  readonly amountNanoUsd: number
  readonly writeOffNanoUsd: number
  readonly reason: string
  readonly isFlagged: number
  readonly input: number
  readonly cached: number
  readonly cacheWrite: number
  readonly output: number
  readonly reasoning: number
  readonly searches: number
  readonly imageOutput: number | null
  readonly soundMs: number | null
  readonly characters: number | null
  readonly multiplierPpm: number
  readonly priceId: string
  readonly upstreamResponseId: string | null
  /** The plan that paid; null where the balance did. */
  readonly planSubscriptionId: string | null
}

export interface UsageRow {
  readonly requestId: string
  readonly userId: string
  readonly keyId: string
  readonly model: string
  readonly costNanoUsd: number
  readonly status: number
  readonly reason: string
  readonly errorCode: string | null
}

export interface EntryRow {
  readonly seq: number
  readonly userId: string
  readonly kind: string
  readonly amountNanoUsd: number
  readonly heldNanoUsd: number
  /** The same two of what a plan pays for. */
  readonly planAmountNanoUsd: number
  readonly planHeldNanoUsd: number
  readonly planSubscriptionId: string | null
  readonly requestId: string | null
  readonly note: string | null
}

interface BalanceRow {
  readonly userId: string
  readonly balanceNanoUsd: number
  readonly creditLimitNanoUsd: number
}

export interface Books {
  readonly charges: ReadonlyMap<string, ChargeRow>
  readonly usage: readonly UsageRow[]
  readonly entries: readonly EntryRow[]
  readonly balances: ReadonlyMap<string, BalanceRow>
  /** Requests that a crash left open. */
  readonly losses: ReadonlyMap<string, { readonly amountNanoUsd: number }>
  /** What is wrong with the books in themselves. */
  readonly problems: readonly string[]
}

export interface AuditOptions {
  /** Whether holds may be open, because requests are running. */
  readonly mayHoldsBeOpen?: boolean
  /** Whether the entries of a person stand in the order in which they happened; a disk that failed for a while mixes them. */
  readonly isInOrder?: boolean
}

/** Once everything that was answered for stands in the tables. */
export async function auditBooks(path: string, options: AuditOptions = {}): Promise<Books> {
  await waitUntilFolded(path)
  return auditTables(path, options)
}

/** As they are. */
export function auditTables(path: string, options: AuditOptions = {}): Books {
  const db = new Database(path, { readonly: true })
  try {
    // One moment for all of it, whatever is written meanwhile.
    return db.transaction(() => readBooks(db, options))()
  } finally {
    db.close()
  }
}

function readBooks(db: Database.Database, options: AuditOptions): Books {
  const all = <T>(sql: string) => db.prepare<[], T>(sql).all()
  const charges = all<ChargeRow>(
    `SELECT request_id AS requestId, user_id AS userId, hold_nano_usd AS holdNanoUsd, amount_nano_usd AS amountNanoUsd,
       write_off_nano_usd AS writeOffNanoUsd, reason, is_flagged AS isFlagged, input_tokens AS input,
       cached_input_tokens AS cached, cache_write_tokens AS cacheWrite, output_tokens AS output,
       reasoning_tokens AS reasoning, web_search_calls AS searches, multiplier_ppm AS multiplierPpm,
       further_usage ->> 'imageOutputTokens' AS imageOutput, further_usage ->> 'audioInputMs' AS soundMs,
       further_usage ->> 'speechCharacters' AS characters, further_usage ->> 'svgNanoUsd' AS svgNanoUsd,
       price_id AS priceId, upstream_response_id AS upstreamResponseId, plan_subscription_id AS planSubscriptionId
     FROM charges`,
  )
  const usage = all<UsageRow>(
    `SELECT request_id AS requestId, user_id AS userId, key_id AS keyId, model, cost_nano_usd AS costNanoUsd, status,
       reason, error_code AS errorCode FROM usage`,
  )
  const entries = all<EntryRow>(
    `SELECT seq, user_id AS userId, kind, amount_nano_usd AS amountNanoUsd, held_nano_usd AS heldNanoUsd,
       coalesce(plan_amount_nano_usd, 0) AS planAmountNanoUsd, coalesce(plan_held_nano_usd, 0) AS planHeldNanoUsd,
       plan_subscription_id AS planSubscriptionId, request_id AS requestId, note FROM ledger_entries ORDER BY seq`,
  )
  const balances = all<BalanceRow>(
    `SELECT user_id AS userId, balance_nano_usd AS balanceNanoUsd, credit_limit_nano_usd AS creditLimitNanoUsd
     FROM balances`,
  )
  const losses = all<{ requestId: string; amountNanoUsd: number }>(
    'SELECT request_id AS requestId, amount_nano_usd AS amountNanoUsd FROM possible_losses',
  )
  const books = {
    charges: new Map(charges.map((row) => [row.requestId, row])),
    usage,
    entries,
    balances: new Map(balances.map((row) => [row.userId, row])),
    losses: new Map(losses.map((row) => [row.requestId, row])),
  }
  const problems = [
    ...intact(db),
    ...(charges.length === books.charges.size ? [] : ['a request has two charges']),
    ...checkSteps(books, options),
    ...checkSums(books, options),
    ...checkRows(books),
    ...checkCounters(db),
    ...checkPrices(charges, pricesById(db)),
  ]
  return { ...books, problems }
}

function intact(db: Database.Database): string[] {
  const integrity = db.pragma('integrity_check', { simple: true })
  const broken: unknown = db.pragma('foreign_key_check')
  return [
    ...(integrity === 'ok' ? [] : [`integrity_check: ${String(integrity)}`]),
    ...(Array.isArray(broken) && broken.length === 0 ? [] : [`foreign_key_check: ${JSON.stringify(broken)}`]),
  ]
}

type Rows = Omit<Books, 'problems'>

/** A hold, and then one settlement or release of exactly what it held. */
function checkSteps({ entries, charges, losses }: Rows, { mayHoldsBeOpen }: AuditOptions): string[] {
  const problems: string[] = []
  const open = new Map<string, EntryRow>()
  const ended = new Set<string>()
  for (const entry of entries) {
    const { requestId, kind } = entry
    if (requestId === null) continue
    if (kind === 'hold') {
      if (open.has(requestId) || ended.has(requestId)) problems.push(`${requestId} was held twice`)
      open.set(requestId, entry)
      continue
    }
    if (kind !== 'settle' && kind !== 'release') continue
    const held = open.get(requestId)
    if (!held) problems.push(`${requestId}: a ${kind} without an open hold`)
    else if (held.heldNanoUsd !== -entry.heldNanoUsd || held.planHeldNanoUsd !== -entry.planHeldNanoUsd)
      problems.push(`${requestId}: its hold is not what is ended`)
    if (held && held.planSubscriptionId !== entry.planSubscriptionId)
      problems.push(`${requestId}: held from one source, ended from another`)
    open.delete(requestId)
    ended.add(requestId)
    const charge = charges.get(requestId)
    // All that is due is settled, and what the operator bears of it is written off beside it.
    const due = charge && charge.amountNanoUsd + charge.writeOffNanoUsd
    const settled = 0 - entry.amountNanoUsd - entry.planAmountNanoUsd
    if (kind === 'settle' && due !== settled)
      problems.push(`${requestId}: settled for ${settled}, due ${due}`)
    if (charge && charge.planSubscriptionId !== entry.planSubscriptionId)
      problems.push(`${requestId}: settled from one source, charged to another`)
    if (kind === 'release' && charge) problems.push(`${requestId}: released, and charged as well`)
    if (kind === 'settle' && losses.has(requestId)) problems.push(`${requestId}: settled, and listed as lost`)
  }
  const left = mayHoldsBeOpen
    ? []
    : [...open.keys()].map((requestId) => `${requestId}: its hold is still open`)
  return [...problems, ...left]
}

/** Balances are the sums of their entries, and at no moment was more promised or spent than there was. */
function checkSums({ entries, balances }: Rows, { isInOrder = true }: AuditOptions): string[] {
  const problems: string[] = []
  const running = new Map<string, { balance: number; held: number }>()
  for (const { seq, userId, amountNanoUsd, heldNanoUsd } of entries) {
    const sum = running.get(userId) ?? { balance: 0, held: 0 }
    sum.balance += amountNanoUsd
    sum.held += heldNanoUsd
    running.set(userId, sum)
    const available = sum.balance + (balances.get(userId)?.creditLimitNanoUsd ?? 0) - sum.held
    if (isInOrder && available < 0) problems.push(`entry ${seq}: ${userId} has ${available} available`)
  }
  for (const { userId, balanceNanoUsd, creditLimitNanoUsd } of balances.values()) {
    const sum = running.get(userId)?.balance ?? 0
    if (sum !== balanceNanoUsd) problems.push(`${userId}: a balance of ${balanceNanoUsd}, entries of ${sum}`)
    if (balanceNanoUsd < -creditLimitNanoUsd) problems.push(`${userId}: ${balanceNanoUsd} is below the limit`)
  }
  return problems
}

/** What keys and plans have spent is the sum of their charges, and of a plan that of its entries too. */
function checkCounters(db: Database.Database): string[] {
  const wrong = db
    .prepare<[], { what: string; counted: number | null; charged: number | null }>(
      `WITH charged AS (
         SELECT 'key ' || family_id AS what, sum(amount_nano_usd) AS amount, count(*) AS requests,
           sum(input_tokens + output_tokens) AS tokens
         FROM charges JOIN api_keys ON api_keys.id = key_id GROUP BY 1
         UNION ALL
         -- What cannot be true counts in a plan as what its hold reckoned with, which no charge says.
         SELECT 'plan ' || plan_subscription_id, sum(amount_nano_usd), count(*), iif(max(is_flagged), NULL, sum(input_tokens + output_tokens))
         FROM charges WHERE source = 'plan' GROUP BY 1
       ), counted AS (
         SELECT kind || ' ' || subject_id AS what, total_nano_usd AS amount, total_requests AS requests,
           total_tokens AS tokens FROM spending_counters
       )
       SELECT coalesce(charged.what, counted.what) AS what, counted.amount AS counted, charged.amount AS charged
       FROM charged FULL JOIN counted ON charged.what = counted.what
       WHERE charged.amount IS NOT counted.amount OR charged.requests IS NOT counted.requests
         OR charged.tokens <> counted.tokens
       UNION ALL
       SELECT 'entries of ' || plan_subscription_id, total_nano_usd, 0 - sum(plan_amount_nano_usd)
       FROM ledger_entries LEFT JOIN spending_counters ON spending_counters.kind = 'plan' AND subject_id = plan_subscription_id
       WHERE plan_amount_nano_usd IS NOT NULL GROUP BY plan_subscription_id
       HAVING coalesce(total_nano_usd, 0) <> 0 - sum(plan_amount_nano_usd)`,
    )
    .all()
  return wrong.map(({ what, counted, charged }) => `${what}: ${counted} counted, ${charged} charged`)
}

/** One usage row for every request that was settled or released, and one cost in both places. */
function checkRows({ usage, charges, entries, losses }: Rows): string[] {
  const problems: string[] = []
  const rows = new Map<string, UsageRow>()
  for (const row of usage) {
    if (rows.has(row.requestId)) problems.push(`${row.requestId} has two usage rows`)
    rows.set(row.requestId, row)
    const cost = charges.get(row.requestId)?.amountNanoUsd ?? 0
    if (cost !== row.costNanoUsd)
      problems.push(`${row.requestId}: charged ${cost}, listed ${row.costNanoUsd}`)
  }
  for (const { kind, requestId } of entries) {
    const isEnd = kind === 'settle' || kind === 'release'
    if (!isEnd || requestId === null) continue
    if (rows.has(requestId) === losses.has(requestId))
      problems.push(
        `${requestId}: ${losses.has(requestId) ? 'lost, and listed' : 'ended, and neither listed nor lost'}`,
      )
  }
  return problems
}

function checkPrices(charges: readonly ChargeRow[], prices: ReadonlyMap<string, Rates>): string[] {
  return charges.flatMap((charge) => {
    const rates = prices.get(charge.priceId)
    if (!rates) return [`${charge.requestId}: its price is gone`]
    const full = costOf(charge, rates, charge.multiplierPpm)
    const made = charge.amountNanoUsd + charge.writeOffNanoUsd
    // Estimates and what cannot be true cost at most the hold; where reading on was cut off, exactly the hold.
    const isBounded = charge.isFlagged === 1 || !['completed', 'client_left'].includes(charge.reason)
    const isRight = made === full || (isBounded && made === charge.holdNanoUsd)
    return isRight ? [] : [`${charge.requestId}: ${made} charged, ${full} by its own snapshot`]
  })
}

function pricesById(db: Database.Database): Map<string, Rates> {
  const rows = db
    .prepare<[], Rates & { id: string }>(
      `SELECT id, input_nano_usd_per_mtok AS inputNanoUsdPerMTok,
         cached_input_nano_usd_per_mtok AS cachedInputNanoUsdPerMTok,
         cache_write_nano_usd_per_mtok AS cacheWriteNanoUsdPerMTok, output_nano_usd_per_mtok AS outputNanoUsdPerMTok,
         long_context_above_tokens AS longContextAboveTokens,
         long_input_nano_usd_per_mtok AS longInputNanoUsdPerMTok,
         long_cached_input_nano_usd_per_mtok AS longCachedInputNanoUsdPerMTok,
         long_cache_write_nano_usd_per_mtok AS longCacheWriteNanoUsdPerMTok,
         long_output_nano_usd_per_mtok AS longOutputNanoUsdPerMTok,
         web_search_nano_usd_per_call AS webSearchNanoUsdPerCall, context_window_tokens AS contextWindowTokens,
         max_output_tokens AS maxOutputTokens,
         further_rates ->> 'imageOutputNanoUsdPerMTok' AS imageOutputNanoUsdPerMTok,
         further_rates ->> 'audioInputNanoUsdPerSecond' AS audioInputNanoUsdPerSecond,
         further_rates ->> 'speechNanoUsdPerMChar' AS speechNanoUsdPerMChar FROM prices`,
    )
    .all()
  return new Map(rows.map((row) => [row.id, row]))
}
