// The chunks of a stream mostly differ in nothing but the text that they bring. One that is like a chunk which was looked at before
// need not be looked at byte by byte: what was said of that one holds for it.
import { paddingAt } from './chunk-names.ts'

const LF = 0x0a
const QUOTE = 0x22
const BACKSLASH = 0x5c
/** Below it are characters that JSON has escaped in every text, line ends among them. */
const SPACE = 0x20
/** Where so many chunks in a row were each unlike the one before, the others of the stream will be. */
const UNLIKE_MAX = 8
const TEXT_BYTES_MAX = 256

export class AlikeChunks {
  /** What stands before the text, and behind it up to the padding, with the quotes of the text. */
  #before: Buffer | undefined
  #behind: Buffer = Buffer.alloc(0)
  #unlike = 0

  /** A chunk whose only text is `bytes[textStart, textEnd)`, without an escape in it. Whether it was learnt from. */
  learn(bytes: Buffer, start: number, end: number, textStart: number, textEnd: number): boolean {
    const behindEnd = paddingAt(bytes, start, end)
    const hasOneLine = bytes.indexOf(LF, start) === end - 2
    if (behindEnd < textEnd || !hasOneLine || this.#unlike === UNLIKE_MAX) return false
    this.#unlike += 1
    // Copies, because the buffer is changed while its events pass on.
    this.#before = Buffer.from(bytes.subarray(start, textStart))
    this.#behind = Buffer.from(bytes.subarray(textEnd, behindEnd))
    return true
  }

  /** The bytes of the text of `bytes[start, end)`, where that is like the chunk that was learnt, or -1. */
  textBytesIn(bytes: Buffer, start: number, end: number): number {
    const before = this.#before
    if (before === undefined || this.#unlike === UNLIKE_MAX) return -1
    const behind = this.#behind
    const textStart = start + before.length
    const behindEnd = paddingAt(bytes, start, end)
    const textEnd = behindEnd - behind.length
    if (textEnd < textStart || textEnd - textStart > TEXT_BYTES_MAX) return -1
    for (let at = textStart; at < textEnd; at += 1) {
      const byte = bytes[at] ?? 0
      if (byte === QUOTE || byte === BACKSLASH || byte < SPACE) return -1
    }
    // It is short, and a call of what compares would cost more.
    for (let at = 0; at < behind.length; at += 1) if (bytes[textEnd + at] !== behind[at]) return -1
    if (bytes.compare(before, 0, before.length, start, textStart) !== 0) return -1
    this.#unlike = 0
    return textEnd - textStart
  }
}
