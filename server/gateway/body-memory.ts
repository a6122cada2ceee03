// How much memory the bodies of all running requests may take together, and those of one person: a body is kept until its
// request has ended, and thirty of the largest would otherwise fill a small machine.
import { ShortLivedMap } from '../accounts/short-lived-map.ts'

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
  const byUser = new ShortLivedMap<string, number>()
  let total = 0

  function add(userId: string, bytes: number): void {
    const left = (byUser.get(userId) ?? 0) + bytes
    total += bytes
    if (left > 0) byUser.set(userId, left)
    else byUser.delete(userId)
  }
  const hasRoomFor = (userId: string, bytes: number): boolean =>
    total + bytes <= bytesMax && (byUser.get(userId) ?? 0) + bytes <= bytesPerUserMax

  return {
    get bytes() {
      return total
    },
    shareFor: (userId) => new Share(userId, add, hasRoomFor),
  }
}

class Share implements BodyShare {
  readonly #userId: string
  readonly #add: (userId: string, bytes: number) => void
  readonly #hasRoomFor: (userId: string, bytes: number) => boolean
  #taken = 0

  constructor(
    userId: string,
    add: (userId: string, bytes: number) => void,
    hasRoomFor: (userId: string, bytes: number) => boolean,
  ) {
    this.#userId = userId
    this.#add = add
    this.#hasRoomFor = hasRoomFor
  }

  grow(toBytes: number): boolean {
    const more = toBytes - this.#taken
    if (more <= 0) return true
    if (!this.#hasRoomFor(this.#userId, more)) return false
    this.#add(this.#userId, more)
    this.#taken = toBytes
    return true
  }

  release(): void {
    if (this.#taken > 0) this.#add(this.#userId, -this.#taken)
    this.#taken = 0
  }
}
