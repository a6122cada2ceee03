// Passes over JSON in its bytes without making anything of it (RFC 8259): where a value ends, and whether it is one at all. Each
// function is given the offset at which to begin and answers with the one behind, or -1 for what is no JSON. Whether the bytes
// are UTF-8 is left to others.

/** Deeper than anything that is answered; what is deeper counts as no JSON here. */
export const PASS_DEPTH_MAX = 24

const TAB = 0x09
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20
const QUOTE = 0x22
const PLUS = 0x2b
const COMMA = 0x2c
const MINUS = 0x2d
const POINT = 0x2e
const DIGIT_0 = 0x30
const COLON = 0x3a
const OPEN_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSE_BRACKET = 0x5d
const LOWER_E = 0x65
const LOWER_F = 0x66
const LOWER_N = 0x6e
const LOWER_T = 0x74
const LOWER_U = 0x75
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const TO_LOWER = 0x20
const ESCAPED: ReadonlySet<number> = new Set(Buffer.from('"\\/bfnrt'))
const HEX_DIGITS = 4

export const isSpace = (byte: number | undefined): boolean =>
  byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB

export const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= DIGIT_0 && byte < DIGIT_0 + 10

export function behindSpace(bytes: Buffer, from: number): number {
  let at = from
  while (at < bytes.length && isSpace(bytes[at])) at += 1
  return at
}

export function behindValue(bytes: Buffer, at: number, depth = 0): number {
  switch (bytes[at]) {
    case QUOTE:
      return behindText(bytes, at)
    case OPEN_BRACE:
      return depth === PASS_DEPTH_MAX ? -1 : behindObject(bytes, at, depth + 1)
    case OPEN_BRACKET:
      return depth === PASS_DEPTH_MAX ? -1 : behindList(bytes, at, depth + 1)
    case LOWER_T:
      return behindWord(bytes, at, 'true')
    case LOWER_F:
      return behindWord(bytes, at, 'false')
    case LOWER_N:
      return behindWord(bytes, at, 'null')
    default:
      return behindNumber(bytes, at)
  }
}

function behindObject(bytes: Buffer, from: number, depth: number): number {
  let at = behindSpace(bytes, from + 1)
  if (bytes[at] === CLOSE_BRACE) return at + 1
  for (;;) {
    at = bytes[at] === QUOTE ? behindText(bytes, at) : -1
    if (at < 0) return -1
    at = behindSpace(bytes, at)
    if (bytes[at] !== COLON) return -1
    at = behindValue(bytes, behindSpace(bytes, at + 1), depth)
    if (at < 0) return -1
    at = behindSpace(bytes, at)
    if (bytes[at] === CLOSE_BRACE) return at + 1
    if (bytes[at] !== COMMA) return -1
    at = behindSpace(bytes, at + 1)
  }
}

function behindList(bytes: Buffer, from: number, depth: number): number {
  let at = behindSpace(bytes, from + 1)
  if (bytes[at] === CLOSE_BRACKET) return at + 1
  for (;;) {
    at = behindValue(bytes, at, depth)
    if (at < 0) return -1
    at = behindSpace(bytes, at)
    if (bytes[at] === CLOSE_BRACKET) return at + 1
    if (bytes[at] !== COMMA) return -1
    at = behindSpace(bytes, at + 1)
  }
}

/** Of the text whose opening quote is at `from`. */
export function behindText(bytes: Buffer, from: number): number {
  const { length } = bytes
  let at = from + 1
  while (at < length) {
    const byte = bytes[at] ?? 0
    if (byte === QUOTE) return at + 1
    if (byte < SPACE) return -1
    if (byte !== BACKSLASH) at += 1
    else if (ESCAPED.has(bytes[at + 1] ?? 0)) at += 2
    else if (isUnicodeEscape(bytes, at)) at += 2 + HEX_DIGITS
    else return -1
  }
  return -1
}

function isUnicodeEscape(bytes: Buffer, at: number): boolean {
  if (bytes[at + 1] !== LOWER_U) return false
  for (let index = 0; index < HEX_DIGITS; index += 1)
    if (!isHexDigit(bytes[at + 2 + index] ?? 0)) return false
  return true
}

const isHexDigit = (byte: number): boolean => {
  const lower = byte | TO_LOWER
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66)
}

export function behindNumber(bytes: Buffer, from: number): number {
  let at = bytes[from] === MINUS ? from + 1 : from
  if (!isDigit(bytes[at])) return -1
  at = bytes[at] === DIGIT_0 ? at + 1 : behindDigits(bytes, at)
  if (bytes[at] === POINT) {
    if (!isDigit(bytes[at + 1])) return -1
    at = behindDigits(bytes, at + 1)
  }
  if (((bytes[at] ?? 0) | TO_LOWER) !== LOWER_E) return at
  const sign = bytes[at + 1]
  at += sign === PLUS || sign === MINUS ? 2 : 1
  return isDigit(bytes[at]) ? behindDigits(bytes, at) : -1
}

function behindDigits(bytes: Buffer, from: number): number {
  let at = from
  while (isDigit(bytes[at])) at += 1
  return at
}

export function behindWord(bytes: Buffer, from: number, word: string): number {
  for (let index = 0; index < word.length; index += 1)
    if (bytes[from + index] !== word.charCodeAt(index)) return -1
  return from + word.length
}
