// What a client sends over a socket: a frame that asks for a response. It is understood here as far as the socket has to, and
// made into the body of the same request over HTTP; what that costs and whether it is allowed is decided where every body's is.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import { type JsonObjectScan, memberOf } from '../json-scan.ts'
import { parseBody } from '../parsed-body.ts'
import { invalidParameter } from '../walk.ts'

export interface CreateFrame {
  readonly bytes: Buffer
  readonly scan: JsonObjectScan
  /** Frames of the same one are answered one after the other, and every event names it; undefined is one of its own. */
  readonly streamId: string | undefined
  /** False: nothing is to be generated, only remembered (`generate: false`). */
  readonly generates: boolean
  readonly previousResponseId: string | undefined
}

export interface FrameProblem {
  readonly refused: Refusal
  readonly streamId: string | undefined
}

/** What was said before a response, as far as the upstream does not keep it. */
export interface Earlier {
  /** The response behind all of it that the upstream does keep. */
  readonly previousResponseId: string | undefined
  /** Items, one or several of them in each piece, with commas between. */
  readonly items: readonly Buffer[]
}

const STREAM_ID = /^[\x21-\x7e]{1,64}$/

/** Within the bounds of every body: what is built of one is small, however it was made up. */
export function readFrame(bytes: Buffer): Result<CreateFrame, FrameProblem> {
  const parsed = parseBody(bytes)
  if (!parsed.ok) return fail({ refused: parsed.error, streamId: undefined })
  const { scan, value } = parsed.value
  const { type, stream_id: given, generate, previous_response_id: previous } = value
  const streamId = typeof given === 'string' && STREAM_ID.test(given) ? given : undefined
  const problem = (refused: Refusal) => fail({ refused, streamId })
  if (given !== undefined && given !== null && streamId === undefined) {
    return problem(invalidParameter('stream_id', 'it has to be a text of 1 to 64 printable characters.'))
  }
  if (type !== 'response.create') return problem(wrongType(type))
  const generates = generate ?? true
  if (typeof generates !== 'boolean')
    return problem(invalidParameter('generate', 'it has to be true or false.'))
  return ok({
    bytes,
    scan,
    streamId,
    generates,
    previousResponseId: typeof previous === 'string' ? previous : undefined,
  })
}

const wrongType = (type: unknown): Refusal =>
  typeof type === 'string'
    ? refusal('unsupported_event', { type: type.slice(0, 60) }, { param: 'type' })
    : refusal('missing_parameter', undefined, { param: 'type' })

const COMMA = Buffer.from(',')
const STREAMED = Buffer.from('"stream":true}')
/** Members that mean something to a socket alone. What a socket answers is always streamed. */
const OF_THE_SOCKET: ReadonlySet<string> = new Set(['type', 'generate', 'stream_id', 'stream'])
const REPLACED: ReadonlySet<string> = new Set(['input', 'previous_response_id'])

/**
 * The body of the same request over HTTP. Where something was said before that the upstream does not keep, it stands in front of
 * the frame's own input, in the place of the id. Members keep their bytes.
 */
export function bodyOf(frame: CreateFrame, earlier: Earlier | undefined, own: Buffer): Buffer {
  const pieces: Buffer[] = [Buffer.from('{')]
  for (const { name, nameStart, valueEnd } of frame.scan.members) {
    if (OF_THE_SOCKET.has(name) || (earlier && REPLACED.has(name))) continue
    pieces.push(frame.bytes.subarray(nameStart, valueEnd), COMMA)
  }
  if (earlier) {
    if (earlier.previousResponseId !== undefined) {
      pieces.push(Buffer.from(`"previous_response_id":${JSON.stringify(earlier.previousResponseId)},`))
    }
    const items = own.length > 0 ? [...earlier.items, own] : earlier.items
    pieces.push(Buffer.from('"input":['))
    for (const [index, item] of items.entries()) pieces.push(...(index === 0 ? [item] : [COMMA, item]))
    pieces.push(Buffer.from('],'))
  }
  pieces.push(STREAMED)
  return Buffer.concat(pieces)
}

/** The items of a frame's own input with the commas between them, or undefined where it is neither a text nor a list. */
export function ownItems({ bytes, scan }: CreateFrame): Buffer | undefined {
  const member = memberOf(scan, 'input')
  if (!member) return Buffer.alloc(0)
  const value = bytes.subarray(member.valueStart, member.valueEnd)
  const first = value.toString('latin1', 0, 1)
  if (first === '[') return trimmed(value.subarray(1, -1))
  if (first !== '"') return value.toString('latin1') === 'null' ? Buffer.alloc(0) : undefined
  return Buffer.concat([Buffer.from('{"type":"message","role":"user","content":'), value, Buffer.from('}')])
}

const SPACES: ReadonlySet<number | undefined> = new Set(Buffer.from(' \n\r\t'))

function trimmed(bytes: Buffer): Buffer {
  let start = 0
  let end = bytes.length
  while (start < end && SPACES.has(bytes[start])) start += 1
  while (end > start && SPACES.has(bytes[end - 1])) end -= 1
  return bytes.subarray(start, end)
}
