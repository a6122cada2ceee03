// Reads the head of a request as strictly as can be. What is not a plain POST with a body of a known length, each header once
// and nothing about the connection itself, is not refused here but left to node:http, which knows all of HTTP.
import { type Fields, parseFieldLines } from './field-lines.ts'

export interface PlainHead {
  /** The request target as it came. */
  readonly target: string
  /** By their names in lower case, each of which stood once. */
  readonly headers: Readonly<Record<string, string>>
  /** Of the body. */
  readonly bytes: number
  /** Whether the client wants the connection closed behind the answer. */
  readonly isLast: boolean
  /** The same for all heads of a connection that differ in nothing but the length of the body; undefined where none is known to. */
  readonly alike?: object
}

/** Node's limit for all headers together. */
export const HEAD_BYTES_MAX = 16 * 1024

/** Node reads no more than a thousand; clients send twenty. */
const FIELDS_MAX = 200

const START = 'POST '
const VERSION = ' HTTP/1.1'
/** A path, without any other server's name before it. */
const TARGET = /^\/[!-~]*$/
/** At most 9,999,999,999: what is too much is for others to say. */
const LENGTH = /^\d{1,10}$/
/**
 * They say how the body or the connection is to be taken, or ask for an answer of their own. The last two are names that every
 * object has.
 */
const NOT_PLAIN = new Set([
  'transfer-encoding',
  'expect',
  'upgrade',
  'trailer',
  'proxy-connection',
  'http2-settings',
  '__proto__',
  'constructor',
])
const JSON_TYPE = /^application\/json\b/i

/** `text` is the head in latin1, up to the empty line. Undefined where it is not plain. */
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

/** Each of them, where it stood once, and none says how the request is to be taken. */
function headersIn(text: string, start: number): Record<string, string> | undefined {
  const fields = parseFieldLines(text, start, takeOnce, FIELDS_MAX)
  return fields as Record<string, string> | undefined // none stood twice
}

function takeOnce(fields: Fields, name: string, value: string): boolean {
  if (fields[name] !== undefined || NOT_PLAIN.has(name)) return false
  fields[name] = value
  return true
}
