// Prices a charge anew from what is stored of it, by docs/money.md and in fractions, with nothing of the product's own
// arithmetic: what the books say was charged has to be what their own snapshots come to.
import type { Database } from 'better-sqlite3'

/** What was used: the counts of a usage, by their names, and under `imageTool` those of the tool that makes images. */
export type StoredCounts = Readonly<Record<string, unknown>>
/** A price row's columns, by their names in the contract; null or missing is an empty column. */
export type StoredRates = Readonly<Record<string, unknown>>

interface Fraction {
  readonly over: bigint
  readonly under: bigint
}

const plus = (a: Fraction, b: Fraction): Fraction => ({
  over: a.over * b.under + b.over * a.under,
  under: a.under * b.under,
})

const roundedUp = ({ over, under }: Fraction): bigint => over / under + (over % under > 0n ? 1n : 0n)

/** The first column that is not empty. */
function firstOf(rates: StoredRates, ...columns: readonly string[]): bigint {
  for (const column of columns) {
    const rate = rates[column]
    if (typeof rate === 'number') return BigInt(rate)
  }
  throw new Error(`the row has none of ${columns.join(', ')}`)
}

/** The column of one kind of tokens, in a tier and a length. */
function columnOf(tier: string, isLong: boolean, kind: string): string {
  if (tier !== 'default') return `${tier}${isLong ? 'Long' : ''}${kind}NanoUsdPerMTok`
  const name = `${kind.charAt(0).toLowerCase()}${kind.slice(1)}`
  return isLong ? `long${kind}NanoUsdPerMTok` : `${name}NanoUsdPerMTok`
}

/** "Where a tier has no long rates, long requests in it cost the dearer of its own and the standard long ones." */
function whole(rates: StoredRates, tier: string, isLong: boolean, kind: 'Input' | 'Output'): bigint {
  const short = firstOf(rates, columnOf(tier, false, kind))
  if (!isLong) return short
  if (typeof rates[columnOf(tier, true, kind)] === 'number') return firstOf(rates, columnOf(tier, true, kind))
  if (tier === 'default') return short
  const standard = whole(rates, 'default', true, kind)
  return standard > short ? standard : short
}

/** "Without a rate of its own, cached and cache-write input costs what input costs." */
function part(rates: StoredRates, tier: string, isLong: boolean, kind: 'CachedInput' | 'CacheWrite'): bigint {
  const own = rates[columnOf(tier, isLong, kind)]
  return typeof own === 'number' ? BigInt(own) : whole(rates, tier, isLong, 'Input')
}

const orElse = (rates: StoredRates, instead: bigint, ...columns: readonly string[]): bigint =>
  columns.some((column) => typeof rates[column] === 'number') ? firstOf(rates, ...columns) : instead

/** Nano-dollars, exact and not rounded yet. */
function exactNanoUsd(
  counts: StoredCounts,
  rates: StoredRates,
  multipliersPpm: readonly number[],
  tier: string,
): Fraction {
  const count = (name: string): bigint => BigInt(Number(counts[name] ?? 0))
  const threshold = rates.longContextAboveTokens
  const isLong = typeof threshold === 'number' && count('inputTokens') > BigInt(threshold)
  const input = whole(rates, tier, isLong, 'Input')
  const cached = part(rates, tier, isLong, 'CachedInput')
  const output = whole(rates, tier, isLong, 'Output')
  const audioInput = orElse(rates, input, 'audioInputNanoUsdPerMTok')
  const imageInput = orElse(rates, input, 'imageInputNanoUsdPerMTok')
  const cachedAudio = orElse(rates, cached, 'audioCachedInputNanoUsdPerMTok', 'audioInputNanoUsdPerMTok')
  const cachedImage = orElse(rates, cached, 'imageCachedInputNanoUsdPerMTok', 'imageInputNanoUsdPerMTok')

  const isNew = count('inputTokens') - count('cachedInputTokens') - count('cacheWriteTokens')
  const newAudio = count('audioInputTokens') - count('audioCachedInputTokens')
  const newImages = count('imageInputTokens') - count('imageCachedInputTokens')
  const million: readonly (readonly [bigint, bigint])[] = [
    ...shared(isNew, [newAudio, audioInput], [newImages, imageInput], input),
    ...shared(
      count('cachedInputTokens'),
      [count('audioCachedInputTokens'), cachedAudio],
      [count('imageCachedInputTokens'), cachedImage],
      cached,
    ),
    [count('cacheWriteTokens'), part(rates, tier, isLong, 'CacheWrite')],
    ...shared(
      count('outputTokens'),
      [count('audioOutputTokens'), orElse(rates, output, 'audioOutputNanoUsdPerMTok')],
      [count('imageOutputTokens'), orElse(rates, output, 'imageOutputNanoUsdPerMTok')],
      output,
    ),
  ]
  const calls: readonly (readonly [bigint, bigint])[] = [
    [count('webSearchCalls') - count('webSearchPreviewCalls'), orElse(rates, 0n, 'webSearchNanoUsdPerCall')],
    [count('webSearchPreviewCalls'), previewSearch(rates)],
    [count('fileSearchCalls'), orElse(rates, 0n, 'fileSearchNanoUsdPerCall')],
    [count('codeInterpreterSessions'), orElse(rates, 0n, 'codeInterpreterNanoUsdPerSession')],
  ]
  const sum = [
    ...[...million, ...imageTool(counts.imageTool)].map(([tokens, rate]) => ({
      over: tokens * rate,
      under: 1_000_000n,
    })),
    ...[...calls, ...images(count, rates)].map(([made, price]) => ({ over: made * price, under: 1n })),
    // A second has a thousand milliseconds, and speech is priced by the million characters.
    { over: count('audioInputMs') * orElse(rates, 0n, 'audioInputNanoUsdPerSecond'), under: 1_000n },
    { over: count('speechCharacters') * orElse(rates, 0n, 'speechNanoUsdPerMChar'), under: 1_000_000n },
    { over: count('svgNanoUsd'), under: 1n },
  ].reduce(plus, { over: 0n, under: 1n })
  return multipliersPpm.reduce(
    ({ over, under }, ppm) => ({ over: over * BigInt(ppm), under: under * 1_000_000n }),
    sum,
  )
}

/** "The preview of the search, where it has no price of its own, costs a model that reasons what a search does." */
const previewSearch = (rates: StoredRates): bigint =>
  orElse(
    rates,
    rates.isReasoning === true || rates.isReasoning === 1 ? orElse(rates, 0n, 'webSearchNanoUsdPerCall') : 0n,
    'webSearchPreviewNanoUsdPerCall',
  )

/** "Images that a tool makes": at the rates that are kept with the charge, cached tokens first, then images, then text. */
function imageTool(tool: unknown): (readonly [bigint, bigint])[] {
  if (typeof tool !== 'object' || tool === null) return []
  // As the charge keeps it.
  const { rates, ...counts } = tool as Record<string, number> & { rates: Record<string, number> }
  const read = (from: Record<string, number>, name: string) => BigInt(from[name] ?? 0)
  const added = read(counts, 'inputTokens') - read(counts, 'cachedInputTokens')
  const images = read(counts, 'imageInputTokens') > added ? added : read(counts, 'imageInputTokens')
  return [
    [read(counts, 'cachedInputTokens'), read(rates, 'cachedInput')],
    [images, read(rates, 'imageInput')],
    [added - images, read(rates, 'input')],
    [read(counts, 'textOutputTokens'), read(rates, 'textOutput')],
    [read(counts, 'outputTokens') - read(counts, 'textOutputTokens'), read(rates, 'output')],
  ]
}

/** "An empty column is the plain one here": for HD the dearer of that and the large one, for large HD the dearest of all three. */
function images(count: (name: string) => bigint, rates: StoredRates): readonly (readonly [bigint, bigint])[] {
  if (typeof rates.imageNanoUsdPerImage !== 'number') return []
  const plain = firstOf(rates, 'imageNanoUsdPerImage')
  const own = (column: string, instead: bigint) => orElse(rates, instead, column)
  const dearer = (one: bigint, other: bigint) => (one > other ? one : other)
  const large = own('largeImageNanoUsdPerImage', plain)
  const hd = own('hdImageNanoUsdPerImage', dearer(plain, large))
  return [
    [count('images'), plain],
    [count('smallImages'), own('smallImageNanoUsdPerImage', plain)],
    [count('mediumImages'), own('mediumImageNanoUsdPerImage', plain)],
    [count('largeImages'), large],
    [count('hdImages'), hd],
    [count('largeHdImages'), own('largeHdImageNanoUsdPerImage', dearer(dearer(plain, large), hd))],
  ]
}

/** Tokens of which some are audio and some images, each with its rate; audio first, and never more than there are. */
function shared(
  all: bigint,
  [audio, audioRate]: readonly [bigint, bigint],
  [images, imageRate]: readonly [bigint, bigint],
  textRate: bigint,
): (readonly [bigint, bigint])[] {
  const clamp = (wanted: bigint, room: bigint) => {
    const atLeastNothing = wanted < 0n ? 0n : wanted
    return atLeastNothing > room ? room : atLeastNothing
  }
  const audioHere = clamp(audio, all)
  const imagesHere = clamp(images, all - audioHere)
  return [
    [audioHere, audioRate],
    [imagesHere, imageRate],
    [all - audioHere - imagesHere, textRate],
  ]
}

export const reprice = (
  counts: StoredCounts,
  rates: StoredRates,
  multipliersPpm: readonly number[],
  tier = 'default',
): number => Number(roundedUp(exactNanoUsd(counts, rates, multipliersPpm, tier)))

interface StoredCharge {
  readonly request_id: string
  readonly price_id: string
  readonly hold_nano_usd: number
  readonly amount_nano_usd: number
  readonly write_off_nano_usd: number
  readonly multiplier_ppm: number
  readonly model_multiplier_ppm: number
  readonly reason: string
  readonly is_flagged: number
  readonly priced_tier: string
  readonly further_usage: string | null
}

/** What is wrong with the charges of a database, each priced anew from its own row and its price's row. */
export function repriceAll(db: Database): { readonly charges: number; readonly problems: string[] } {
  const prices = new Map(
    db
      .prepare<[], Record<string, unknown>>('SELECT * FROM prices')
      .all()
      .map((row) => [String(row.id), ratesOf(row)]),
  )
  const problems: string[] = []
  const charges = db.prepare<[], StoredCharge & Record<string, unknown>>('SELECT * FROM charges').all()
  for (const charge of charges) {
    const { request_id, price_id, priced_tier, hold_nano_usd } = charge
    const multipliers = [charge.multiplier_ppm, charge.model_multiplier_ppm]
    const full = reprice(countsOf(charge), prices.get(price_id) ?? {}, multipliers, priced_tier)
    const due = charge.amount_nano_usd + charge.write_off_nano_usd
    // Estimates, and what cannot be true, cost at most the hold; where reading on was cut off, exactly the hold.
    const isBounded = charge.is_flagged === 1 || !['completed', 'client_left'].includes(charge.reason)
    if (due !== full && !(isBounded && due === hold_nano_usd)) {
      problems.push(`${request_id}: ${due} was due, and its snapshot comes to ${full}`)
    }
  }
  return { charges: charges.length, problems }
}

/** `input_nano_usd_per_mtok` as `inputNanoUsdPerMTok`, with the further columns beside the others. */
function ratesOf(row: Readonly<Record<string, unknown>>): StoredRates {
  const named = Object.entries(row).map(([name, value]) => [camelCased(name).replace(/Mtok$/, 'MTok'), value])
  const further: unknown = typeof row.further_rates === 'string' ? JSON.parse(row.further_rates) : {}
  return Object.assign(Object.fromEntries(named), further)
}

function countsOf(row: StoredCharge & Readonly<Record<string, unknown>>): StoredCounts {
  const columns = ['input_tokens', 'cached_input_tokens', 'cache_write_tokens', 'output_tokens']
  const counted = [...columns, 'web_search_calls'].map((name) => [camelCased(name), row[name]])
  const further: unknown = row.further_usage === null ? {} : JSON.parse(row.further_usage)
  return Object.assign(Object.fromEntries(counted), further)
}

const camelCased = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
