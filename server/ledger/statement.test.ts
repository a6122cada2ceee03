// A statement: whatever happened in whatever order, opening balance and all that moved it give the closing balance.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type StatementEntry, sumStatement } from './statement.ts'

type Kind = 'settle' | 'top_up' | 'gift' | 'refund' | 'correction'
type Entry = StatementEntry<Kind>

const MONTH_MS = 1_000
const taken = fc.record({
  kind: fc.constantFrom<Kind>('settle', 'settle', 'settle', 'top_up', 'gift', 'refund', 'correction'),
  amount: fc.integer({ min: -5_000, max: 5_000 }),
  model: fc.constantFrom('a', 'b', 'c'),
  /** How far the clock goes until then; now and then it goes back. */
  later: fc.integer({ min: -400, max: 900 }),
})

/** A person's entries, oldest first. */
const history = fc.array(taken, { maxLength: 40 }).map((steps) => {
  const entries: Entry[] = []
  let balance = 0
  let now = 0
  for (const { kind, amount, model, later } of steps) {
    now = Math.max(0, now + later)
    const amountNanoUsd = kind === 'settle' ? 0 - Math.abs(amount) : amount
    balance += amountNanoUsd
    entries.push({
      createdAt: now,
      kind,
      amountNanoUsd,
      balanceAfterNanoUsd: balance,
      model: kind === 'settle' ? model : null,
    })
  }
  return entries
})

function statementOf(entries: readonly Entry[], fromMs: number, toMs: number) {
  const sum = sumStatement<Kind>({ fromMs, toMs })
  for (const entry of entries.toReversed()) if (!sum.add(entry)) break
  return sum.result()
}

const monthsOf = (entries: readonly Entry[]) =>
  Array.from(
    { length: 2 + Math.floor(Math.max(0, ...entries.map((entry) => entry.createdAt)) / MONTH_MS) },
    (_, n) => statementOf(entries, n * MONTH_MS, (n + 1) * MONTH_MS),
  )

test('opening balance, changes and spending give the closing balance', () => {
  fc.assert(
    fc.property(history, (entries) => {
      for (const month of monthsOf(entries)) {
        const changed = month.changes.reduce((sum, { amountNanoUsd }) => sum + amountNanoUsd, 0)
        const spent = month.spending.reduce((sum, { amountNanoUsd }) => sum + amountNanoUsd, 0)
        expect(month.spentNanoUsd).toBe(spent)
        expect(month.openingNanoUsd + changed - spent).toBe(month.closingNanoUsd)
      }
    }),
  )
})

test('months follow each other: each begins where the one before ended, and together they count every entry once', () => {
  fc.assert(
    fc.property(history, (entries) => {
      const months = monthsOf(entries)
      let balance = 0
      for (const month of months) {
        expect(month.openingNanoUsd).toBe(balance)
        balance = month.closingNanoUsd
      }
      expect(balance).toBe(entries.at(-1)?.balanceAfterNanoUsd ?? 0)
      const counted = months.flatMap(({ changes, spending }) => [
        ...changes.map(({ count }) => count),
        ...spending.map(({ requests }) => requests),
      ])
      expect(counted.reduce((sum, count) => sum + count, 0)).toBe(entries.length)
    }),
  )
})

test('where the clock never goes back, a month has exactly the entries of its time', () => {
  fc.assert(
    fc.property(history, (mixed) => {
      const times = mixed.map((entry) => entry.createdAt).sort((a, b) => a - b)
      const entries = mixed.map((entry, index) => ({ ...entry, createdAt: times[index] ?? 0 }))
      for (const [index, month] of monthsOf(entries).entries()) {
        const mine = entries.filter(({ createdAt }) => Math.floor(createdAt / MONTH_MS) === index)
        const spentOn = (model: string) =>
          mine.filter((entry) => entry.model === model).reduce((sum, entry) => sum - entry.amountNanoUsd, 0)
        for (const { model, amountNanoUsd } of month.spending) expect(amountNanoUsd).toBe(spentOn(model))
        for (const { kind, count, amountNanoUsd } of month.changes) {
          const same = mine.filter((entry) => entry.kind === kind)
          expect(count).toBe(same.length)
          expect(amountNanoUsd).toBe(same.reduce((sum, entry) => sum + entry.amountNanoUsd, 0))
        }
      }
    }),
  )
})

test('a month in which nothing happened opens and closes with the same balance', () => {
  const entries: Entry[] = [
    { createdAt: 10, kind: 'top_up', amountNanoUsd: 70, balanceAfterNanoUsd: 70, model: null },
    { createdAt: 5_000, kind: 'settle', amountNanoUsd: -20, balanceAfterNanoUsd: 50, model: 'a' },
  ]
  expect(statementOf(entries, 1_000, 2_000)).toEqual({
    openingNanoUsd: 70,
    changes: [],
    spending: [],
    spentNanoUsd: 0,
    closingNanoUsd: 70,
  })
  expect(statementOf([], 1_000, 2_000)).toMatchObject({ openingNanoUsd: 0, closingNanoUsd: 0 })
})
