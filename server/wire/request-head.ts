// The head of a request as bytes of HTTP/1.1, refusing whatever would be another request on the wire than it is here: a line
// end in a value is somebody's attempt at a second field, or a second request.
import { WireError } from './wire-error.ts'

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface HeadParts {
  readonly method: Method
  /** With its query; from the root. */
  readonly path: string
  /** Names and values in turn. */
  readonly headers?: readonly string[]
}

const PATH = /^\/[\x21-\xff]*$/
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const NO_VALUE = /[^\t\x20-\x7e\x80-\xff]/
const LENGTH = /^[0-9]{1,15}$/

/** What speaks of the connection, the host or the coding is this client's own. */
const OURS = new Set([
  'connection',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

const NO_HEADERS: readonly string[] = []

const FIELD = 1
const BODY_LENGTH = 2
/** What was found out about names that were sent before; most requests have no other ones. */
const knownNames = new Map<string, typeof FIELD | typeof BODY_LENGTH>()
const NAMES_KNOWN_MAX = 256

/**
 * The length that the headers announce for a body; undefined where they do not. Throws a WireError for a request that must not
 * be sent. `Content-Length` is written by `requestHead`, once.
 */
export function checkedLength({ path, headers = NO_HEADERS }: HeadParts): number | undefined {
  if (!PATH.test(path)) throw invalid('a path that is none')
  if (headers.length % 2 !== 0) throw invalid('a name without a value')
  let length: number | undefined
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? ''
    const value = headers[at + 1] ?? ''
    if (NO_VALUE.test(value)) throw invalid(`a value of ${JSON.stringify(name)} that is none`)
    const kind = knownNames.get(name) ?? kindOf(name)
    if (kind === FIELD) continue
    if (length !== undefined || !LENGTH.test(value)) throw invalid('a length that is none')
    length = Number(value)
  }
  return length
}

/** The whole head, its empty line included, out of parts that were checked before. */
export function requestHead(parts: HeadParts, host: string, length: number | undefined): string {
  const { method, path, headers = NO_HEADERS } = parts
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? ''
    if (knownNames.get(name) !== BODY_LENGTH && !isLength(name)) head += `${name}: ${headers[at + 1]}\r\n`
  }
  return length === undefined ? `${head}\r\n` : `${head}content-length: ${length}\r\n\r\n`
}

const isLength = (name: string): boolean => name.length === 14 && name.toLowerCase() === 'content-length'

function kindOf(name: string): typeof FIELD | typeof BODY_LENGTH {
  const lower = name.toLowerCase()
  if (!TOKEN.test(name) || OURS.has(lower)) throw invalid(`a header ${JSON.stringify(name)}`)
  const kind = lower === 'content-length' ? BODY_LENGTH : FIELD
  if (knownNames.size < NAMES_KNOWN_MAX) knownNames.set(name, kind)
  return kind
}

const invalid = (what: string): WireError =>
  new WireError('ERR_WIRE_INVALID_REQUEST', `a request cannot have ${what}`)
