// Finds the members of one JSON object in its bytes, without building it, so that a body or an event can be changed by
// splicing and is never written again. Text is taken to be UTF-8; what lies inside members is passed over, not judged.
import { fail, ok, type Result } from '../../contract/result.ts'

export interface JsonMember {
  readonly name: string
  /** Offset of the name's opening quote. */
  readonly nameStart: number
  readonly valueStart: number
  /** Offset behind the value's last byte. */
  readonly valueEnd: number
}

export interface JsonObjectScan {
  readonly members: readonly JsonMember[]
  /** Offset of the opening brace. */
  readonly start: number
  /** Offset of the closing brace. */
  readonly closingBrace: number
}

export type JsonScanProblem =
  | { readonly kind: 'not_an_object' }
  | { readonly kind: 'malformed'; readonly at: number }
  | { readonly kind: 'duplicate'; readonly name: string }

export interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const COMMA = 0x2c
const COLON = 0x3a

const isSpace = (byte: number | undefined) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

function skipSpace(bytes: Buffer, from: number): number {
  let at = from
  while (isSpace(bytes[at])) at += 1
  return at
}

/** Offset behind the closing quote of the string that opens at `from`, or -1. */
function stringEnd(bytes: Buffer, from: number, end: number): number {
  let at = from + 1
  for (;;) {
    const quote = bytes.indexOf(QUOTE, at)
    if (quote < 0 || quote >= end) return -1
    let backslashes = 0
    while (bytes[quote - 1 - backslashes] === BACKSLASH && quote - 1 - backslashes > from) backslashes += 1
    if (backslashes % 2 === 0) return quote + 1
    at = quote + 1
  }
}

/** Offset behind the value that starts at `from`, or -1. Nested values are passed over by counting their brackets. */
function valueEnd(bytes: Buffer, from: number, end: number): number {
  const first = bytes[from]
  if (first === QUOTE) return stringEnd(bytes, from, end)
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) {
    let at = from
    while (at < end) {
      const byte = bytes[at]
      if (byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || isSpace(byte)) break
      at += 1
    }
    return at > from ? at : -1
  }
  let depth = 0
  let at = from
  while (at < end) {
    const byte = bytes[at]
    if (byte === QUOTE) {
      at = stringEnd(bytes, at, end)
      if (at < 0) return -1
      continue
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1
    if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1
    at += 1
    if (depth === 0) return at
  }
  return -1
}

function nameOf(bytes: Buffer, start: number, end: number): string | undefined {
  const plain = bytes.toString('utf8', start + 1, end - 1)
  if (!plain.includes('\\')) return plain
  try {
    // An escaped name ("mod\u0065l") is the same name to whoever parses it, so it has to be the same to us.
    return String(JSON.parse(bytes.toString('utf8', start, end)))
  } catch {
    return undefined
  }
}

/** Scans the object whose text lies in `bytes[from, end)`. A name that stands twice is an error that names it. */
export function scanObject(
  bytes: Buffer,
  from = 0,
  end = bytes.length,
): Result<JsonObjectScan, JsonScanProblem> {
  const start = skipSpace(bytes, from)
  if (start >= end || bytes[start] !== OPEN_BRACE) return fail({ kind: 'not_an_object' })
  const members: JsonMember[] = []
  const names = new Set<string>()
  let at = skipSpace(bytes, start + 1)
  if (bytes[at] === CLOSE_BRACE) return closed(bytes, { members, start, closingBrace: at }, end)
  for (;;) {
    const nameStart = at
    const nameEnd = bytes[at] === QUOTE ? stringEnd(bytes, at, end) : -1
    const name = nameEnd < 0 ? undefined : nameOf(bytes, nameStart, nameEnd)
    if (name === undefined) return fail({ kind: 'malformed', at })
    at = skipSpace(bytes, nameEnd)
    if (bytes[at] !== COLON) return fail({ kind: 'malformed', at })
    const valueStart = skipSpace(bytes, at + 1)
    const behind = valueEnd(bytes, valueStart, end)
    if (behind < 0) return fail({ kind: 'malformed', at: valueStart })
    if (names.has(name)) return fail({ kind: 'duplicate', name })
    names.add(name)
    members.push({ name, nameStart, valueStart, valueEnd: behind })
    at = skipSpace(bytes, behind)
    if (bytes[at] === CLOSE_BRACE) return closed(bytes, { members, start, closingBrace: at }, end)
    if (bytes[at] !== COMMA) return fail({ kind: 'malformed', at })
    at = skipSpace(bytes, at + 1)
  }
}

function closed(bytes: Buffer, scan: JsonObjectScan, end: number): Result<JsonObjectScan, JsonScanProblem> {
  if (scan.closingBrace >= end) return fail({ kind: 'malformed', at: end })
  const behind = skipSpace(bytes, scan.closingBrace + 1)
  return behind >= end ? ok(scan) : fail({ kind: 'malformed', at: behind })
}

export const memberOf = (scan: JsonObjectScan, name: string): JsonMember | undefined =>
  scan.members.find((member) => member.name === name)

/** The splice that removes a member together with the comma that belongs to it. */
export function removalOf(scan: JsonObjectScan, member: JsonMember): Splice {
  const index = scan.members.indexOf(member)
  const next = scan.members[index + 1]
  if (next) return { start: member.nameStart, end: next.nameStart, text: '' }
  const previous = scan.members[index - 1]
  return { start: previous ? previous.valueEnd : member.nameStart, end: member.valueEnd, text: '' }
}

/** The splice that adds a member behind the last one; `text` is `"name":value`. */
export function additionOf(scan: JsonObjectScan, text: string): Splice {
  const last = scan.members.at(-1)
  const at = last ? last.valueEnd : scan.start + 1
  return { start: at, end: at, text: last ? `,${text}` : text }
}

/** The bytes with every splice applied. Splices must not overlap. */
export function applySplices(bytes: Buffer, splices: readonly Splice[]): Buffer {
  if (splices.length === 0) return bytes
  const pieces: Buffer[] = []
  let at = 0
  for (const splice of [...splices].sort((a, b) => a.start - b.start)) {
    pieces.push(bytes.subarray(at, splice.start), Buffer.from(splice.text))
    at = splice.end
  }
  pieces.push(bytes.subarray(at))
  return Buffer.concat(pieces)
}
