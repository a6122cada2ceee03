// The items that a response said, as they may be said again in the input of the next request to an upstream that has not
// kept them.
import { isObject, type JsonObject } from '../json-object.ts'
import { applySplices, memberOf, removalOf, scanObject } from '../json-scan.ts'

/** What is longer than the longest body could never be sent again. */
const BYTES_MAX = 32 * 1024 * 1024

export class OutputItems {
  readonly #items: { readonly index: number; readonly bytes: Buffer }[] = []
  #bytes = 0
  #hasAny = false

  /** Whether no item has come, not even one that cannot be said again. */
  get isEmpty(): boolean {
    return !this.#hasAny
  }

  /** Takes the item of an event of type `response.output_item.done`, by the bytes that it came in. */
  take(data: string, message: JsonObject): void {
    this.#hasAny = true
    if (!isObject(message.item) || !canBeSaidAgain(message.item)) return
    const bytes = Buffer.from(data)
    const scan = scanObject(bytes)
    const member = scan.ok ? memberOf(scan.value, 'item') : undefined
    if (!member) return
    const item = withoutId(bytes.subarray(member.valueStart, member.valueEnd))
    const index = typeof message.output_index === 'number' ? message.output_index : this.#items.length
    this.#bytes += item.length
    if (this.#bytes <= BYTES_MAX) this.#items.push({ index, bytes: item })
  }

  /** In the order of the output, or undefined where they are too long to be said again. */
  all(): readonly Buffer[] | undefined {
    if (this.#bytes > BYTES_MAX) return undefined
    return this.#items.toSorted((a, b) => a.index - b.index).map(({ bytes }) => bytes)
  }
}

/** The items of a whole response. */
export const outputOf = ({ output }: JsonObject): readonly Buffer[] =>
  (Array.isArray(output) ? output : [])
    .filter(isObject)
    .filter(canBeSaidAgain)
    .map((item) => withoutId(Buffer.from(JSON.stringify(item))))

/** Reasoning that came without its content, sealed or not, was only ever kept at the upstream, and there it was not. */
const canBeSaidAgain = ({ type, encrypted_content: sealed, content }: JsonObject): boolean =>
  type !== 'reasoning' || typeof sealed === 'string' || (Array.isArray(content) && content.length > 0)

/** An id would be looked up where nothing is kept. Codex CLI leaves it out as well, when it sends a conversation again. */
function withoutId(item: Buffer): Buffer {
  const scan = scanObject(item)
  const id = scan.ok ? memberOf(scan.value, 'id') : undefined
  // A copy, so that the whole event is not kept in memory for one item of it.
  return scan.ok && id ? applySplices(item, [removalOf(scan.value, id)]) : Buffer.from(item)
}
