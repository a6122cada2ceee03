// The machine's source of ids and randomness: the one place where the product draws either.
import { randomBytes, randomFillSync } from 'node:crypto'
import { V7Generator } from 'uuidv7'
import type { Ids } from '../ports.ts'

export function createSystemIds(): Ids {
  const generator = new V7Generator({ nextUint32: createRandomNumbers() })
  return {
    // The generator keeps its order within a millisecond and while the clock steps back a little.
    next: () => textOf(generator.generate().bytes),
    nextRequestId: () => requestIdOf(generator.generate().bytes),
    randomBytes: (count) => randomBytes(count),
  }
}

const DIGITS = Buffer.from('0123456789abcdef')
// Put together in bytes: made of pieces of text, an id leaves a piece of memory behind for each.
const text = Buffer.from('00000000-0000-0000-0000-000000000000')
const requestText = Buffer.from(`req_${'0'.repeat(32)}`)
/** Bytes that a hyphen stands before. */
const BEHIND_HYPHEN: ReadonlySet<number> = new Set([4, 6, 8, 10])

/** As RFC 9562 writes it. */
function textOf(bytes: Uint8Array): string {
  let at = 0
  for (let place = 0; place < bytes.length; place += 1) {
    if (BEHIND_HYPHEN.has(place)) at += 1
    putByte(text, at, bytes[place] ?? 0)
    at += 2
  }
  return text.toString('latin1')
}

function requestIdOf(bytes: Uint8Array): string {
  for (let place = 0; place < bytes.length; place += 1) putByte(requestText, 4 + 2 * place, bytes[place] ?? 0)
  return requestText.toString('latin1')
}

function putByte(into: Buffer, at: number, byte: number): void {
  into[at] = DIGITS[byte >> 4] ?? 0
  into[at + 1] = DIGITS[byte & 0xf] ?? 0
}

/** Every request takes a few, and asking the system for them one by one costs more than all else about an id. */
const NUMBERS_AT_ONCE = 1_024

function createRandomNumbers(): () => number {
  const numbers = new Uint32Array(NUMBERS_AT_ONCE)
  let next = NUMBERS_AT_ONCE
  return () => {
    if (next === NUMBERS_AT_ONCE) {
      randomFillSync(numbers)
      next = 0
    }
    const number = numbers[next] ?? 0
    // What was given out is nobody's to read again.
    numbers[next] = 0
    next += 1
    return number
  }
}
