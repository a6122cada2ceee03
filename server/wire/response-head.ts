// The head of an answer as text, as Node's own would write it.
import { type OutgoingHttpHeaders, STATUS_CODES } from 'node:http'

/** RFC 9110, "Field Values". */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

type HeaderValue = OutgoingHttpHeaders[string]

/** The lines of a head, as they are put together. */
export class HeadLines {
  hasLength = false
  #text: string

  constructor(status: number) {
    this.#text = statusLine(status)
  }

  add(name: HeaderValue, value: HeaderValue): void {
    if (value === undefined) return
    if (Array.isArray(value)) for (const one of value) this.#addOne(String(name), one)
    else this.#addOne(String(name), String(value))
  }

  end(connection: string, isChunked: boolean): string {
    return `${this.#text}${dateLine()}${connection}${isChunked ? 'Transfer-Encoding: chunked\r\n\r\n' : '\r\n'}`
  }

  #addOne(name: string, value: string): void {
    // Every name is one of ours; a value may be an upstream's.
    if (!VALUE.test(value)) throw new TypeError(`The header ${name} has a character that no header may have.`)
    if (name === 'content-length') this.hasLength = true
    this.#text += lineStart(name) + value
  }
}

/** Beginnings of lines, each with the end of the line before: a head of many pieces is made, and put together, piece by piece. */
const starts = new Map<string | number, string>()
/** More than there are names of ours, and statuses. */
const STARTS_MAX = 500

const lineStart = (name: string): string => starts.get(name) ?? kept(name, `\r\n${name}: `)
const statusLine = (status: number): string =>
  starts.get(status) ?? kept(status, `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}`)

function kept(of: string | number, start: string): string {
  if (starts.size < STARTS_MAX) starts.set(of, start)
  return start
}

export const CLOSE = 'Connection: close\r\n'
export const keepAliveLines = (seconds: number): string =>
  `Connection: keep-alive\r\nKeep-Alive: timeout=${seconds}\r\n`

export function flat(headers: OutgoingHttpHeaders): HeaderValue[] {
  const list: HeaderValue[] = []
  for (const name in headers) list.push(name, headers[name])
  return list
}

export function stands(list: readonly HeaderValue[], name: string | undefined): boolean {
  for (let at = 0; at < list.length; at += 2) if (list[at] === name) return true
  return false
}

let date = ''

/** To the second, and written once for each; between the line before and the one behind. */
function dateLine(): string {
  if (date !== '') return date
  date = `\r\nDate: ${new Date().toUTCString()}\r\n`
  setTimeout(
    () => {
      date = ''
    },
    1000 - (Date.now() % 1000),
  ).unref()
  return date
}
