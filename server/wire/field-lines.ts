// Header fields as they stand on the wire, in either direction: lines of bytes to names and values. Strict (RFC 9112, section
// 5): what two readers could understand in two ways is understood in none.

/** Names in lower case; what stood more than once has all its values, in their order. Inherits nothing. */
export type Fields = Record<string, string | string[]>

/** An object without a prototype that keeps its members as fast as one with it, which `Object.create(null)` does not. */
const NoFields = function NoFields() {} as unknown as new () => Fields // a function that is called with `new` makes its prototype's objects
NoFields.prototype = Object.create(null)

/** A name is a token, and nothing stands between it and its colon; a value has no control character but tabs; CR and LF end a line. */
const FIELD_LINES = /(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*/y

const SPACE = 0x20
const TAB = 0x09

/** Adds a field to those that stood before it, or says that it is not to stand there. */
type TakeField = (fields: Fields, name: string, value: string) => boolean

/**
 * The fields in `text` (Latin-1) from `from` to its end, each behind it with CR and LF; undefined where anything else stands
 * there, where one is not taken, or where there are more than `countMax`. Values without the white space around them.
 */
export function parseFieldLines(
  text: string,
  from: number,
  take: TakeField = takeAny,
  countMax = Number.POSITIVE_INFINITY,
): Fields | undefined {
  FIELD_LINES.lastIndex = from
  if (!FIELD_LINES.test(text) || FIELD_LINES.lastIndex !== text.length) return undefined
  const fields = new NoFields()
  let count = 0
  for (let at = from; at < text.length; ) {
    count += 1
    if (count > countMax) return undefined
    const colon = text.indexOf(':', at)
    // No value has one without the other. A search for a single character takes a fraction of one for two.
    const end = text.indexOf('\r', colon)
    const name = text.slice(at, colon).toLowerCase()
    if (!take(fields, name, trimmed(text, colon + 1, end))) return undefined
    at = end + 2
  }
  return fields
}

export const copyOfFields = <Some extends Fields>(fields: Some): Some =>
  Object.assign(new NoFields(), fields) as Some // which has the same members

function takeAny(fields: Fields, name: string, value: string): boolean {
  const known = fields[name]
  if (known === undefined) fields[name] = value
  else if (typeof known === 'string') fields[name] = [known, value]
  else known.push(value)
  return true
}

function trimmed(text: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && isBlank(text.charCodeAt(start))) start += 1
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1
  return text.slice(start, end)
}

const isBlank = (code: number): boolean => code === SPACE || code === TAB
