// What requests have to cost, computed anew from the documentation (docs/request-journey.md) and from nothing of the
// product's own code: charges, holds, the published formula, and what makes reported usage one that cannot be true.

export interface Rates {
  readonly inputNanoUsdPerMTok: number
  readonly cachedInputNanoUsdPerMTok?: number | null
  readonly cacheWriteNanoUsdPerMTok?: number | null
  readonly outputNanoUsdPerMTok: number
  readonly longContextAboveTokens?: number | null
  readonly longInputNanoUsdPerMTok?: number | null
  readonly longCachedInputNanoUsdPerMTok?: number | null
  readonly longCacheWriteNanoUsdPerMTok?: number | null
  readonly longOutputNanoUsdPerMTok?: number | null
  readonly webSearchNanoUsdPerCall?: number | null
  readonly contextWindowTokens: number
  readonly maxOutputTokens: number
  readonly imageOutputNanoUsdPerMTok?: number | null
  readonly audioInputNanoUsdPerSecond?: number | null
  readonly speechNanoUsdPerMChar?: number | null
}

/** Counts as they are charged. */
export interface Counts {
  readonly input: number
  readonly cached: number
  readonly cacheWrite: number
  readonly output: number
  readonly reasoning: number
  readonly searches: number
  /** The part of the output that is images. */
  readonly imageOutput?: number | null
  /** Milliseconds of sound that came in. */
  readonly soundMs?: number | null
  readonly characters?: number | null
  /** What the author of an SVG has cost by its own price. */
  readonly svgNanoUsd?: number | null
}

export const NOTHING: Counts = { input: 0, cached: 0, cacheWrite: 0, output: 0, reasoning: 0, searches: 0 }

const isLong = (rates: Rates, inputTokens: number) =>
  rates.longContextAboveTokens != null && inputTokens > rates.longContextAboveTokens

function tierOf(rates: Rates, long: boolean) {
  const input = (long ? rates.longInputNanoUsdPerMTok : null) ?? rates.inputNanoUsdPerMTok
  return {
    input,
    cached: (long ? rates.longCachedInputNanoUsdPerMTok : rates.cachedInputNanoUsdPerMTok) ?? input,
    cacheWrite: (long ? rates.longCacheWriteNanoUsdPerMTok : rates.cacheWriteNanoUsdPerMTok) ?? input,
    output: (long ? rates.longOutputNanoUsdPerMTok : null) ?? rates.outputNanoUsdPerMTok,
  }
}

/** Nano-dollars: one sum in integers, times the multiplier, rounded up once. */
function roundedUp(tokensTimesRates: bigint, otherNanoUsd: bigint, multiplierPpm: number): number {
  const million = 1_000_000n
  const scaled = (tokensTimesRates + otherNanoUsd * million) * BigInt(multiplierPpm)
  const whole = scaled / (million * million)
  return Number(whole * million * million === scaled ? whole : whole + 1n)
}

export function costOf(counts: Counts, rates: Rates, multiplierPpm: number): number {
  const tier = tierOf(rates, isLong(rates, counts.input))
  const plain = counts.input - counts.cached - counts.cacheWrite
  const sum =
    BigInt(plain) * BigInt(tier.input) +
    BigInt(counts.cached) * BigInt(tier.cached) +
    BigInt(counts.cacheWrite) * BigInt(tier.cacheWrite) +
    BigInt(counts.output - (counts.imageOutput ?? 0)) * BigInt(tier.output) +
    BigInt(counts.imageOutput ?? 0) * BigInt(rates.imageOutputNanoUsdPerMTok ?? tier.output) +
    // A million of tokens or characters, and a thousand milliseconds.
    BigInt(counts.soundMs ?? 0) * BigInt(rates.audioInputNanoUsdPerSecond ?? 0) * 1_000n +
    BigInt(counts.characters ?? 0) * BigInt(rates.speechNanoUsdPerMChar ?? 0)
  const searches = BigInt(counts.searches) * BigInt(rates.webSearchNanoUsdPerCall ?? 0)
  return roundedUp(sum, searches + BigInt(counts.svgNanoUsd ?? 0), multiplierPpm)
}

export interface Asked {
  readonly bodyBytes: number
  /** Undefined where the request names none. */
  readonly outputLimit: number | undefined
  readonly choices: number
  readonly searchesMax: number
}

/** The hold of a request whose bytes bound its input. */
export function holdOf(asked: Asked, rates: Rates, multiplierPpm: number): number {
  const bound = asked.bodyBytes + 1_024 + asked.searchesMax * 10_000
  const input = Math.min(bound, rates.contextWindowTokens)
  const tiers = isLong(rates, input) ? [tierOf(rates, false), tierOf(rates, true)] : [tierOf(rates, false)]
  const dearestInput = Math.max(...tiers.flatMap((tier) => [tier.input, tier.cached, tier.cacheWrite]))
  const dearestOutput = Math.max(...tiers.map((tier) => tier.output))
  const output = Math.min(asked.outputLimit ?? rates.maxOutputTokens, rates.maxOutputTokens) * asked.choices
  const sum = BigInt(input) * BigInt(dearestInput) + BigInt(output) * BigInt(dearestOutput)
  const searches = BigInt(asked.searchesMax) * BigInt(rates.webSearchNanoUsdPerCall ?? 0)
  return roundedUp(sum, searches, multiplierPpm)
}

/** One token for every four bytes, rounded up, each way. */
export const estimateOf = (bodyBytes: number, textBytes: number, rates: Rates): Counts => ({
  ...NOTHING,
  input: Math.min(Math.ceil(bodyBytes / 4), rates.contextWindowTokens),
  output: Math.ceil(textBytes / 4),
})

// --- what an upstream reported

export interface Reported {
  readonly counts: Counts
  /** It cannot be true, and costs at most the hold. */
  readonly isImpossible: boolean
}

type Json = Readonly<Record<string, unknown>>

export const asJson = (value: unknown): Json | undefined =>
  // An object that is neither null nor a list can be read by name.
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined

const numberIn = (object: unknown, name: string): unknown => asJson(object)?.[name]

/**
 * `usage` of either dialect, with `tool_usage` of a response; undefined where it is none. Searches that it does not count are
 * those that were seen.
 */
export function reportedIn(usage: unknown, toolUsage?: unknown, searchesSeen = 0): Reported | undefined {
  const report = asJson(usage)
  const input = report?.input_tokens ?? report?.prompt_tokens
  const output = report?.output_tokens ?? report?.completion_tokens
  if (!report || (input == null && output == null)) return undefined
  const inputDetails = report.input_tokens_details ?? report.prompt_tokens_details
  const outputDetails = report.output_tokens_details ?? report.completion_tokens_details
  const parts = [
    numberIn(inputDetails, 'cached_tokens'),
    numberIn(inputDetails, 'cache_write_tokens'),
    numberIn(outputDetails, 'reasoning_tokens'),
    numberIn(asJson(toolUsage)?.web_search, 'num_requests') ?? searchesSeen,
  ]
  const areWhole = [input, output, ...parts].every(
    (value) => value == null || (Number.isInteger(value) && Number(value) >= 0),
  )
  const [cached = 0, cacheWrite = 0, reasoning = 0, searches = 0] = parts.map(toCount)
  return {
    isImpossible:
      !areWhole ||
      input == null ||
      output == null ||
      cached + cacheWrite > toCount(input) ||
      reasoning > toCount(output),
    counts: {
      input: Math.max(toCount(input), cached + cacheWrite),
      cached,
      cacheWrite,
      output: Math.max(toCount(output), reasoning),
      reasoning,
      searches,
    },
  }
}

const toCount = (value: unknown): number =>
  typeof value === 'number' && value > 0 ? Math.min(Math.ceil(value), 1_000_000_000_000) : 0

/** Many times what the model can take or give. */
export const isFarTooMuch = ({ input, output, searches }: Counts, rates: Rates, choices: number): boolean =>
  input > rates.contextWindowTokens * 4 ||
  output > Math.max(rates.maxOutputTokens, rates.contextWindowTokens) * choices * 4 ||
  searches > 1_000

/** A report that cannot be true may lack a total: the estimate fills it. */
export const filled = (counts: Counts, estimate: Counts): Counts => ({
  ...counts,
  input: counts.input || estimate.input,
  output: counts.output || estimate.output,
})
