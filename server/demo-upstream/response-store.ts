// Remembers responses and their output items for `previous_response_id` and `item_reference`, as OpenAI does where `store`
// is not false. Bounded: the oldest are forgotten first.
import type { Turn } from './conversation.ts'
import type { JsonObject } from './json.ts'
import type { StreamEvent } from './scenario.ts'

/** A response as it is read again under its id. */
export interface StoredResponse {
  readonly response: JsonObject
  readonly inputItems: readonly JsonObject[]
  /** Its events once more. */
  readonly play: () => Iterable<StreamEvent>
}

const RESPONSES_MAX = 2_000
const ITEMS_MAX = 10_000
const CHARACTERS_MAX = 16 * 1024 * 1024

interface Kept {
  readonly turns: readonly Turn[]
  readonly characters: number
  readonly stored: StoredResponse | undefined
}

export class ResponseStore {
  readonly #conversations = new Map<string, Kept>()
  readonly #items = new Map<string, Turn>()
  #characters = 0

  /** The whole conversation up to and including a response. */
  conversationOf(responseId: string): readonly Turn[] | undefined {
    return this.#conversations.get(responseId)?.turns
  }

  item(id: string): Turn | undefined {
    return this.#items.get(id)
  }

  responseOf(responseId: string): StoredResponse | undefined {
    return this.#conversations.get(responseId)?.stored
  }

  forget(responseId: string): void {
    this.#characters -= this.#conversations.get(responseId)?.characters ?? 0
    this.#conversations.delete(responseId)
  }

  keep(
    responseId: string,
    turns: readonly Turn[],
    items: ReadonlyMap<string, Turn>,
    stored?: StoredResponse,
  ): void {
    const characters = turns.reduce((sum, turn) => sum + turn.text.length, 0)
    this.#conversations.set(responseId, { turns, characters, stored })
    this.#characters += characters
    for (const [id, turn] of items) this.#items.set(id, turn)
    this.#forgetOldest()
  }

  clear(): void {
    this.#conversations.clear()
    this.#items.clear()
    this.#characters = 0
  }

  /** A Map keeps the order of insertion. */
  #forgetOldest(): void {
    for (const [id, kept] of this.#conversations) {
      if (this.#conversations.size <= RESPONSES_MAX && this.#characters <= CHARACTERS_MAX) break
      this.#conversations.delete(id)
      this.#characters -= kept.characters
    }
    for (const id of this.#items.keys()) {
      if (this.#items.size <= ITEMS_MAX) break
      this.#items.delete(id)
    }
  }
}
