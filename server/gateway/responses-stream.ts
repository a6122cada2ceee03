// Reads a streamed response: usage and tier from whichever event ends it, the ids that belong to the user from the events
// that create them, and renames an aliased model back. Deltas are passed on unread.
import { parseResponsesUsage, type TokenUsage } from '../ledger/token-usage.ts'
import { editEvent } from './chat-stream.ts'
import { isObject, type JsonObject, parseObject } from './json-object.ts'
import { type JsonObjectScan, memberOf, type Splice, scanObject } from './json-scan.ts'
import { type OpenAiError, openAiErrorOf } from './openai-error.ts'
import { readEvent } from './sse.ts'
import {
  type EventVerdict,
  type Measured,
  nothingMeasured,
  PASS,
  type StreamReader,
  textBytesBehind,
} from './stream-meter.ts'
import { judgeStreamError } from './upstream-errors.ts'

const DELTA_LINE = /^event: ?[a-z_.]+\.delta[\r\n]/
const DELTA_TEXT = Buffer.from('"delta":')
const FINAL_TYPES = new Set(['response.completed', 'response.incomplete', 'response.failed', 'error'])
const ITEM_TYPES = new Set(['response.output_item.added', 'response.output_item.done'])

export interface ResponsesStreamOptions {
  readonly alias: string | undefined
  /** Called before the event that carries the id is passed on. */
  readonly onId: (kind: 'response' | 'item', id: string, tokens?: number) => void
}

export function createResponsesStreamReader({ alias, onId }: ResponsesStreamOptions): StreamReader {
  const measured = nothingMeasured()
  let sequenceNumber = -1

  function readParsed(event: Buffer, message: JsonObject, name: string | undefined): EventVerdict {
    // Some servers break off with a bare `{"error":…}`, as chat streams do.
    const bareError = isObject(message.error) ? 'error' : undefined
    const type = typeof message.type === 'string' ? message.type : (name ?? bareError)
    if (typeof message.sequence_number === 'number') sequenceNumber = message.sequence_number
    if (type === undefined) return PASS
    if (ITEM_TYPES.has(type)) ownItem(message.item, onId)
    const response = isObject(message.response) ? message.response : undefined
    if (response) takeResponse(response, measured, onId)
    if (type === 'response.failed' || type === 'error') measured.hasFailed = true
    const bytes = type === 'error' ? safeError(event, message) : edited(event, response)
    if (FINAL_TYPES.has(type)) return { kind: 'withhold', bytes, isFinal: true }
    return bytes === event ? PASS : { kind: 'replace', bytes }
  }

  /** An error that speaks of the operator's account is told in our words. */
  function safeError(event: Buffer, message: JsonObject): Buffer {
    const refused = judgeStreamError(isObject(message.error) ? message.error : message)
    return refused ? errorEvent(openAiErrorOf(refused), sequenceNumber) : event
  }

  function edited(event: Buffer, response: JsonObject | undefined): Buffer {
    const refused = isObject(response?.error) ? judgeStreamError(response.error) : undefined
    if (alias === undefined && !refused) return event
    const error = refused && openAiErrorOf(refused)
    return editEvent(event, readEvent(event), (scan, bytes) => splicesFor(scan, bytes, alias, error))
  }

  return {
    measured,
    read(event) {
      measured.textBytes += textBytesBehind(event, DELTA_TEXT)
      if (DELTA_LINE.test(event.toString('latin1', 0, 80))) {
        // Events are numbered one by one, so that a delta needs not be read for its number.
        sequenceNumber += 1
        return PASS
      }
      const fields = readEvent(event)
      const message = parseObject(fields.data)
      return message ? readParsed(event, message, fields.name) : PASS
    },
    errorEvent: (error) => errorEvent(error, sequenceNumber + 1),
  }
}

function errorEvent({ code, message, param }: OpenAiError, sequenceNumber: number): Buffer {
  const data = { type: 'error', code, message, param, sequence_number: sequenceNumber }
  return Buffer.from(`event: error\ndata: ${JSON.stringify(data)}\n\n`)
}

function ownItem(item: unknown, onId: ResponsesStreamOptions['onId'], tokens?: number): void {
  const id = isObject(item) ? item.id : undefined
  if (typeof id === 'string' && id !== '') onId('item', id, tokens)
}

const tokensOfItem = (item: unknown, { inputTokens, outputTokens }: TokenUsage): number =>
  isObject(item) && item.type === 'web_search_call' ? inputTokens + outputTokens : outputTokens

/** Takes from a response object what is to be known of it; used for whole answers as well. */
export function takeResponse(
  response: JsonObject,
  measured: Measured,
  onId: ResponsesStreamOptions['onId'],
): void {
  const reported = parseResponsesUsage(response.usage, response.tool_usage)
  if (reported) {
    measured.reported = reported
    measured.rawReported = JSON.stringify({ usage: response.usage, tool_usage: response.tool_usage })
  }
  if (typeof response.service_tier === 'string') measured.serviceTier = response.service_tier
  if (typeof response.id === 'string' && response.id !== '') {
    measured.responseId = response.id
    const tokens = reported ? reported.usage.inputTokens + reported.usage.outputTokens : undefined
    onId('response', response.id, tokens)
  }
  if (!Array.isArray(response.output)) return
  // An item is part of the output; what a search found was part of the input as well.
  for (const item of response.output) ownItem(item, onId, reported && tokensOfItem(item, reported.usage))
}

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
  const failure = error === undefined ? undefined : memberOf(inner.value, 'error')
  const said = error && { code: error.code, message: error.message }
  return [
    ...(model ? [{ start: model.valueStart, end: model.valueEnd, text: JSON.stringify(alias) }] : []),
    ...(failure ? [{ start: failure.valueStart, end: failure.valueEnd, text: JSON.stringify(said) }] : []),
  ]
}
