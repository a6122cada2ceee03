// The thread that counts tokens; see token-counter.ts for what the count is for.
import { parentPort } from 'node:worker_threads'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { isObject } from './json-object.ts'
import type { CountAnswer } from './token-counter.ts'

/** Long runs without a break make the tokenizer quadratic; pieces of this length keep it linear and count no less. */
const PIECE_LENGTH = 1_000
/** Longer text fills every window there is (a token has four or five letters), so that its count could grant nothing. */
const TEXT_LENGTH_MAX = 8 * 1024 * 1024

type Members = Record<string, unknown>

function textOf(body: Uint8Array): string {
  const parsed: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
  if (isObject(parsed)) leaveImagesOut(parsed)
  return JSON.stringify(parsed)
}

/**
 * Takes out the base64 of exactly those images that the reading of a body noted, and holds for each of which it takes: a
 * text is counted whatever it looks like.
 */
function leaveImagesOut(body: Members): void {
  for (const message of objectsIn(body.messages)) {
    for (const part of Array.isArray(message.content) ? objectsIn(message.content) : []) {
      if (part.type !== 'image_url') continue
      if (isObject(part.image_url)) leaveOut(part.image_url, 'url')
      else leaveOut(part, 'image_url')
    }
  }
  for (const item of objectsIn(body.input)) {
    for (const part of [...objectsIn(item.content), ...objectsIn(item.output)]) {
      if (part.type === 'input_image' || part.type === 'computer_screenshot') leaveOut(part, 'image_url')
    }
  }
}

const objectsIn = (value: unknown): Members[] => (Array.isArray(value) ? value : [value]).filter(isObject)

function leaveOut(part: Members, name: string): void {
  const url = part[name]
  if (typeof url === 'string' && url.startsWith('data:')) part[name] = ''
}

function count(text: string): number | undefined {
  if (text.length > TEXT_LENGTH_MAX) return undefined
  let tokens = 0
  for (let at = 0; at < text.length; at += PIECE_LENGTH) {
    tokens += countTokens(text.slice(at, at + PIECE_LENGTH), { disallowedSpecial: new Set() })
  }
  return tokens
}

parentPort?.on('message', (body: Uint8Array) => {
  let tokens: number | undefined
  try {
    tokens = count(textOf(body))
  } catch {
    // Text that cannot be counted is bounded by its bytes, which is what undefined asks for.
    tokens = undefined
  }
  parentPort?.postMessage({ tokens } satisfies CountAnswer)
})
parentPort?.postMessage('ready')
