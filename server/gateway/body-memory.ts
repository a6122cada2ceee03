// How much memory the bodies of all running requests may take together, and those of one person: a body is kept until its
// request has ended, and thirty of the largest would otherwise fill a small machine.

const MEBIBYTE = 1024 * 1024
/** Eight bodies of the largest size. */
const BYTES_PER_USER_MAX = 256 * MEBIBYTE
const BYTES_MAX = 1024 * MEBIBYTE

/** What one request has taken of it. */
export interface BodyShare {
  /** Whether its body may be this large now; asked as it grows. */
  grow(toBytes: number): boolean
  /** Gives all of it back, once. */
  release(): void
}

export interface BodyMemory {
  shareFor(userId: string): BodyShare
  readonly bytes: number
}

export function createBodyMemory(
  bytesPerUserMax: number = BYTES_PER_USER_MAX,
  bytesMax: number = BYTES_MAX,
): BodyMemory {
  const byUser = new Map<string, number>()
  let total = 0

  function add(userId: string, bytes: number): void {
    const left = (byUser.get(userId) ?? 0) + bytes
    total += bytes
    if (left > 0) byUser.set(userId, left)
    else byUser.delete(userId)
  }

  return {
    get bytes() {
      return total
    },
    shareFor(userId) {
      let taken = 0
      return {
        grow(toBytes) {
          const more = toBytes - taken
          if (more <= 0) return true
          if (total + more > bytesMax || (byUser.get(userId) ?? 0) + more > bytesPerUserMax) return false
          add(userId, more)
          taken = toBytes
          return true
        },
        release() {
          if (taken > 0) add(userId, -taken)
          taken = 0
        },
      }
    },
  }
}
