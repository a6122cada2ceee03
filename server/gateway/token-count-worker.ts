// The thread that counts tokens; see token-counter.ts for what the count is for.
import { parentPort } from 'node:worker_threads'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import type { CountAnswer, CountRequest } from './token-counter.ts'

/** Long runs without a break make the tokenizer quadratic; pieces of this length keep it linear and count no less. */
const PIECE_LENGTH = 1_000

function textOf(body: Uint8Array): string {
  const parsed: unknown = JSON.parse(Buffer.from(body).toString('utf8'), (_name, value: unknown) =>
    typeof value === 'string' && value.startsWith('data:') ? '' : value,
  )
  return JSON.stringify(parsed)
}

function count(text: string): number {
  let tokens = 0
  for (let at = 0; at < text.length; at += PIECE_LENGTH) {
    tokens += countTokens(text.slice(at, at + PIECE_LENGTH), { disallowedSpecial: new Set() })
  }
  return tokens
}

parentPort?.on('message', ({ id, body }: CountRequest) => {
  let tokens: number | undefined
  try {
    tokens = count(textOf(body))
  } catch {
    // Text that cannot be counted is bounded by its bytes, which is what undefined asks for.
    tokens = undefined
  }
  const answer: CountAnswer = { id, tokens }
  parentPort?.postMessage(answer)
})
