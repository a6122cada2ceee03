// Bounds what a request for images or sound can cost, once its model and price are known; refuses what has no price for what
// it asks.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import {
  DEFAULT_CONTEXT_WINDOW_TOKENS,
  DEFAULT_MAX_OUTPUT_TOKENS,
  type PriceRow,
} from '../../../contract/price.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import {
  isPricedByCharacter,
  isPricedByImage,
  isPricedBySecond,
  type MediaUsage,
} from '../../ledger/media-charge.ts'
import { ONE_MILLION } from '../../ledger/money.ts'
import { quoteWorstCase } from '../../ledger/quote.ts'
import { decideKeyScope } from '../../limits/decide-key-scope.ts'
import { type BodyFacts, TEMPLATE_TOKENS } from '../body-facts.ts'
import type { StageDeps } from '../deps.ts'
import type { Dialect } from '../endpoints.ts'
import { type JsonObjectScan, memberOf } from '../json-scan.ts'
import type { Read } from '../request.ts'
import { IMAGE_INPUT_TOKENS_MAX, imageTokensMax, PLANNING_TOKENS_MAX } from './image-tokens.ts'
import type { ImageFacts, MediaFacts, SpeechFacts } from './media-facts.ts'
import { spokenMsMax, spokenTokensOfMs } from './sound-tokens.ts'

/** What is known of such a request beside its facts. */
export interface RoutedMedia extends MediaFacts {
  /** Of one image; undefined where nothing but the model's limit bounds it. */
  readonly imageTokens?: number | undefined
  readonly svgPrice?: PriceRow | undefined
  /** Of the text that is to be spoken. */
  readonly characters?: number | undefined
}

export interface PricedMedia {
  readonly facts: BodyFacts
  readonly media: RoutedMedia | undefined
}

interface Asked {
  readonly read: Read
  readonly scan: JsonObjectScan
  readonly facts: BodyFacts
  /** The model to run. */
  readonly model: string
  readonly price: PriceRow
}

export function priceMedia(
  deps: Pick<StageDeps, 'prices' | 'models'>,
  asked: Asked,
): Result<PricedMedia, Refusal> {
  const { facts, price, read } = asked
  if (!facts.media) return ok({ facts, media: undefined })
  if (!isPricedFor(read.endpoint.dialect, price)) {
    const details = { model: facts.model, endpoint: read.endpoint.name }
    return fail(refusal('endpoint_not_priced', details, { param: 'model' }))
  }
  const { images, speech } = facts.media
  if (images) return priceImages(deps, asked, facts.media, images)
  return speech ? priceSpeech(asked, facts.media, speech) : ok({ facts, media: facts.media })
}

/** Whether a row has a price for what an endpoint makes: text alone is not what is charged there. */
function isPricedFor(dialect: Dialect, price: PriceRow): boolean {
  switch (dialect) {
    case 'images':
      return isPricedByImage(price) || price.imageOutputNanoUsdPerMTok != null
    case 'variations':
      return isPricedByImage(price)
    case 'transcriptions':
      return isPricedBySecond(price) || price.audioInputNanoUsdPerMTok != null
    case 'translations':
      return isPricedBySecond(price)
    case 'speech':
      return isPricedByCharacter(price) || price.audioOutputNanoUsdPerMTok != null
    default:
      return true
  }
}

function priceImages(
  deps: Pick<StageDeps, 'prices' | 'models'>,
  asked: Asked,
  media: MediaFacts,
  images: ImageFacts,
): Result<PricedMedia, Refusal> {
  const { facts, model, read } = asked
  const svg = images.svgModel === undefined ? ok(undefined) : priceSvg(deps, read, facts, images.svgModel)
  if (!svg.ok) return svg
  const usageMax: MediaUsage = { ...media.usageMax, ...(svg.value && { svgNanoUsd: svg.value.nanoUsdMax }) }
  const imageTokens = images.isVariation ? 0 : imageTokensMax(model, images)
  return ok({
    facts: {
      ...facts,
      outputTokensLimit: imageTokens,
      extraOutputTokensMax: images.isVariation ? 0 : PLANNING_TOKENS_MAX,
    },
    media: { ...media, usageMax, imageTokens, svgPrice: svg.value?.price },
  })
}

function priceSvg(
  deps: Pick<StageDeps, 'prices' | 'models'>,
  read: Read,
  facts: BodyFacts,
  model: string,
): Result<{ readonly price: PriceRow; readonly nanoUsdMax: number }, Refusal> {
  const refused = (code: 'model_not_found' | 'model_not_priced') =>
    fail(refusal(code, { model: model.slice(0, 200) }, { param: 'svg.model' }))
  if (
    decideKeyScope(read.key.allowedModels, { name: model, model }) ||
    !deps.models.isAllowed(model, read.key)
  )
    return refused('model_not_found')
  const price = deps.prices.priceOf(model, read.receivedAt)
  if (!price) return refused('model_not_priced')
  const window = price.contextWindowTokens ?? DEFAULT_CONTEXT_WINDOW_TOKENS
  const input = (facts.input?.textBytes ?? window) + TEMPLATE_TOKENS + 2 * IMAGE_INPUT_TOKENS_MAX
  const worst = {
    inputTokensMax: input,
    outputTokensMax: price.maxOutputTokens ?? DEFAULT_MAX_OUTPUT_TOKENS,
    choices: 1,
    webSearchCallsMax: 0,
  }
  return ok({ price, nanoUsdMax: quoteWorstCase(worst, price, ONE_MILLION) })
}

function priceSpeech(
  { facts, read, scan }: Asked,
  media: MediaFacts,
  speech: SpeechFacts,
): Result<PricedMedia, Refusal> {
  const characters = charactersOf(read.body, scan)
  return ok({
    facts: { ...facts, outputTokensLimit: spokenTokensOfMs(spokenMsMax(characters, speech.slowness)) },
    media: { ...media, usageMax: { speechCharacters: characters }, characters },
  })
}

/** As a person counts them, a pair of surrogates as one; the parsed body has long texts cut. */
function charactersOf(body: Buffer, scan: JsonObjectScan): number {
  const member = memberOf(scan, 'input')
  if (!member) return 0
  const text = String(JSON.parse(body.toString('utf8', member.valueStart, member.valueEnd)))
  let pairs = 0
  for (let at = 1; at < text.length; at += 1)
    if (isIn(LOW_SURROGATES, text.charCodeAt(at)) && isIn(HIGH_SURROGATES, text.charCodeAt(at - 1)))
      pairs += 1
  return text.length - pairs
}

const HIGH_SURROGATES = 0xd800
const LOW_SURROGATES = 0xdc00
const isIn = (start: number, unit: number): boolean => (unit & 0xfc00) === start
