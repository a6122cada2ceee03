// Ids in OpenAI's forms, unique per instance of the demo upstream and repeatable for a given seed.
import { createHash } from 'node:crypto'

export class DemoIds {
  readonly #seed: string
  #count = 0

  constructor(seed: string) {
    this.#seed = seed
  }

  /** `prefix` and `length` hexadecimal digits (64 at most). */
  next(prefix: string, length = 48): string {
    this.#count += 1
    const digest = createHash('sha256').update(`${this.#seed}:${this.#count}`).digest('hex')
    return prefix + digest.slice(0, length)
  }
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/**
 * OpenAI pads streamed deltas with an `obfuscation` member, so that an eavesdropper cannot read words off the lengths of
 * packets. The padding here brings a delta to a multiple of 16 characters, with at least one.
 */
export function createObfuscation(): (delta: string) => string {
  let state = 0x2f6e2b1
  return (delta) => {
    const length = 16 - (delta.length % 16)
    let text = ''
    for (let at = 0; at < length; at += 1) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
      text += LETTERS[(state >>> 16) % LETTERS.length]
    }
    return text
  }
}
