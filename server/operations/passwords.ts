// Passwords: hashed with argon2id, a few at a time, and compared in the same time whether or not the person exists.
import { hash, verify } from '@node-rs/argon2'

/** OWASP's first recommendation for argon2id: 19 MiB, two passes, one lane; about 14 ms of one core. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const HASHES_AT_ONCE_MAX = 2
const QUEUE_MAX = 64

export interface Passwords {
  /** The PHC string to store, or undefined where too many are waiting already. */
  hash(password: string): Promise<string | undefined>
  /**
   * Whether the password fits. Without a stored hash a dummy is computed, so that the answer takes as long for an unknown
   * person as for a wrong password. Undefined where too many are waiting already.
   */
  fits(storedHash: string | null | undefined, password: string): Promise<boolean | undefined>
}

export function createPasswords(randomBytes: (count: number) => Buffer): Passwords {
  // Nobody signs in before the start is over, which need not wait for it.
  const dummyHash = hash(randomBytes(32), ARGON2ID)
  dummyHash.catch(() => undefined)
  const limited = createQueue(HASHES_AT_ONCE_MAX, QUEUE_MAX)
  return {
    hash: (password) => limited(() => hash(composed(password), ARGON2ID)),
    fits: (storedHash, password) =>
      limited(async () => {
        const against = storedHash ?? (await dummyHash)
        const matches = await verify(against, composed(password))
        // Those of earlier versions were hashed as they had been typed.
        const fitsAsTyped = !matches && composed(password) !== password && (await verify(against, password))
        return (matches || fitsAsTyped) && typeof storedHash === 'string'
      }),
  }
}

/** One keyboard sends a letter and its accent as one character, another as two (RFC 8265, section 4.2: OpaqueString). */
const composed = (password: string): string => password.normalize('NFC')

/** Runs at most `atOnceMax` jobs, keeps at most `waitingMax` waiting, and answers undefined for one more. */
function createQueue(atOnceMax: number, waitingMax: number) {
  const waiting: (() => void)[] = []
  let running = 0
  return async <T>(job: () => Promise<T>): Promise<T | undefined> => {
    if (running >= atOnceMax) {
      if (waiting.length >= waitingMax) return undefined
      await new Promise<void>((start) => waiting.push(start))
    } else {
      running += 1
    }
    try {
      return await job()
    } finally {
      // The place goes to the next in line without ever being free, so that nobody can jump the queue.
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
