// Which holds are open, and which end is on its way to disk: each is ended once, and one whose row could not be written holds
// nothing and is ended without a charge.
import type { HoldRecord } from '../db/write-command.ts'
import type { GrantedHold } from '../ledger/hold.ts'
import type { NanoUsd } from '../ledger/money.ts'
import type { Abortable, HoldRequest, KeyFamily, LivingHold, OpenHold } from './account.ts'
import type { Payment } from './payers.ts'
import { ShortLivedMap } from './short-lived-map.ts'
import type { CountedHold } from './spending-book.ts'

type Taken = Omit<HoldRequest, 'ask' | 'source' | 'isAnsweredWhole'>

/** A hold, and what it takes: from what pays for it, and from what its key may spend. */
export class TakenHold implements OpenHold {
  readonly requestId: string
  readonly userId: string
  readonly keyId: string
  readonly keyFamily: KeyFamily
  readonly model: string
  readonly priceId: string
  readonly createdAt: number
  readonly planSubscriptionId: string | null
  readonly amountNanoUsd: NanoUsd
  readonly tokens: number
  readonly outputTokensGranted: number
  whenLost: Abortable | undefined = undefined
  /** Where it stands among those whose rows are to go to disk with their settlements (`waiting-holds.ts`). */
  waits: { place: number; readonly sinceLook: number } | undefined = undefined
  /** Undefined until that is known. */
  #isOnDisk: boolean | undefined
  #asked: { readonly promise: Promise<boolean>; readonly resolve: (isOnDisk: boolean) => void } | undefined

  readonly payment: Payment
  /** Its place in what its key has spent. */
  readonly counted: CountedHold
  /**
   * `ending` while its end is handed in and has not landed yet. `lost` where its row could not be written: it holds nothing,
   * and ending it charges nothing.
   */
  state: 'open' | 'ending' | 'ended' | 'lost' = 'open'

  constructor(
    { requestId, userId, keyId, keyFamily, model, priceId, createdAt }: Taken,
    { amountNanoUsd, tokens, outputTokensGranted }: GrantedHold,
    planSubscriptionId: string | null,
    payment: Payment,
    counted: CountedHold,
  ) {
    this.requestId = requestId
    this.userId = userId
    this.keyId = keyId
    this.keyFamily = keyFamily
    this.model = model
    this.priceId = priceId
    this.createdAt = createdAt
    this.planSubscriptionId = planSubscriptionId
    this.amountNanoUsd = amountNanoUsd
    this.tokens = tokens
    this.outputTokensGranted = outputTokensGranted
    this.payment = payment
    this.counted = counted
  }

  get isOnDisk(): Promise<boolean> {
    if (this.#isOnDisk !== undefined) return Promise.resolve(this.#isOnDisk)
    this.#asked ??= Promise.withResolvers<boolean>()
    return this.#asked.promise
  }

  get isUnderWay(): boolean {
    return !this.waits && this.#isOnDisk === undefined
  }

  get isLost(): boolean {
    return this.#isOnDisk === false
  }

  /** To be told once whether its row is. */
  tellOnDisk(isOnDisk: boolean): void {
    this.#isOnDisk = isOnDisk
    this.#asked?.resolve(isOnDisk)
    if (!isOnDisk) this.whenLost?.abort()
  }

  /** What of it can be handed to another thread. */
  record(): HoldRecord {
    return {
      requestId: this.requestId,
      userId: this.userId,
      keyId: this.keyId,
      model: this.model,
      priceId: this.priceId,
      createdAt: this.createdAt,
      amountNanoUsd: this.amountNanoUsd,
      planSubscriptionId: this.planSubscriptionId,
    }
  }

  giveBack(): void {
    this.payment.release()
    this.counted.release()
  }
}

export class TakenHolds {
  /** Those that are open or ending, by their requests. */
  readonly #living = new ShortLivedMap<string, TakenHold>()

  has(requestId: string): boolean {
    return this.#living.has(requestId)
  }

  add(taken: TakenHold): void {
    this.#living.set(taken.requestId, taken)
  }

  /** Undefined for one that was lost or ended. */
  paymentOf(hold: OpenHold): Payment | undefined {
    const taken = takenOf(hold)
    return taken?.state === 'open' ? taken.payment : undefined
  }

  /** Its row cannot be written. Where it was ended in the meantime, its end fails on its own and is undone there. */
  lose(taken: TakenHold): void {
    if (taken.state !== 'open') return
    taken.state = 'lost'
    this.#living.delete(taken.requestId)
    taken.giveBack()
  }

  /**
   * What is to be ended on disk, with an end that is on its way there from now on; undefined for a hold that was lost. Throws
   * for one that was ended before.
   */
  end(hold: OpenHold): TakenHold | undefined {
    const taken = takenOf(hold)
    if (taken?.state === 'lost') {
      taken.state = 'ended'
      return undefined
    }
    if (taken?.state !== 'open') {
      throw new Error(`The hold of request ${hold.requestId} was ended before; it ends once.`)
    }
    taken.state = 'ending'
    taken.giveBack()
    return taken
  }

  /** Until its end has landed, a hold is open on disk for a good reason. */
  landed(taken: TakenHold): void {
    taken.state = 'ended'
    this.#living.delete(taken.requestId)
  }

  living(): LivingHold[] {
    return [...this.#living.values()]
  }

  open(): { readonly count: number; readonly amountNanoUsd: NanoUsd } {
    let count = 0
    let amountNanoUsd = 0
    for (const hold of this.#living.values()) {
      if (hold.state !== 'open') continue
      count += 1
      amountNanoUsd += hold.amountNanoUsd
    }
    return { count, amountNanoUsd }
  }
}

/** Undefined for one that was made elsewhere, such as a copy. */
const takenOf = (hold: OpenHold): TakenHold | undefined => (hold instanceof TakenHold ? hold : undefined)
