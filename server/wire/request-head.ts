// The head of a request as bytes of HTTP/1.1, refusing whatever would be another request on the wire than it is here: a line
// end in a value is somebody's attempt at a second field, or a second request.
import { WireError } from './wire-error.ts'

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface HeadParts {
  readonly method: Method
  /** With its query; from the root. */
  readonly path: string
  /** Names and values in turn, where they were not checked before. */
  readonly headers?: readonly string[] | RequestFields
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

const FIELD = 1
const BODY_LENGTH = 2
/** What was found out about names that were sent before; most requests have no other ones. */
const knownNames = new Map<string, typeof FIELD | typeof BODY_LENGTH>()
const NAMES_KNOWN_MAX = 256

/** What of a head stands before the length of the body. */
export interface HeadStart {
  readonly method: Method
  readonly path: string
  readonly host: string
  readonly text: string
  /** Once it was asked for twice. */
  bytes: Buffer | undefined
}

/** The fields of a request, checked and written out: whoever sends the same ones many times keeps them. */
export class RequestFields {
  /** Each with its line end, without `Content-Length`, which `headEnd` writes once. */
  readonly lines: string
  /** What they announce for the body; undefined where they do not. */
  readonly length: number | undefined
  #lastStart: HeadStart | undefined

  /** `headers`: names and values in turn. Throws a WireError where they must not be sent. */
  constructor(headers: readonly string[]) {
    if (headers.length % 2 !== 0) throw invalid('a name without a value')
    let lines = ''
    let length: number | undefined
    for (let at = 0; at < headers.length; at += 2) {
      const name = headers[at] ?? ''
      const value = headers[at + 1] ?? ''
      if (NO_VALUE.test(value)) throw invalid(`a value of ${JSON.stringify(name)} that is none`)
      if ((knownNames.get(name) ?? kindOf(name)) === FIELD) lines += `${name}: ${value}\r\n`
      else if (length !== undefined || !LENGTH.test(value)) throw invalid('a length that is none')
      else length = Number(value)
    }
    this.lines = lines
    this.length = length
  }

  /** The start of a head with these fields, for parts that were checked before. */
  startFor({ method, path }: HeadParts, host: string): HeadStart {
    const last = this.#lastStart
    if (last && last.method === method && last.path === path && last.host === host) {
      last.bytes ??= bytesOf(last.text)
      return last
    }
    const text = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n${this.lines}`
    this.#lastStart = { method, path, host, text, bytes: undefined }
    return this.#lastStart
  }
}

/** Memory of its own: one that is kept must not keep a larger piece that others share. */
function bytesOf(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(text.length)
  bytes.write(text, 'latin1')
  return bytes
}

const NO_FIELDS = new RequestFields([])

/** Throws a WireError for a request that must not be sent. */
export function checkedFields({ path, headers = NO_FIELDS }: HeadParts): RequestFields {
  if (!PATH.test(path)) throw invalid('a path that is none')
  return headers instanceof RequestFields ? headers : new RequestFields(headers)
}

/** What stands behind the start of a head, its empty line included. */
export const headEnd = (length: number | undefined): string =>
  length === undefined ? '\r\n' : `content-length: ${length}\r\n\r\n`

function kindOf(name: string): typeof FIELD | typeof BODY_LENGTH {
  const lower = name.toLowerCase()
  if (!TOKEN.test(name) || OURS.has(lower)) throw invalid(`a header ${JSON.stringify(name)}`)
  const kind = lower === 'content-length' ? BODY_LENGTH : FIELD
  if (knownNames.size < NAMES_KNOWN_MAX) knownNames.set(name, kind)
  return kind
}

const invalid = (what: string): WireError =>
  new WireError('ERR_WIRE_INVALID_REQUEST', `a request cannot have ${what}`)
