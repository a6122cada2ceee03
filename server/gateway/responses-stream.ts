// Reads a streamed response: usage and tier from whichever event ends it, the ids that belong to the user from the events
// that create them, and renames an aliased model back. Deltas are passed on unread.
import { refusal } from '../../contract/errors.ts'
import { parseResponsesUsage, type ReportedUsage } from '../ledger/reported-usage.ts'
import type { TokenUsage } from '../ledger/token-usage.ts'
import { editEvent } from './chat-stream.ts'
import { isObject, type JsonObject, parseObject } from './json-object.ts'
import { type JsonObjectScan, memberOf, type Splice, scanObject } from './json-scan.ts'
import { type OpenAiError, openAiErrorOf } from './openai-error.ts'
import { PassingEvent } from './passing-event.ts'
import type { MemberEdit, MemberPolicy } from './passing-json.ts'
import { readEvent } from './sse.ts'
import {
  type EventInPassing,
  type EventVerdict,
  HEARTBEAT_COMMENT,
  type Measured,
  nothingMeasured,
  PASS,
  type StreamReader,
  textBytesBehind,
} from './stream-meter.ts'
import { judgeErrorIn, judgePassingError, judgeStreamError } from './upstream-errors.ts'

const DELTA_LINE = /^event: ?[a-z_.]+\.delta[\r\n]/
const DELTA_TEXT = Buffer.from('"delta":')
const FINAL_TYPES = new Set(['response.completed', 'response.incomplete', 'response.failed', 'error'])
const FAILED_TYPES = new Set(['response.failed', 'error'])
const ITEM_TYPES = new Set(['response.output_item.added', 'response.output_item.done'])
const NAMES_IN_PASSING = { entered: new Set(['response', 'item']), counted: new Set(['delta']) }
const TAKEN_IN_PASSING = new Set([
  'type',
  'sequence_number',
  'usage',
  'tool_usage',
  'item.id',
  'item.type',
  'item.status',
  'item.container_id',
  'item.svg_usage',
  'output_index',
  'response.id',
  'response.usage',
  'response.tool_usage',
  'response.service_tier',
])

export interface ResponsesStreamOptions {
  readonly alias: string | undefined
  /** Called before the event that carries the id is passed on. */
  readonly onId: (kind: 'response' | 'item' | 'container', id: string, tokens?: number) => void
  /** The upstream's: an error that quotes it is not shown. */
  readonly apiKey?: string | undefined
}

export const createResponsesStreamReader = (options: ResponsesStreamOptions): StreamReader =>
  new ResponsesStreamReader(options)

class ResponsesStreamReader implements StreamReader {
  readonly measured = nothingMeasured()
  readonly mayEndWithUsage = false
  readonly #alias: string | undefined
  readonly #onId: ResponsesStreamOptions['onId']
  readonly #apiKey: ResponsesStreamOptions['apiKey']
  #sequenceNumber = -1
  #hasBegun = false

  constructor({ alias, onId, apiKey }: ResponsesStreamOptions) {
    this.#alias = alias
    this.#onId = onId
    this.#apiKey = apiKey
  }

  read(event: Buffer): EventVerdict {
    this.measured.textBytes += textBytesBehind(event, DELTA_TEXT)
    if (DELTA_LINE.test(event.toString('latin1', 0, 80))) {
      // Events are numbered one by one, so that a delta needs not be read for its number.
      this.#sequenceNumber += 1
      return PASS
    }
    const fields = readEvent(event)
    const message = parseObject(fields.data)
    const type = message && this.#take(message, fields.name)
    if (!message || type === undefined) return PASS
    const response = isObject(message.response) ? message.response : undefined
    const bytes = type === 'error' ? this.#safeError(event, message) : this.#edited(event, response)
    if (FINAL_TYPES.has(type)) return { kind: 'withhold', bytes, isFinal: true }
    return bytes === event ? PASS : { kind: 'replace', bytes }
  }

  /** The members that matter are few and small, however large what stands between them. */
  passing(): EventInPassing {
    const seen: Record<string, unknown> = {}
    const event: PassingEvent = new PassingEvent({
      names: NAMES_IN_PASSING,
      policyOf: (path) => this.#policyOf(path, event.name),
      onValue: (path, json) => {
        seen[path] = parseValue(json)
        if (path === 'item.id') ownItem({ id: seen[path] }, this.#onId)
      },
      edit: (path, json) => {
        if (path === 'response.model') return { json: JSON.stringify(this.#alias) }
        if (path === 'message') return safeMessage(json, this.#apiKey)
        if (path === 'error') seen.error = json === undefined ? {} : parseValue(json)
        const refused = json === 'null' ? undefined : judgePassingError(json, this.#apiKey)
        if (!refused) return 'leave'
        const error = openAiErrorOf(refused)
        return { json: JSON.stringify(path === 'error' ? error : errorOfResponse(error)) }
      },
    })
    return {
      push: (piece) => event.push(piece),
      end: () => {
        this.measured.textBytes += event.textBytes
        const whole = { ...seen, item: membersIn(seen, 'item.'), response: membersIn(seen, 'response.') }
        const type = this.#take(whole, event.name)
        return { rest: event.end(), isFinal: type !== undefined && FINAL_TYPES.has(type) }
      },
    }
  }

  heartbeat(): Buffer {
    return this.#hasBegun ? keepaliveEvent(this.#sequenceNumber) : HEARTBEAT_COMMENT
  }

  errorEvent(error: OpenAiError): Buffer {
    return errorEvent(error, this.#sequenceNumber + 1)
  }

  /** Learns what an event says that is no delta; answers its type. */
  #take(message: JsonObject, name: string | undefined): string | undefined {
    // Some servers break off with a bare `{"error":…}`, as chat streams do.
    const bareError = isObject(message.error) || typeof message.error === 'string' ? 'error' : undefined
    const type = typeof message.type === 'string' ? message.type : (name ?? bareError)
    if (typeof message.sequence_number === 'number') this.#sequenceNumber = message.sequence_number
    if (type === undefined) return undefined
    if (type === 'response.created') this.#hasBegun = true
    if (ITEM_TYPES.has(type)) {
      ownItem(message.item, this.#onId)
      this.measured.tools.note(message.item, message.output_index)
    }
    if (isObject(message.response)) takeResponse(message.response, this.measured, this.#onId)
    // Some servers report beside the response and not within it.
    if (FINAL_TYPES.has(type) && !this.measured.reported) takeUsage(message, this.measured)
    if (FAILED_TYPES.has(type)) this.measured.hasFailed = true
    return type
  }

  #policyOf(path: string, eventName: string | undefined): MemberPolicy | undefined {
    if (TAKEN_IN_PASSING.has(path)) return 'take'
    if (path === 'response.model') return this.#alias === undefined ? undefined : 'edit'
    const isError = path === 'error' || path === 'response.error'
    return isError || (path === 'message' && eventName === 'error') ? 'edit' : undefined
  }

  /** An error that speaks of the operator's account is told in our words. */
  #safeError(event: Buffer, message: JsonObject): Buffer {
    const refused = judgeErrorIn(message, this.#apiKey)
    return refused ? errorEvent(openAiErrorOf(refused), this.#sequenceNumber) : event
  }

  #edited(event: Buffer, response: JsonObject | undefined): Buffer {
    const refused = isObject(response?.error) ? judgeStreamError(response.error, this.#apiKey) : undefined
    if (this.#alias === undefined && !refused) return event
    const error = refused && openAiErrorOf(refused)
    return editEvent(event, readEvent(event), (scan, bytes) => splicesFor(scan, bytes, this.#alias, error))
  }
}

function errorEvent({ code, message, param }: OpenAiError, sequenceNumber: number): Buffer {
  const data = { type: 'error', code, message, param, sequence_number: sequenceNumber }
  return Buffer.from(`event: error\ndata: ${JSON.stringify(data)}\n\n`)
}

/**
 * A silence as an event: Codex takes a stream of comments for dead (measured), and OpenAI's SDK wants `response.created`
 * before anything else. It carries the number of the last event, so that whoever comes back to that number misses nothing,
 * and whoever drops what they have seen drops only this.
 */
function keepaliveEvent(sequenceNumber: number): Buffer {
  const data = { type: 'keepalive', sequence_number: Math.max(0, sequenceNumber) }
  return Buffer.from(`event: keepalive\ndata: ${JSON.stringify(data)}\n\n`)
}

function parseValue(json: string): unknown {
  return parseObject(`{"value":${json}}`)?.value
}

/** A message that cannot be read, or shows an account, is not shown. */
function safeMessage(json: string | undefined, apiKey: ResponsesStreamOptions['apiKey']): MemberEdit {
  const refused =
    json === undefined ? refusal('upstream_failed') : judgeStreamError({ message: parseValue(json) }, apiKey)
  return refused ? { json: JSON.stringify(openAiErrorOf(refused).message) } : 'leave'
}

/** The response, or the item, as far as its members were taken. */
function membersIn(seen: JsonObject, prefix: string): JsonObject | undefined {
  const members = Object.entries(seen).filter(([path]) => path.startsWith(prefix))
  if (members.length === 0) return undefined
  return Object.fromEntries(members.map(([path, value]) => [path.slice(prefix.length), value]))
}

function ownItem(item: unknown, onId: ResponsesStreamOptions['onId'], tokens?: number): void {
  const id = isObject(item) ? item.id : undefined
  if (typeof id === 'string' && id !== '') onId('item', id, tokens)
  const container = isObject(item) && item.type === 'code_interpreter_call' ? item.container_id : undefined
  if (typeof container === 'string' && container !== '') onId('container', container)
}

const tokensOfItem = (item: unknown, { inputTokens, outputTokens }: TokenUsage): number =>
  isObject(item) && item.type === 'web_search_call' ? inputTokens + outputTokens : outputTokens

function takeUsage(from: JsonObject, measured: Measured): ReportedUsage | undefined {
  measured.tools.noteReport(from.tool_usage)
  const reported = parseResponsesUsage(from.usage, from.tool_usage)
  if (!reported) return undefined
  measured.reported = reported
  measured.rawReported = JSON.stringify({ usage: from.usage, tool_usage: from.tool_usage })
  return reported
}

/**
 * What a later request brings along that refers to this response. A report that cannot be true bounds nothing; what is not
 * told is taken for the whole window.
 */
const tokensOf = ({ usage, isImplausible }: ReportedUsage): number | undefined =>
  isImplausible ? undefined : usage.inputTokens + usage.outputTokens

/** Takes from a response object what is to be known of it; used for whole answers as well. */
export function takeResponse(
  response: JsonObject,
  measured: Measured,
  onId: ResponsesStreamOptions['onId'],
): void {
  measured.tools.noteOffered(response.tools)
  const reported = takeUsage(response, measured)
  if (typeof response.service_tier === 'string') measured.serviceTier = response.service_tier
  if (typeof response.id === 'string' && response.id !== '') {
    measured.responseId = response.id
    onId('response', response.id, reported && tokensOf(reported))
  }
  if (!Array.isArray(response.output)) return
  // An item is part of the output; what a search found was part of the input as well.
  for (const [index, item] of response.output.entries()) {
    ownItem(item, onId, reported && tokensOfItem(item, reported.usage))
    measured.tools.note(item, index)
  }
}

/** As the member `error` of a response has it. */
const errorOfResponse = ({ code, message }: OpenAiError) => ({ code, message })

function splicesFor(
  scan: JsonObjectScan,
  bytes: Buffer,
  alias: string | undefined,
  error: OpenAiError | undefined,
): Splice[] {
  const response = memberOf(scan, 'response')
  const inner = response ? scanObject(bytes, response.valueStart, response.valueEnd) : undefined
  if (!inner?.ok) return []
  const model = alias === undefined ? undefined : memberOf(inner.value, 'model')
  const failure = memberOf(inner.value, 'error')
  const splices: Splice[] = []
  if (model) splices.push({ start: model.valueStart, end: model.valueEnd, text: JSON.stringify(alias) })
  if (failure && error) {
    const text = JSON.stringify(errorOfResponse(error))
    splices.push({ start: failure.valueStart, end: failure.valueEnd, text })
  }
  return splices
}
