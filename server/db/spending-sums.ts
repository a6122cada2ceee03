// What settlements add to the counters of key families and plans, in their transaction.
import type { Database } from 'better-sqlite3'
import { SETTLEMENT_COLUMNS, type Value } from './packed-commands.ts'
import type { Pause } from './pauses.ts'
import { SPENDING_COLUMNS, spendingUpsert } from './spending-statements.ts'

/** Where the differences of a settlement begin, and where the parts of one are. */
const FIRST_PLACE = SETTLEMENT_COLUMNS.length
const WIDTH = SPENDING_COLUMNS.length
const SUBJECT = SPENDING_COLUMNS.indexOf('subject_id')
const FIRST_AMOUNT = SPENDING_COLUMNS.indexOf('nano_usd')

type Values = readonly Value[]

export interface SpendingSums {
  /** Everything that a settlement adds to counters. */
  add(settlement: Values): void
  write(): void
  forget(): void
}

/** What many settlements add to the same windows of a counter is added up and written as one difference. */
export function createSpendingSums(raw: Database, pause: Pause): SpendingSums {
  const upsert = raw.prepare(spendingUpsert())
  let sums = new Map<Value, Value[][]>()
  const forget = (): void => {
    sums = new Map()
  }
  return {
    add(settlement) {
      for (let from = FIRST_PLACE; from < settlement.length; from += WIDTH) {
        const subject = settlement[from + SUBJECT] ?? null
        const ofSubject = sums.get(subject)
        if (!ofSubject) sums.set(subject, [settlement.slice(from, from + WIDTH)])
        else if (!ofSubject.some((sum) => isAdded(sum, settlement, from))) {
          ofSubject.push(settlement.slice(from, from + WIDTH))
        }
      }
    },
    write() {
      for (const ofSubject of sums.values()) {
        for (const sum of ofSubject) upsert.run(...sum)
        pause()
      }
      forget()
    },
    forget,
  }
}

/** False where it is of another kind or window, or the sum would be more than a number holds exactly. */
function isAdded(sum: Value[], settlement: Values, from: number): boolean {
  for (let place = 0; place < FIRST_AMOUNT; place += 1) {
    if (sum[place] !== settlement[from + place]) return false
  }
  const added = (place: number): number => Number(sum[place]) + Number(settlement[from + place])
  for (let place = FIRST_AMOUNT; place < WIDTH; place += 1) {
    if (!Number.isSafeInteger(added(place))) return false
  }
  for (let place = FIRST_AMOUNT; place < WIDTH; place += 1) sum[place] = added(place)
  return true
}
