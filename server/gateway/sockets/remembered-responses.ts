// What one connection remembers of its latest responses, so that the next frame may go on from one by its id although the
// upstream does not keep it (OpenAI, "WebSocket Mode"). It dies with the connection, and nobody else can name what is in it.
import type { BodyMemory, BodyShare } from '../body-memory.ts'
import type { Earlier } from './create-frame.ts'

/** The latest ones: as many as answers may run at once on one connection. */
const RESPONSES_MAX = 16
/** What is longer than the longest body could never be sent again. */
const BYTES_MAX = 32 * 1024 * 1024

interface Kept {
  readonly earlier: Earlier
  readonly bytes: number
  readonly share: BodyShare
}

export class RememberedResponses {
  readonly #memory: BodyMemory
  readonly #userId: string
  /** The oldest first. */
  readonly #kept = new Map<string, Kept>()
  #bytes = 0

  /** `memory` is shared by all connections, and bounds what those of one person remember together. */
  constructor(memory: BodyMemory, userId: string) {
    this.#memory = memory
    this.#userId = userId
  }

  find(id: string): Earlier | undefined {
    return this.#kept.get(id)?.earlier
  }

  /** Older ones make room. Where there is none all the same, it is not kept: whoever names it sends everything again. */
  keep(id: string, earlier: Earlier): void {
    this.#forget(id)
    const bytes = earlier.items.reduce((sum, item) => sum + item.length, 0)
    if (bytes > BYTES_MAX) return
    const share = this.#memory.shareFor(this.#userId)
    while (this.#kept.size >= RESPONSES_MAX || this.#bytes + bytes > BYTES_MAX || !share.grow(bytes)) {
      if (!this.#forgetOldest()) return
    }
    this.#kept.set(id, { earlier, bytes, share })
    this.#bytes += bytes
  }

  clear(): void {
    while (this.#forgetOldest());
  }

  #forgetOldest(): boolean {
    const [oldest] = this.#kept.keys()
    return oldest !== undefined && this.#forget(oldest)
  }

  #forget(id: string): boolean {
    const kept = this.#kept.get(id)
    if (!kept) return false
    this.#kept.delete(id)
    this.#bytes -= kept.bytes
    kept.share.release()
    return true
  }
}
