// Reads the head of a request as strictly as can be. What is not a plain POST with a body of a known length, each header once
// and nothing about the connection itself, is not refused here but left to node:http, which knows all of HTTP.

export interface PlainHead {
  /** The request target as it came. */
  readonly target: string
  /** By their names in lower case, each of which stood once. */
  readonly headers: Record<string, string>
  /** Of the body. */
  readonly bytes: number
  /** Whether the client wants the connection closed behind the answer. */
  readonly isLast: boolean
}

/** Node's limit for all headers together. */
export const HEAD_BYTES_MAX = 16 * 1024

/** Node reads no more than a thousand; clients send twenty. */
const FIELDS_MAX = 200

const START = 'POST '
const VERSION = ' HTTP/1.1'
/** A path, without any other server's name before it. */
const TARGET = /^\/[!-~]*$/
/** RFC 9110, "Tokens". */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** RFC 9110, "Field Values". */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
/** At most 9,999,999,999: what is too much is for others to say. */
const LENGTH = /^\d{1,10}$/
/** They say how the body or the connection is to be taken, or ask for an answer of their own. */
const NOT_PLAIN = new Set([
  'transfer-encoding',
  'expect',
  'upgrade',
  'trailer',
  'proxy-connection',
  'http2-settings',
])
const JSON_TYPE = /^application\/json\b/i

/** `text` is the head in latin1, without the empty line. Undefined where it is not plain. */
export function readPlainHead(text: string): PlainHead | undefined {
  const lineEnd = text.indexOf('\r\n')
  if (lineEnd < 0 || !text.startsWith(START) || !text.startsWith(VERSION, lineEnd - VERSION.length))
    return undefined
  const target = text.slice(START.length, lineEnd - VERSION.length)
  if (!TARGET.test(target)) return undefined
  const headers = headersIn(text, lineEnd + 2)
  if (!headers) return undefined
  const { connection, 'content-length': length, 'content-type': type } = headers
  if (headers.host === undefined || length === undefined || !LENGTH.test(length)) return undefined
  if (type !== undefined && !JSON_TYPE.test(type)) return undefined
  const wish = connection === undefined ? 'keep-alive' : connection.toLowerCase()
  if (wish !== 'keep-alive' && wish !== 'close') return undefined
  return {
    target,
    headers,
    bytes: Number(length),
    isLast: wish === 'close',
  }
}

function headersIn(text: string, start: number): Record<string, string> | undefined {
  const headers: Record<string, string> = {}
  let fields = 0
  for (let at = start; at < text.length; ) {
    fields += 1
    if (fields > FIELDS_MAX) return undefined
    const found = text.indexOf('\r\n', at)
    const lineEnd = found < 0 ? text.length : found
    const colon = text.indexOf(':', at)
    if (colon < 0 || colon > lineEnd) return undefined
    const name = text.slice(at, colon)
    const value = trimmed(text, colon + 1, lineEnd)
    if (!NAME.test(name) || !VALUE.test(value)) return undefined
    const key = name.toLowerCase()
    // Names that every object has are taken for one that was there already.
    if (headers[key] !== undefined || NOT_PLAIN.has(key)) return undefined
    headers[key] = value
    at = lineEnd + 2
  }
  return headers
}

/** Without the spaces and tabs around it. */
function trimmed(text: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && isBlank(text.charCodeAt(start))) start += 1
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1
  return text.slice(start, end)
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09
