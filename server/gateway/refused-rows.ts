// How many refused requests are listed one by one. A client that asks in a loop for what it is refused would else write rows
// for as long as it is left alone: of what one key is refused for one reason, a minute lists the first few and counts the rest.
import type { UsageRow } from '../../contract/usage.ts'
import type { Logger } from '../ports.ts'

/** For each key and each reason. One a second: more than anybody reads, and 40 MB a day at most. */
export const LISTED_PER_MINUTE_MAX = 60
const MINUTE_MS = 60_000

export interface UnlistedCount {
  readonly code: string
  readonly count: number
}

interface Repeated {
  readonly keyId: string
  readonly userId: string
  readonly code: string
  requests: number
}

export class RefusedRows {
  readonly #logger: Pick<Logger, 'warn'>
  /** What the running minute has seen. */
  readonly #minute = new Map<string, Repeated>()
  readonly #unlisted = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined

  constructor(logger: Pick<Logger, 'warn'>) {
    this.#logger = logger
  }

  /** Whether the row of a request that was refused is to be written. Counted where it is not. */
  admits({ keyId, userId, errorCode }: Pick<UsageRow, 'keyId' | 'userId' | 'errorCode'>): boolean {
    const code = errorCode ?? ''
    const name = `${keyId} ${code}`
    const known = this.#minute.get(name)
    if (!known) {
      this.#minute.set(name, { keyId, userId, code, requests: 1 })
      this.#timer ??= setTimeout(() => this.#endMinute(), MINUTE_MS).unref()
      return true
    }
    known.requests += 1
    if (known.requests <= LISTED_PER_MINUTE_MAX) return true
    this.#unlisted.set(code, (this.#unlisted.get(code) ?? 0) + 1)
    return false
  }

  /** Since the start, by the code of the refusal. */
  unlisted(): readonly UnlistedCount[] {
    return [...this.#unlisted].map(([code, count]) => ({ code, count }))
  }

  /** Says what is still to be said. */
  stop(): void {
    this.#endMinute()
  }

  #endMinute(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const { keyId, userId, code, requests } of this.#minute.values()) {
      const unlisted = requests - LISTED_PER_MINUTE_MAX
      if (unlisted <= 0) continue
      const about = { event: 'refusals_unlisted', keyId, userId, code, unlisted }
      this.#logger.warn(
        about,
        'a key is refused again and again; only its first requests of a minute are listed',
      )
    }
    this.#minute.clear()
  }
}
