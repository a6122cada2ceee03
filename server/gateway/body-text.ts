// What of a body is parsed: all of it, except that long texts are cut to their beginning and their length. Nothing that is
// decided about a body needs more of them, and an image of thirty megabytes is then as quickly read as its name.
import { SHORT_TEXT_BYTES_MAX } from './body-scan.ts'

const BACKSLASH = 0x5c
const LOWER_U = 0x75
/** Enough to see what a text is, such as `data:image/png;base64,`. */
export const BEGINNING_BYTES_MAX = 64

/**
 * A cut text is longer than any other can be, because it ends in this: a text of at most so many bytes never has more
 * characters. Behind it stands the number of bytes that were between the quotes.
 */
export const CUT = `${' '.repeat(SHORT_TEXT_BYTES_MAX)}#`

/**
 * The body's text with its long texts cut, and with its names in plain letters; `longTexts` and `escapedNames` as the scan of a
 * body finds them. V8 takes a name for the one that stood in its place in an earlier text where the beginnings of both look alike
 * before escapes are read: behind `{"tool\\":…}` it reads `{"tool\u0073":…}` as the same, and what decides by the names of
 * members would not see the tools that the upstream sees (JSON.parse of V8 13.6).
 */
export function cutText(
  body: Buffer,
  longTexts: readonly number[],
  escapedNames: readonly number[] = [],
): string {
  if (longTexts.length === 0 && escapedNames.length === 0) return body.toString('utf8')
  let text = ''
  let at = 0
  let index = 0
  let nameIndex = 0
  while (index < longTexts.length || nameIndex < escapedNames.length) {
    const longStart = longTexts[index] ?? Number.POSITIVE_INFINITY
    const nameStart = escapedNames[nameIndex] ?? Number.POSITIVE_INFINITY
    if (nameStart < longStart) {
      const end = escapedNames[nameIndex + 1] ?? 0
      text += body.toString('utf8', at, nameStart) + plainName(body.toString('utf8', nameStart, end))
      at = end
      nameIndex += 2
    } else {
      const end = longTexts[index + 1] ?? 0
      text += `${body.toString('utf8', at, endOfBeginning(body, longStart + 1))}${CUT}${end - longStart - 2}`
      at = end - 1
      index += 2
    }
  }
  return text + body.toString('utf8', at)
}

/** Without any escape that it can be without. What is no text stays what it is. */
function plainName(written: string): string {
  try {
    return JSON.stringify(JSON.parse(written))
  } catch {
    return written
  }
}

/** How many bytes a text of the parsed body takes in the body itself; without its escapes where it was not cut. */
export function bytesOfText(text: string): number {
  const cut = text.length > SHORT_TEXT_BYTES_MAX ? text.lastIndexOf(CUT) : -1
  return cut < 0 ? Buffer.byteLength(text) : Number(text.slice(cut + CUT.length))
}

/** Where a beginning of `from` ends that cuts no character and no escape in two. */
export function endOfBeginning(body: Buffer, from: number): number {
  let at = from
  for (;;) {
    const next = at + bytesOfCharacter(body, at)
    if (next > from + BEGINNING_BYTES_MAX) return at
    at = next
  }
}

function bytesOfCharacter(body: Buffer, at: number): number {
  const byte = body[at] ?? 0
  if (byte === BACKSLASH) return body[at + 1] === LOWER_U ? 6 : 2
  if (byte < 0x80) return 1
  if (byte < 0xe0) return 2
  return byte < 0xf0 ? 3 : 4
}
