// Reads a streamed response: usage and tier from whichever event ends it, the ids that belong to the user from the events
// that create them, and renames an aliased model back. Deltas are passed on unread.
import { parseResponsesUsage } from '../ledger/token-usage.ts'
import { editEvent, parseObject } from './chat-stream.ts'
import { type JsonObjectScan, memberOf, type Splice, scanObject } from './json-scan.ts'
import { readEvent } from './sse.ts'
import {
  type EventVerdict,
  type Measured,
  nothingMeasured,
  PASS,
  type StreamReader,
  textBytesBehind,
} from './stream-meter.ts'

const DELTA_LINE = /^event: ?[a-z_.]+\.delta[\r\n]/
const DELTA_TEXT = Buffer.from('"delta":"')
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

  function readParsed(event: Buffer, message: Record<string, unknown>, name: string | undefined): EventVerdict {
    const type = typeof message.type === 'string' ? message.type : name
    if (typeof message.sequence_number === 'number') sequenceNumber = message.sequence_number
    if (type === undefined) return PASS
    if (ITEM_TYPES.has(type)) ownItem(message.item, onId)
    const response = asObject(message.response)
    if (response) takeResponse(response, measured, onId)
    if (type === 'response.failed' || type === 'error') measured.hasFailed = true
    const bytes = response && alias !== undefined ? renamed(event, alias) : event
    if (FINAL_TYPES.has(type)) return { kind: 'withhold', bytes, isFinal: true }
    return bytes === event ? PASS : { kind: 'replace', bytes }
  }

  return {
    measured,
    read(event) {
      measured.textBytes += textBytesBehind(event, DELTA_TEXT)
      if (DELTA_LINE.test(event.toString('latin1', 0, 80))) return PASS
      const fields = readEvent(event)
      const message = parseObject(fields.data)
      return message ? readParsed(event, message, fields.name) : PASS
    },
    errorEvent: ({ code, message, param }) => {
      const data = { type: 'error', code, message, param, sequence_number: sequenceNumber + 1 }
      return Buffer.from(`event: error\ndata: ${JSON.stringify(data)}\n\n`)
    },
  }
}

const asObject = (value: unknown): Record<string, unknown> | undefined =>
  // An object parsed from JSON has string names and unknown values.
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined

function ownItem(item: unknown, onId: ResponsesStreamOptions['onId']): void {
  const id = asObject(item)?.id
  if (typeof id === 'string' && id !== '') onId('item', id)
}

/** Takes from a response object what is to be known of it; used for whole answers as well. */
export function takeResponse(
  response: Record<string, unknown>,
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
  if (Array.isArray(response.output)) for (const item of response.output) ownItem(item, onId)
}

function renamed(event: Buffer, alias: string): Buffer {
  return editEvent(event, readEvent(event), (scan, bytes) => modelInResponse(scan, bytes, alias))
}

function modelInResponse(scan: JsonObjectScan, bytes: Buffer, alias: string): Splice[] {
  const response = memberOf(scan, 'response')
  const inner = response ? scanObject(bytes, response.valueStart, response.valueEnd) : undefined
  const model = inner?.ok ? memberOf(inner.value, 'model') : undefined
  return model ? [{ start: model.valueStart, end: model.valueEnd, text: JSON.stringify(alias) }] : []
}
