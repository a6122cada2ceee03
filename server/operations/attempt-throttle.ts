// Slows down guessing: a token bucket for each name, which wrong attempts run dry and right ones leave as it was.
import type { Clock } from '../ports.ts'

interface Bucket {
  tokens: number
  filledAtMs: number
}

type Attempt = { readonly giveBack: () => void } | { readonly retryAfterMs: number }

export interface AttemptThrottle {
  /**
   * Takes one attempt, or says how long to wait. `giveBack` returns it: an attempt that succeeded was no guess. It is taken
   * before the attempt, so that many at once cannot slip through together.
   */
  take(name: string): Attempt
}

/** Beyond this the names used longest ago are forgotten; it bounds the memory that strangers can take. */
const NAMES_MAX = 10_000

export function createAttemptThrottle(
  clock: Pick<Clock, 'monotonicMs'>,
  { attemptsMax, refillMs }: { readonly attemptsMax: number; readonly refillMs: number },
): AttemptThrottle {
  const buckets = new Map<string, Bucket>()

  const bucketOf = (name: string): Bucket => {
    const nowMs = clock.monotonicMs()
    const bucket = buckets.get(name) ?? { tokens: attemptsMax, filledAtMs: nowMs }
    bucket.tokens = Math.min(attemptsMax, bucket.tokens + (nowMs - bucket.filledAtMs) / refillMs)
    bucket.filledAtMs = nowMs
    // Deleted and set again, so that the map's order is the order of use.
    buckets.delete(name)
    buckets.set(name, bucket)
    const oldest = buckets.keys().next()
    if (buckets.size > NAMES_MAX && oldest.done !== true) buckets.delete(oldest.value)
    return bucket
  }

  return {
    take(name) {
      const bucket = bucketOf(name)
      if (bucket.tokens < 1) return { retryAfterMs: Math.ceil((1 - bucket.tokens) * refillMs) }
      bucket.tokens -= 1
      return {
        giveBack() {
          bucket.tokens = Math.min(attemptsMax, bucket.tokens + 1)
        },
      }
    },
  }
}
