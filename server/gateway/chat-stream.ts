// Reads a streamed chat completion: takes the usage from wherever it comes (the last one counts), undoes the usage chunk
// that the gateway asked for, and renames an aliased model back.
import { parseChatUsage } from '../ledger/reported-usage.ts'
import { AlikeChunks } from './alike-chunks.ts'
import {
  byLastLetter,
  ChunkNames,
  EMPTY_USAGE,
  emptyUsageAt,
  isObjectEvent,
  paddingAt,
} from './chunk-names.ts'
import { type JsonObject, parseObject } from './json-object.ts'
import {
  applySplices,
  type JsonObjectScan,
  memberOf,
  removalOf,
  type Splice,
  scanObject,
} from './json-scan.ts'
import { openAiErrorOf } from './openai-error.ts'
import { PassingEvent } from './passing-event.ts'
import type { MemberEdit, MemberPolicy, PassingRules } from './passing-json.ts'
import { type EventFields, readEvent } from './sse.ts'
import {
  DROP,
  type EventInPassing,
  type EventVerdict,
  HAS_TO_BE_READ,
  HEARTBEAT_COMMENT,
  type Measured,
  nothingMeasured,
  PASS,
  type StreamReader,
} from './stream-meter.ts'
import { judgeErrorIn, judgePassingError } from './upstream-errors.ts'

const DONE = Buffer.from('[DONE]')
/** `input` is of custom tools, which take text instead of arguments; `text` of legacy completions. */
const TEXT_NAMES = ['content', 'arguments', 'input', 'reasoning_content', 'refusal', 'text'] as const
const TEXTS = byLastLetter(TEXT_NAMES)
const NAMES_IN_PASSING = { entered: new Set<string>(), counted: new Set<string>(TEXT_NAMES) }

export interface ChatStreamOptions {
  /** The client did not ask for usage: what we asked for is taken out again, whole. */
  readonly isUsageInjected: boolean
  readonly alias: string | undefined
  /** The upstream's: an error that quotes it is not shown. */
  readonly apiKey?: string | undefined
}

export function createChatStreamReader({ isUsageInjected, alias, apiKey }: ChatStreamOptions): StreamReader {
  const measured = nothingMeasured()
  const mustEdit = isUsageInjected || alias !== undefined
  const names = new ChunkNames(TEXTS)
  const alike = new AlikeChunks()
  /** Whether the chunk that was learnt from says that it has no usage. */
  let hasEmptyUsage = false

  function readUsageChunk(event: Buffer, fields: EventFields): EventVerdict | undefined {
    const chunk = parseObject(fields.data)
    if (!chunk) return undefined
    takeFrom(chunk, measured)
    if (chunk.error !== undefined && chunk.error !== null) {
      measured.hasFailed = true
      const refused = judgeErrorIn(chunk, apiKey)
      return refused && { kind: 'replace', bytes: errorEvent(openAiErrorOf(refused)) }
    }
    if (chunk.usage === undefined || chunk.usage === null) return undefined
    const isUsageOnly = !Array.isArray(chunk.choices) || chunk.choices.length === 0
    if (isUsageInjected && isUsageOnly) return DROP
    // A stream may end here without [DONE]; nothing that ends one goes out before the charge is on disk.
    return isUsageOnly ? { kind: 'withhold', bytes: edited(event, fields), isFinal: false } : undefined
  }

  function edited(event: Buffer, fields: EventFields): Buffer {
    return mustEdit ? editEvent(event, fields, (scan) => splicesFor(scan, isUsageInjected, alias)) : event
  }

  return {
    measured,
    read(event) {
      names.read(event, 0, event.length)
      measured.textBytes += names.textBytes
      if (isDone(event)) return { kind: 'withhold', bytes: event, isFinal: true }
      const mayCarryUsage = names.hasUsage || names.hasError
      if (!mayCarryUsage && !mustEdit) return PASS
      const fields = readEvent(event)
      const verdict = mayCarryUsage ? readUsageChunk(event, fields) : undefined
      if (verdict) return verdict
      const bytes = edited(event, fields)
      return bytes === event ? PASS : { kind: 'replace', bytes }
    },
    glance(bytes, start, end) {
      // The first chunk is parsed for its id, and all are where a model has to be renamed.
      if (measured.responseId === null || alias !== undefined) return HAS_TO_BE_READ
      const textBytes = alike.textBytesIn(bytes, start, end)
      if (textBytes >= 0) {
        measured.textBytes += textBytes
        return isUsageInjected && hasEmptyUsage ? paddingAt(bytes, start, end) - EMPTY_USAGE.length : end
      }
      names.read(bytes, start, end)
      if (names.hasError || !isObjectEvent(bytes, start, end)) return HAS_TO_BE_READ
      const cutAt = names.hasUsage ? emptyUsageAt(bytes, start, end) : end
      if (cutAt < 0) return HAS_TO_BE_READ
      measured.textBytes += names.textBytes
      const { textStart, textEnd } = names
      if (textStart >= 0 && alike.learn(bytes, start, end, textStart, textEnd)) hasEmptyUsage = names.hasUsage
      return isUsageInjected ? cutAt : end
    },
    cutBytes: EMPTY_USAGE.length,
    passing: () => chunkInPassing(measured, { isUsageInjected, alias, apiKey }),
    mayEndWithUsage: true,
    heartbeat: () => HEARTBEAT_COMMENT,
    errorEvent,
  }
}

const isDone = (event: Buffer): boolean =>
  !isObjectEvent(event, 0, event.length) && event.includes(DONE) && readEvent(event).data?.trim() === '[DONE]'

/** The last report counts: some servers send what has been used so far on every chunk. */
function takeFrom(chunk: JsonObject, measured: Measured): void {
  if (typeof chunk.id === 'string') measured.responseId = chunk.id
  if (typeof chunk.service_tier === 'string') measured.serviceTier = chunk.service_tier
  const reported = parseChatUsage(chunk.usage)
  if (!reported) return
  measured.reported = reported
  measured.rawReported = JSON.stringify(chunk.usage)
}

/** A chunk too large to be kept is never the one that only brings the usage, nor the last event. */
function chunkInPassing(
  measured: Measured,
  { isUsageInjected, alias, apiKey }: ChatStreamOptions,
): EventInPassing {
  const rules: PassingRules = {
    names: NAMES_IN_PASSING,
    policyOf(path): MemberPolicy | undefined {
      if (path === 'error' || (path === 'usage' && isUsageInjected)) return 'edit'
      if (path === 'model') return alias === undefined ? undefined : 'edit'
      return path === 'id' || path === 'usage' || path === 'service_tier' ? 'take' : undefined
    },
    onValue: (path, json) => takeFrom(parseObject(`{"${path}":${json}}`) ?? {}, measured),
    edit(path, json): MemberEdit {
      if (path === 'model') return { json: JSON.stringify(alias) }
      if (path === 'usage') {
        takeFrom(parseObject(`{"usage":${json ?? null}}`) ?? {}, measured)
        return 'remove'
      }
      if (json === 'null') return 'leave'
      measured.hasFailed = true
      const refused = judgePassingError(json, apiKey)
      return refused ? { json: JSON.stringify(openAiErrorOf(refused)) } : 'leave'
    },
  }
  const event = new PassingEvent(rules)
  return {
    push: (piece) => event.push(piece),
    end() {
      measured.textBytes += event.textBytes
      return { rest: event.end(), isFinal: false }
    },
  }
}

const errorEvent: StreamReader['errorEvent'] = (error) =>
  Buffer.from(`data: ${JSON.stringify({ error })}\n\n`)

function splicesFor(scan: JsonObjectScan, isUsageInjected: boolean, alias: string | undefined): Splice[] {
  const splices: Splice[] = []
  const usage = isUsageInjected ? memberOf(scan, 'usage') : undefined
  if (usage) splices.push(removalOf(scan, usage))
  const model = alias === undefined ? undefined : memberOf(scan, 'model')
  if (model) splices.push({ start: model.valueStart, end: model.valueEnd, text: JSON.stringify(alias) })
  return splices
}

/** An event with its data spliced. Data on several lines is put on one; everything else keeps its bytes. */
export function editEvent(
  event: Buffer,
  fields: EventFields,
  splicesOf: (scan: JsonObjectScan, bytes: Buffer) => Splice[],
): Buffer {
  if (fields.data === undefined) return event
  const range = fields.dataRange
  if (range) {
    const scan = scanObject(event, range.start, range.end)
    return scan.ok ? applySplices(event, splicesOf(scan.value, event)) : event
  }
  const data = Buffer.from(fields.data)
  const scan = scanObject(data)
  if (!scan.ok) return event
  const splices = splicesOf(scan.value, data)
  if (splices.length === 0) return event
  const name = fields.name === undefined ? '' : `event: ${fields.name}\n`
  return Buffer.from(`${name}data: ${applySplices(data, splices).toString().replaceAll('\n', ' ')}\n\n`)
}
