// What is counted where: in the windows that admitted a request, in memory and, by the writes of its settlement, on disk.
import { describe, expect, test } from 'vitest'
import { addPerson, chargeOf, holdOf, NOW, openTestDatabase, usageOf } from '../../test/support/database.ts'
import { createWriter } from '../db/write.ts'
import type { SpendingDelta } from '../db/write-command.ts'
import { type Amounts, type CountedHold, createSpendingBook, type WindowStarts } from './spending-book.ts'

const DAY_MS = 86_400_000
const amounts = (nanoUsd: number): Amounts => ({ nanoUsd, tokens: nanoUsd * 2, requests: 1 })
const none = { nanoUsd: 0, tokens: 0, requests: 0 }
const settled = (hold: CountedHold, nanoUsd: number): SpendingDelta => {
  hold.release()
  return hold.count(amounts(nanoUsd))
}
const starts = (day: number, month = 1): WindowStarts => ({
  dayStartMs: day * DAY_MS,
  weekStartMs: 0,
  monthStartMs: month * DAY_MS,
})

function open() {
  const { db, repositories } = openTestDatabase()
  addPerson(repositories)
  const writer = createWriter(db, { onError: ({ error }) => expect.unreachable(String(error)) })
  let requests = 0
  /** Writes a settlement that carries the delta. */
  async function write(delta: SpendingDelta) {
    requests += 1
    const requestId = `r${requests}`
    const settled = { charge: chargeOf(0), usage: usageOf(requestId), spending: [delta], createdAt: NOW }
    void writer.submit({ kind: 'hold', hold: holdOf(requestId) })
    await writer.submit({ kind: 'settle', hold: holdOf(requestId), ...settled })
  }
  return { book: createSpendingBook(repositories.spending), repositories, write }
}

describe('a request', () => {
  test('is held in all windows, and counts in them with what it used once it is settled', () => {
    const { book } = open()
    const hold = book.hold('key', 'k', starts(20), amounts(9))
    expect(book.read('key', 'k', starts(20)).day).toMatchObject({ used: none, held: amounts(9) })
    settled(hold, 4)
    const { day, month, total } = book.read('key', 'k', starts(20))
    for (const counted of [day, month, total]) expect(counted).toMatchObject({ used: amounts(4), held: none })
  })

  test('that is released leaves nothing, and neither does a settlement that is taken back', () => {
    const { book } = open()
    book.hold('key', 'k', starts(20), amounts(9)).release()
    const hold = book.hold('key', 'k', starts(20), amounts(9))
    settled(hold, 4)
    hold.undo(amounts(4))
    const { day, total } = book.read('key', 'k', starts(20))
    for (const counted of [day, total]) expect(counted).toMatchObject({ used: none, held: none })
  })

  test('counts in the window that admitted it, and not in the one in which it ends', () => {
    const { book } = open()
    const late = book.hold('key', 'k', starts(20), amounts(9))
    const next = book.hold('key', 'k', starts(21), amounts(5))
    settled(late, 4)
    expect(book.read('key', 'k', starts(21)).day).toMatchObject({ used: none, held: amounts(5) })
    expect(book.read('key', 'k', starts(21)).month.used).toEqual(amounts(4))
    settled(next, 5)
    expect(book.read('key', 'k', starts(21)).day.used).toEqual(amounts(5))
  })

  test('of one subject is nothing to another, nor one of a key to a plan', () => {
    const { book } = open()
    book.hold('key', 'k', starts(20), amounts(9))
    expect(book.read('key', 'other', starts(20)).total.held).toEqual(none)
    expect(book.read('plan', 'k', starts(20)).total.held).toEqual(none)
  })
})

test('a window that has passed counts nothing any more, and none comes back with a zone that is changed', () => {
  const { book } = open()
  settled(book.hold('key', 'k', starts(20), amounts(9)), 4)
  expect(book.read('key', 'k', starts(21)).day.used).toEqual(none)
  settled(book.hold('key', 'k', starts(19.5), amounts(1)), 1)
  expect(book.read('key', 'k', starts(19.5)).day.used.nanoUsd).toBe(5)
})

describe('on disk', () => {
  test('what was settled is found again by the next start, and what was held is not', async () => {
    const { book, repositories, write } = open()
    await write(settled(book.hold('key', 'k', starts(20), amounts(9)), 4))
    await write(settled(book.hold('key', 'k', starts(20), amounts(9)), 3))
    book.hold('key', 'k', starts(20), amounts(9))
    const next = createSpendingBook(repositories.spending)
    const { day, month, total } = next.read('key', 'k', starts(20))
    const used = { nanoUsd: 7, tokens: 14, requests: 2 }
    for (const counted of [day, month, total]) expect(counted).toMatchObject({ used, held: none })
    expect(repositories.spending.newest()).toEqual({ startMs: 20 * DAY_MS, dayStartMs: 20 * DAY_MS })
  })

  test('a settlement that lands late counts in its own windows alone, in whatever order they land', async () => {
    const { book, repositories, write } = open()
    const yesterday = settled(book.hold('key', 'k', starts(20), amounts(9)), 4)
    const today = settled(book.hold('key', 'k', starts(21), amounts(9)), 3)
    await write(today)
    await write(yesterday)
    const { day, month, total } = createSpendingBook(repositories.spending).read('key', 'k', starts(21))
    expect([day.used.nanoUsd, month.used.nanoUsd, total.used.nanoUsd]).toEqual([3, 7, 7])
    const { day: dayBefore } = book.read('key', 'k', starts(21))
    expect(day).toEqual(dayBefore)
  })
})

test('what is only looked at takes no memory', () => {
  const { repositories } = open()
  let looked = 0
  const book = createSpendingBook({
    find(kind, subjectId) {
      looked += 1
      return repositories.spending.find(kind, subjectId)
    },
  })
  book.read('key', 'k', starts(20))
  book.read('key', 'k', starts(20))
  expect(looked).toBe(2)
  book.hold('key', 'k', starts(20), amounts(1)).release()
  book.read('key', 'k', starts(20))
  expect(looked).toBe(3)
})
