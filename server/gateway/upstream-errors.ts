// Decides what a client sees of an upstream's error: the upstream's own words where they are about the request, ours where
// they are about the operator's account, or are no OpenAI error at all.
import { type Refusal, refusal } from '../../contract/errors.ts'
import { statedReason } from '../upstreams/stated-reason.ts'
import { shownReason, showsPlace, speaksOfAccount } from './foreign-reason.ts'
import { isObject, type JsonObject, parseObject } from './json-object.ts'
import type { Sending } from './request.ts'
import type { UpstreamHead } from './upstream-exchange.ts'

export type UpstreamErrorVerdict =
  | { readonly kind: 'pass'; readonly code: string | null; readonly isOperators: false }
  | { readonly kind: 'replace'; readonly refusal: Refusal; readonly isOperators: boolean }

/** Codes that speak of the operator's key, organisation or bill; a teammate can do nothing about any of them. */
const OPERATOR_CODES = new Set([
  'invalid_api_key',
  'invalid_organization',
  'incorrect_api_key_provided',
  'insufficient_quota',
  'credit_balance_exhausted',
  'billing_hard_limit_reached',
  'billing_not_active',
  'account_deactivated',
  'access_terminated',
  'unsupported_country_region_territory',
  'ip_not_authorized',
  'organization_suspended',
])
const OPERATOR_STATUSES = new Set([401, 402, 403, 407])

/** Organisation and project ids, keys of the makers that give them a prefix, however masked, and signed tokens: the operator's alone. */
const ACCOUNT_TRACES =
  /\b(?:org|proj)[-_][A-Za-z0-9]{6,}|\bsk-[A-Za-z0-9_*-]{4,}|\b(?:gsk_|xai-|hf_|pplx-|r8_|nvapi-|tgp_v1_)[A-Za-z0-9_*]{12,}|\bAIza[A-Za-z0-9_*-]{12,}|\beyJ[\w-]{8,200}\.[\w-]{8,}/

/** Shorter ones are words that a server without keys is given, and may stand in any text. */
const KEY_LENGTH_MIN = 16

const RETRY_DEFAULT_MS = 1_000
const RETRY_MS_MAX = 10 * 60_000

/** The model that was asked for, and the one behind it where that is another. */
type Asked = Pick<Sending, 'alias' | 'upstreamModel'> & {
  readonly facts: Pick<Sending['facts'], 'model'>
  readonly upstream: Pick<Sending['upstream'], 'apiKey' | 'baseUrl'>
}

type ApiKey = Sending['upstream']['apiKey']

export function judgeUpstreamError(head: UpstreamHead, body: Buffer, held: Asked): UpstreamErrorVerdict {
  const text = body.toString('utf8')
  const error = errorMember(text)
  const code = typeof error?.code === 'string' ? error.code : null
  const isOperators = OPERATOR_STATUSES.has(head.status) || speaksOfOperator(error)
  if (isOperators) return { kind: 'replace', refusal: refusal('upstream_rejected'), isOperators: true }
  if (head.status === 429) return busy(head)
  const isClientError = head.status >= 400 && head.status < 500
  const isOpenAiError = typeof error?.message === 'string'
  if (!isOpenAiError && isClientError && head.status !== 408)
    return judgeForeignError(head.status, body, held)
  if (!isOpenAiError || head.status < 400) return replaced(refusal('upstream_failed'))
  const namesHiddenModel = held.alias !== undefined && text.includes(held.upstreamModel)
  if (code === 'model_not_found' || (head.status === 404 && namesHiddenModel)) {
    return replaced(refusal('model_not_found', { model: held.facts.model }, { param: 'model' }))
  }
  // As its client reads it, too: some servers write characters as escapes that need none.
  const shows = [text, JSON.stringify(parseObject(text))].some((one) =>
    showsAccount(one, held.upstream.apiKey),
  )
  if (!shows) return { kind: 'pass', code, isOperators: false }
  return replaced(isClientError ? refusal('upstream_rejected') : refusal('upstream_failed'))
}

/**
 * A 4xx in another shape than OpenAI's. What it says of the request is told in that shape; where it says nothing, such as a
 * proxy's page for a wrong base URL, or may speak of the operator, it is for good until the operator mends it.
 */
function judgeForeignError(status: number, body: Buffer, held: Asked): UpstreamErrorVerdict {
  const stated = statedReason(body)
  const isOperators =
    stated === undefined || showsAccount(stated, held.upstream.apiKey) || speaksOfAccount(stated)
  if (isOperators) return { kind: 'replace', refusal: refusal('upstream_rejected'), isOperators }
  const { alias, upstreamModel, facts } = held
  if (status === 404 || status === 405) {
    // Of a path, every server says that it is not found; of a model, it names one.
    const isOfModel =
      status === 404 && facts.model !== '' && (/\bmodel\b/i.test(stated) || namesModel(stated, upstreamModel))
    if (isOfModel) return replaced(refusal('model_not_found', { model: facts.model }, { param: 'model' }))
    return { kind: 'replace', refusal: refusal('upstream_rejected'), isOperators: true }
  }
  // By a function: an alias may have signs in it that stand for what is replaced.
  const said =
    alias === undefined || upstreamModel === '' ? stated : stated.replaceAll(upstreamModel, () => alias)
  const { hostname } = new URL(held.upstream.baseUrl)
  return replaced(refusal('refused_upstream', { reason: shownReason(said, hostname) }))
}

function showsAccount(text: string, apiKey: ApiKey): boolean {
  const showsKey = apiKey !== undefined && apiKey.length >= KEY_LENGTH_MIN && text.includes(apiKey)
  return showsKey || ACCOUNT_TRACES.test(text)
}

const namesModel = (text: string, model: string): boolean => model !== '' && text.includes(model)

/**
 * The same for an error inside a stream, which has no status of its own: what the client is told in its place, or undefined
 * where the upstream's words are about the request.
 */
export function judgeStreamError(error: JsonObject, apiKey: ApiKey): Refusal | undefined {
  if (speaksOfOperator(error)) return refusal('upstream_rejected')
  if (error.code === 'rate_limit_exceeded') return refusal('upstream_busy')
  return showsAccount(JSON.stringify(error), apiKey) ? refusal('upstream_failed') : undefined
}

/** The same of a whole event, whose error is an object, a text alone, or the event itself. */
export function judgeErrorIn(event: JsonObject, apiKey: ApiKey): Refusal | undefined {
  const { error } = event
  if (isObject(error)) return judgeStreamError(error, apiKey)
  return typeof error === 'string' ? judgeStreamText(error, apiKey) : judgeStreamError(event, apiKey)
}

/** Of a text alone there is no code to tell it by, so that its words decide, as those of a whole answer do. */
function judgeStreamText(text: string, apiKey: ApiKey): Refusal | undefined {
  if (speaksOfAccount(text)) return refusal('upstream_rejected')
  return showsAccount(text, apiKey) || showsPlace(text) ? refusal('upstream_failed') : undefined
}

/** The same for an error that passes as JSON within an event. One that is too large to be read is not shown. */
export function judgePassingError(json: string | undefined, apiKey: ApiKey): Refusal | undefined {
  return json === undefined
    ? refusal('upstream_failed')
    : judgeErrorIn(parseObject(`{"error":${json}}`) ?? {}, apiKey)
}

const speaksOfOperator = (error: JsonObject | undefined): boolean =>
  [error?.code, error?.type].some((word) => typeof word === 'string' && OPERATOR_CODES.has(word))

const replaced = (refused: Refusal): UpstreamErrorVerdict => ({
  kind: 'replace',
  refusal: refused,
  isOperators: false,
})

/** The operator's own rate limit: a teammate may try again, and learns nothing of whose limit it was. */
const busy = ({ headers }: UpstreamHead): UpstreamErrorVerdict =>
  replaced(refusal('upstream_busy', undefined, { retryAfterMs: retryAfterMsOf(headers) }))

/** How long a rate limit asks to wait, at most ten minutes; a second where it does not say. */
export function retryAfterMsOf(headers: UpstreamHead['headers']): number {
  const ms = numberIn(headers['retry-after-ms'])
  const seconds = numberIn(headers['retry-after'])
  const named = Number.isFinite(ms) ? ms : seconds * 1000
  return Number.isFinite(named) && named >= 0 ? Math.min(named, RETRY_MS_MAX) : RETRY_DEFAULT_MS
}

/** An empty field says nothing, and not zero. */
const numberIn = (value: string | string[] | undefined): number =>
  value === undefined || String(value).trim() === '' ? Number.NaN : Number(value)

function errorMember(text: string): JsonObject | undefined {
  const error = parseObject(text)?.error
  return isObject(error) ? error : undefined
}
