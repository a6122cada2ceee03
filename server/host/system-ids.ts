// The machine's source of ids and randomness: the one place where the product draws either.
import { randomBytes } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import type { Ids } from '../ports.ts'

export const createSystemIds = (): Ids => ({
  // The generator keeps its order within a millisecond and while the clock steps back a little.
  next: () => uuidv7(),
  randomBytes: (count) => randomBytes(count),
})
