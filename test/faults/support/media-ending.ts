// Which endings a request about images or sound may have had, by docs/request-journey.md: from what the upstream put on the
// wire for it, worked by hand and from nothing of the product's own code.
import type { Asking } from './asking.ts'
import { asJson, type Counts, costOf, NOTHING, type Rates } from './by-hand.ts'
import type { Circumstances, ExpectedEnding } from './expected-ending.ts'
import type { AskedMedia, MediaDialect } from './media-asking.ts'
import { type Delivery, sentBytes } from './scripted-upstream.ts'
import type { Seeded } from './seeded.ts'

const DOLLAR = 1_000_000_000
/** What a body is bounded by beside its bytes, and what an image may be planned in. */
const TEMPLATE_TOKENS = 1_024
const PLANNING_TOKENS = 1_024
/** More than a week of sound in one request is not believed. */
const ABSURD_SECONDS = 7 * 24 * 3_600

export function planMediaRates(seeded: Seeded, dialect: MediaDialect): Rates {
  const free = { inputNanoUsdPerMTok: 0, outputNanoUsdPerMTok: 0 }
  const sizes = { contextWindowTokens: 128_000, maxOutputTokens: seeded.int(500, 8_192) }
  switch (dialect) {
    case 'transcription':
      return { ...free, ...sizes, audioInputNanoUsdPerSecond: seeded.int(1, 200_000) }
    case 'speech':
      return { ...free, ...sizes, speechNanoUsdPerMChar: seeded.int(1, 30 * DOLLAR) }
    case 'picture':
      return {
        ...sizes,
        inputNanoUsdPerMTok: seeded.int(1, 8 * DOLLAR),
        outputNanoUsdPerMTok: seeded.int(1, 10 * DOLLAR),
        imageOutputNanoUsdPerMTok: seeded.int(1, 40 * DOLLAR),
      }
  }
}

/** What is known of a request before it is answered: the length of a sound, the characters of a text. */
const known = ({ seconds, characters }: AskedMedia): Counts => ({
  ...NOTHING,
  soundMs: seconds * 1_000,
  characters,
})

export function holdOfMedia(
  { bodyBytes }: Asking,
  media: AskedMedia,
  rates: Rates,
  multiplierPpm: number,
): number {
  if (media.images === 0) return costOf(known(media), rates, multiplierPpm)
  const dearest = Math.max(rates.outputNanoUsdPerMTok, rates.imageOutputNanoUsdPerMTok ?? 0)
  const output = (rates.maxOutputTokens + PLANNING_TOKENS) * media.images
  const counts = {
    ...NOTHING,
    input: Math.min(bodyBytes + TEMPLATE_TOKENS, rates.contextWindowTokens),
    output,
  }
  return costOf(counts, { ...rates, outputNanoUsdPerMTok: dearest }, multiplierPpm)
}

const RELEASE: ExpectedEnding = { kind: 'release' }
const DELIVERED = ['completed', 'client_left']

export function endingsOfMedia(
  about: Circumstances,
  media: AskedMedia,
  delivery: Delivery,
): readonly ExpectedEnding[] {
  const { error, body, cut, cutBy } = about.asking.upstream.scenario
  if (error !== undefined || body !== undefined) return [RELEASE]
  const ended = endingOfWhole(about, media, delivery)
  const broken = charged(about, estimated(about, media), ['upstream_failed'])
  const { outcome, bytesSent } = delivery.record
  if (outcome === 'client_gone' || outcome === 'open' || outcome === 'stopped') {
    const stalled = { ...broken, dueNanoUsd: about.holdNanoUsd, reasons: ['estimated'] }
    return about.asking.isStream && seenOf(delivery).hasEnded ? [ended] : [stalled]
  }
  if (about.asking.dialect === 'speech') {
    if (outcome === 'finished') return [ended]
    // Of a sound that ends properly nobody knows that it is not whole.
    if (cutBy === 'end') return bytesSent > 0 ? [ended] : [ended, RELEASE]
    return bytesSent > 0 && cutBy !== 'reset' ? [broken] : [broken, RELEASE]
  }
  if (!about.asking.isStream) {
    if (outcome === 'finished') return [ended]
    // Cut behind its last byte, an answer is whole: whoever stayed has seen it, and of whoever left nobody can tell.
    if (about.asking.leaving.when === 'stays') return [about.seen.status === 200 ? ended : RELEASE]
    return isInBytes(cut) ? [RELEASE, ended] : [RELEASE]
  }
  const { hasEnded, hasBegun } = seenOf(delivery)
  // What a reset throws away, and an event that is cut in the middle, may or may not have arrived.
  const isUnsure = outcome === 'cut' && (cutBy === 'reset' || isInBytes(cut))
  if (isUnsure) return [RELEASE, broken, ...(hasEnded ? [ended] : [])]
  if (hasEnded) return [ended]
  return [hasBegun ? broken : RELEASE]
}

const isInBytes = (cut: unknown): boolean => asJson(cut)?.afterBytes !== undefined

/** What stands whole in the bytes that went out. */
function seenOf(delivery: Delivery): { readonly hasEnded: boolean; readonly hasBegun: boolean } {
  const events = sentBytes(delivery).toString('latin1').split('\n\n').slice(0, -1)
  const types = events.map((event) => /"type":"([\w.]+)"/.exec(event)?.[1] ?? '')
  const error = types.indexOf('error')
  const before = error < 0 ? types : types.slice(0, error)
  return {
    hasEnded: before.some((type) => /\.(completed|done)$/.test(type)),
    hasBegun: before.some((type) => /\.(delta|partial_image)$/.test(type)),
  }
}

/** An answer that came to its end: as it was reported, else as it was counted, else as it is estimated. */
function endingOfWhole(about: Circumstances, media: AskedMedia, delivery: Delivery): ExpectedEnding {
  if (media.images === 0) {
    const seconds = about.asking.upstream.scenario.usage ? toldIn(about.asking) : undefined
    const counts = { ...known(media), soundMs: (seconds ?? media.seconds) * 1_000 }
    return charged(about, counts, DELIVERED, (seconds ?? 0) > ABSURD_SECONDS)
  }
  const usage = asJson(about.asking.isStream ? reportedIn(delivery) : delivery.wholeUsage)
  if (!usage) return charged(about, estimated(about, media), ['estimated'])
  const output = Number(usage.output_tokens)
  const counts = { ...NOTHING, input: Number(usage.input_tokens), output, imageOutput: output }
  return charged(about, counts, DELIVERED, false)
}

/** The upstream's own figure, where it tells one. */
function toldIn({ upstream, media }: Asking): number | undefined {
  const { usage } = upstream.scenario
  const told = typeof usage === 'function' ? usage({}) : undefined
  return told === undefined ? undefined : media?.toldSeconds
}

function reportedIn(delivery: Delivery): unknown {
  // What stands behind the last whole event was cut off.
  const events = sentBytes(delivery).toString('utf8').split('\n\n').slice(0, -1)
  const last = events.find((event) => event.includes('.completed"'))
  const data = /^data: (.*)$/m.exec(last ?? '')?.[1]
  return data === undefined ? undefined : asJson(JSON.parse(data))?.usage
}

/** By the published formula: a quarter of the bytes, and the most of an image that no list knows. */
function estimated({ asking, rates }: Circumstances, media: AskedMedia): Counts {
  if (media.images === 0) return known(media)
  const output = rates.maxOutputTokens * media.images
  return { ...NOTHING, input: Math.ceil(asking.bodyBytes / 4), output, imageOutput: output }
}

function charged(
  { rates, multiplierPpm, holdNanoUsd }: Circumstances,
  counts: Counts,
  reasons: readonly string[],
  isFlagged = false,
): Extract<ExpectedEnding, { kind: 'charge' }> {
  const cost = costOf(counts, rates, multiplierPpm)
  const isExact = reasons === DELIVERED && !isFlagged
  const dueNanoUsd = isExact ? cost : Math.min(cost, holdNanoUsd)
  return { kind: 'charge', dueNanoUsd, reasons, isFlagged, counts: undefined }
}
