// Counts the input of a request, and how much of it the demo upstream has cached.
import { createHash } from 'node:crypto'

export interface InputCount {
  readonly inputTokens: number
  /** Part of `inputTokens`. */
  readonly cachedTokens: number
  /** Part of `inputTokens`, never of `cachedTokens`. */
  readonly cacheWriteTokens: number
}

const TOKENS_PER_BLOCK = 128
const BYTES_PER_BLOCK = TOKENS_PER_BLOCK * 4
/** OpenAI caches prompts of at least this size. */
const CACHEABLE_TOKENS_MIN = 1_024
const BLOCKS_PER_PROMPT_MAX = 8_192
const REMEMBERED_BLOCKS_MAX = 100_000

/**
 * The rule: the text of a prompt is cut into blocks of 128 tokens (512 bytes of UTF-8). A block is cached when this
 * instance has seen the same block before, for the same model and behind the same beginning. From 1,024 tokens on, the
 * cached blocks at the beginning count as `cached_tokens`, and the whole blocks behind them as `cache_write_tokens`; what
 * is left (less than a block, and whatever is no text) is neither. Below 1,024 tokens both are zero, and nothing is kept.
 */
export class PromptCache {
  readonly #seen = new Set<string>()

  /** `otherTokens` are those that are no text: the frame of each message, and images. */
  measure(model: string, text: string, otherTokens: number): InputCount {
    const bytes = Buffer.from(text)
    const inputTokens = Math.ceil(bytes.length / 4) + otherTokens
    if (inputTokens < CACHEABLE_TOKENS_MIN) return { inputTokens, cachedTokens: 0, cacheWriteTokens: 0 }
    const blocks = Math.min(Math.floor(bytes.length / BYTES_PER_BLOCK), BLOCKS_PER_PROMPT_MAX)
    let cachedBlocks = 0
    let hash = model
    for (let at = 0; at < blocks; at += 1) {
      const block = bytes.subarray(at * BYTES_PER_BLOCK, (at + 1) * BYTES_PER_BLOCK)
      hash = createHash('sha1').update(hash).update(block).digest('base64')
      if (cachedBlocks === at && this.#seen.has(hash)) cachedBlocks += 1
      else this.#remember(hash)
    }
    return {
      inputTokens,
      cachedTokens: cachedBlocks * TOKENS_PER_BLOCK,
      cacheWriteTokens: (blocks - cachedBlocks) * TOKENS_PER_BLOCK,
    }
  }

  clear(): void {
    this.#seen.clear()
  }

  #remember(hash: string): void {
    this.#seen.add(hash)
    if (this.#seen.size <= REMEMBERED_BLOCKS_MAX) return
    // A Set keeps the order of insertion, so its first entry is the oldest.
    for (const oldest of this.#seen) {
      this.#seen.delete(oldest)
      return
    }
  }
}
