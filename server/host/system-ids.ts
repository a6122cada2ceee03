// The machine's source of ids and randomness: the one place where the product draws either.
import { randomBytes, randomFillSync } from 'node:crypto'
import { V7Generator } from 'uuidv7'
import type { Ids } from '../ports.ts'

export function createSystemIds(): Ids {
  const generator = new V7Generator({ nextUint32: createRandomNumbers() })
  return {
    // The generator keeps its order within a millisecond and while the clock steps back a little.
    next: () => textOf(generator.generate().bytes),
    randomBytes: (count) => randomBytes(count),
  }
}

const scratch = Buffer.alloc(16)

/** As RFC 9562 writes it. In one piece first: made digit by digit, it leaves a piece of memory behind for each. */
function textOf(bytes: Uint8Array): string {
  scratch.set(bytes)
  const hex = scratch.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
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
