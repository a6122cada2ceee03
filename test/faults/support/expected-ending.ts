// Which endings a request may have had, by docs/request-journey.md: from what the upstream put on the wire for it, and from
// whether its client may have been gone.
import type { Asking } from './asking.ts'
import {
  type Counts,
  costOf,
  estimateOf,
  filled,
  holdOf,
  isFarTooMuch,
  NOTHING,
  type Rates,
  type Reported,
  reportedIn,
} from './by-hand.ts'
import type { Seen } from './client.ts'
import { endingsOfMedia, holdOfMedia } from './media-ending.ts'
import { type Delivery, sentBytes } from './scripted-upstream.ts'
import { readSentStream, type StreamFacts } from './sent-stream.ts'

/** `none`: the request is not listed at all. `refused`: it is, and never had a hold. */
export type ExpectedEnding =
  | { readonly kind: 'none' | 'refused' | 'release' }
  | {
      readonly kind: 'charge'
      readonly dueNanoUsd: number
      readonly reasons: readonly string[]
      readonly isFlagged: boolean
      readonly counts: Counts | undefined
    }

export interface Circumstances {
  readonly asking: Asking
  readonly seen: Seen
  readonly deliveries: readonly Delivery[]
  readonly rates: Rates
  readonly multiplierPpm: number
  /** What was held; by hand where it was not. */
  readonly holdNanoUsd: number
}

/** One of these is right; more than one where it depends on who was faster. */
export function expectedEndings(about: Circumstances): readonly ExpectedEnding[] {
  const { asking, seen, deliveries } = about
  const delivery = deliveries.at(-1)
  if (asking.refusedWith !== undefined) return [{ kind: 'refused' }]
  if (!delivery) return withoutDelivery(asking, seen)
  if (asking.media) return endingsOfMedia(about, asking.media, delivery)
  return asking.isStream ? endingsOfStream(about, delivery) : endingsOfWhole(about, delivery)
}

function withoutDelivery({ leaving }: Asking, seen: Seen): readonly ExpectedEnding[] {
  // Somebody who has not enough is told so.
  if (seen.status === 429) return [{ kind: 'refused' }]
  if (leaving.when === 'before_body' || leaving.when === 'mid_body') return [{ kind: 'none' }]
  // Gone while it was read, or held, or refused: nothing was sent in their name.
  if (leaving.when === 'with_body') return [{ kind: 'none' }, { kind: 'release' }, { kind: 'refused' }]
  return []
}

const RELEASE: ExpectedEnding = { kind: 'release' }

function endingsOfStream(about: Circumstances, delivery: Delivery): readonly ExpectedEnding[] {
  const { asking } = about
  const { cut, cutBy, error, body } = asking.upstream.scenario
  if (error !== undefined || body !== undefined) return [RELEASE]
  const bytes = sentBytes(delivery)
  const { outcome } = delivery.record
  if (outcome === 'client_gone' || outcome === 'open' || outcome === 'stopped')
    return endingsOfStall(about, bytes)
  const facts = readSentStream(bytes, cutBy === 'end' || outcome === 'finished')
  if (outcome === 'cut' && cut !== undefined && cutBy === 'reset')
    return endingsOfReset(about, delivery, facts)
  return [endingOf(about, facts)]
}

/** The upstream went silent: all of the hold is charged, unless it had come to its end before. */
function endingsOfStall(about: Circumstances, bytes: Buffer): readonly ExpectedEnding[] {
  const facts = readSentStream(bytes, false)
  if (facts.hasEnded) return [endingOf(about, facts)]
  return [
    {
      kind: 'charge',
      dueNanoUsd: about.holdNanoUsd,
      reasons: ['estimated'],
      isFlagged: false,
      counts: facts.reported?.counts,
    },
  ]
}

/** A reset throws away what had not been read: any beginning of what was sent may be all that arrived. */
function endingsOfReset(
  about: Circumstances,
  delivery: Delivery,
  all: StreamFacts,
): readonly ExpectedEnding[] {
  const endings = [endingOf(about, all)]
  const bytes = sentBytes(delivery)
  for (let at = bytes.indexOf('\n\n'); at >= 0; at = bytes.indexOf('\n\n', at + 2)) {
    endings.push(endingOf(about, readSentStream(bytes.subarray(0, at + 2), false)))
  }
  return [RELEASE, ...endings]
}

function endingOf(about: Circumstances, facts: StreamFacts): ExpectedEnding {
  const { reported, textBytes, searches, hasFailed, hasEnded } = facts
  const made = { textBytes, searches: searches.size }
  if (reported) return endingOfReport(about, reported, textBytes)
  if (hasEnded && !hasFailed) return endingOfEstimate(about, made, 'estimated')
  // A search is billed, whether or not a word came of it.
  return textBytes + searches.size > 0 ? endingOfEstimate(about, made, 'upstream_failed') : RELEASE
}

function endingsOfWhole(about: Circumstances, { record, wholeUsage }: Delivery): readonly ExpectedEnding[] {
  const { asking } = about
  const { error, body, streamError } = asking.upstream.scenario
  if (error !== undefined || body !== undefined) return [RELEASE]
  if (record.outcome === 'client_gone' || record.outcome === 'open' || record.outcome === 'stopped') {
    return endingsOfStall(about, Buffer.alloc(0))
  }
  if (record.outcome === 'cut') return [RELEASE]
  if (streamError) {
    const failed = streamError.as === 'response.failed' ? reportedIn(streamError.usage) : undefined
    return [failed ? endingOfReport(about, failed, 0) : RELEASE]
  }
  const searches = { web_search: { num_requests: asking.upstream.searches } }
  const reported = reportedIn(wholeUsage, asking.dialect === 'responses' ? searches : undefined)
  if (reported) return [endingOfReport(about, reported, asking.wholeTextBytes)]
  const made = { textBytes: asking.wholeTextBytes, searches: asking.upstream.searches }
  return [endingOfEstimate(about, made, 'estimated')]
}

function endingOfReport(about: Circumstances, reported: Reported, textBytes: number): ExpectedEnding {
  const { asking, rates, multiplierPpm, holdNanoUsd } = about
  const reasons = ['completed', 'client_left']
  const isFlagged = reported.isImpossible || isFarTooMuch(reported.counts, rates, asking.choices)
  const estimate = estimateOf(asking.bodyBytes, textBytes, rates)
  const counts = reported.isImpossible ? filled(reported.counts, estimate) : reported.counts
  const cost = costOf(counts, rates, multiplierPpm)
  return {
    kind: 'charge',
    dueNanoUsd: isFlagged ? Math.min(cost, holdNanoUsd) : cost,
    reasons,
    isFlagged,
    counts,
  }
}

/** What an answer without a report of its usage shows. */
interface Made {
  readonly textBytes: number
  readonly searches: number
}

function endingOfEstimate(about: Circumstances, made: Made, reason: string): ExpectedEnding {
  const { textBytes, searches } = made
  // What broke off behind a search and before a word is charged that search alone.
  const isWordless = reason === 'upstream_failed' && textBytes === 0
  const estimate = isWordless ? NOTHING : estimateOf(about.asking.bodyBytes, textBytes, about.rates)
  const counts = { ...estimate, searches }
  const cost = costOf(counts, about.rates, about.multiplierPpm)
  return {
    kind: 'charge',
    dueNanoUsd: Math.min(cost, about.holdNanoUsd),
    reasons: [reason],
    isFlagged: false,
    counts,
  }
}

/** The hold of somebody who can afford the worst case by its bytes. */
export const usualHold = ({ asking, rates, multiplierPpm }: Circumstances): number =>
  asking.media
    ? holdOfMedia(asking, asking.media, rates, multiplierPpm)
    : holdOf(asking, rates, multiplierPpm)
