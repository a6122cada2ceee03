// Which holds are open, and which end is on its way to disk: each is ended once, and one whose row could not be written holds
// nothing and is ended without a charge.
import type { HoldRecord } from '../db/write-command.ts'
import type { NanoUsd } from '../ledger/money.ts'
import type { LivingHold, OpenHold } from './account.ts'
import type { Payment } from './payers.ts'
import { ShortLivedMap } from './short-lived-map.ts'
import type { CountedHold } from './spending-book.ts'

export interface TakenHold {
  readonly hold: OpenHold
  readonly record: HoldRecord
  readonly payment: Payment
  /** Its place in what its key has spent. */
  readonly counted: CountedHold
}

export class TakenHolds {
  readonly #open = new ShortLivedMap<string, TakenHold>()
  /** Holds whose end is handed in and has not landed yet. */
  readonly #ending = new ShortLivedMap<string, HoldRecord>()
  /** Holds whose rows could not be written: they hold nothing, and ending them charges nothing. */
  readonly #lost = new WeakSet<OpenHold>()

  has(requestId: string): boolean {
    return this.#open.has(requestId)
  }

  add(taken: TakenHold): void {
    this.#open.set(taken.hold.requestId, taken)
  }

  /** Undefined for one that was lost or ended. */
  paymentOf({ requestId }: OpenHold): Payment | undefined {
    return this.#open.get(requestId)?.payment
  }

  /** Its row cannot be written. Where it was ended in the meantime, its end fails on its own and is undone there. */
  lose(hold: OpenHold): false {
    const lost = this.#open.get(hold.requestId)
    if (lost?.hold !== hold) return false
    this.#open.delete(hold.requestId)
    this.#lost.add(hold)
    giveBack(lost)
    return false
  }

  /** What is to be ended on disk; undefined for a hold that was lost. Throws for one that was ended before. */
  end(hold: OpenHold): TakenHold | undefined {
    if (this.#lost.delete(hold)) return undefined
    const taken = this.#open.get(hold.requestId)
    if (taken?.hold !== hold) {
      throw new Error(`The hold of request ${hold.requestId} was ended before; it ends once.`)
    }
    this.#open.delete(hold.requestId)
    giveBack(taken)
    return taken
  }

  /** Its end is on its way to the disk from now on. */
  handIn(record: HoldRecord): void {
    this.#ending.set(record.requestId, record)
  }

  /** Until its end has landed, a hold is open on disk for a good reason. */
  landed({ requestId }: HoldRecord): void {
    this.#ending.delete(requestId)
  }

  living(): LivingHold[] {
    return [...this.#ending.values(), ...[...this.#open.values()].map(({ record }) => record)]
  }

  open(): { readonly count: number; readonly amountNanoUsd: NanoUsd } {
    let amountNanoUsd = 0
    for (const { hold } of this.#open.values()) amountNanoUsd += hold.amountNanoUsd
    return { count: this.#open.size, amountNanoUsd }
  }
}

function giveBack({ payment, counted }: TakenHold): void {
  payment.release()
  counted.release()
}
