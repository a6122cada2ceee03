// Remembers responses and their output items for `previous_response_id` and `item_reference`, as OpenAI does where `store`
// is not false. Bounded: the oldest are forgotten first.
import type { Turn } from './conversation.ts'

const RESPONSES_MAX = 2_000
const ITEMS_MAX = 10_000

export class ResponseStore {
  readonly #conversations = new Map<string, readonly Turn[]>()
  readonly #items = new Map<string, Turn>()

  /** The whole conversation up to and including a response. */
  conversationOf(responseId: string): readonly Turn[] | undefined {
    return this.#conversations.get(responseId)
  }

  item(id: string): Turn | undefined {
    return this.#items.get(id)
  }

  keep(responseId: string, conversation: readonly Turn[], items: ReadonlyMap<string, Turn>): void {
    this.#conversations.set(responseId, conversation)
    for (const [id, turn] of items) this.#items.set(id, turn)
    forgetOldest(this.#conversations, RESPONSES_MAX)
    forgetOldest(this.#items, ITEMS_MAX)
  }

  clear(): void {
    this.#conversations.clear()
    this.#items.clear()
  }
}

/** A Map keeps the order of insertion. */
function forgetOldest(map: Map<string, unknown>, max: number): void {
  for (const key of map.keys()) {
    if (map.size <= max) return
    map.delete(key)
  }
}
