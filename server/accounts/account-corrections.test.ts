// What administrators change about a live account: refunds and later charges that happen once, and the credit limit.
import { expect, test } from 'vitest'
import {
  addPerson,
  askOf,
  chargeOf,
  createTestBook,
  holdOf,
  listeningLogger,
  NOW,
  openTestDatabase,
  usageOf,
} from '../../test/support/database.ts'
import { createWriter, type WriteFailure } from '../db/write.ts'
import type { OpenHold } from './account-book.ts'

async function startBook(balanceNanoUsd: number, creditLimitNanoUsd = 0) {
  const database = openTestDatabase()
  addPerson(database.repositories, 'ann', creditLimitNanoUsd)
  const failures: WriteFailure[] = []
  const writer = createWriter(database.db, { onError: (failure) => void failures.push(failure) })
  const { logger } = listeningLogger()
  const { ledger, possibleLosses } = database.repositories
  const book = createTestBook(database.repositories, { writer, logger })
  const change = (kind: 'top_up' | 'refund' | 'charge', amountNanoUsd: number, requestId?: string) =>
    book.changeBalance({ userId: 'user-ann', kind, amountNanoUsd, note: '', actorUserId: null, requestId })
  if (balanceNanoUsd !== 0) await change('top_up', balanceNanoUsd)
  const hold = (requestId: string, amountNanoUsd: number): OpenHold => {
    const opened = book.openHold(askOf(requestId, amountNanoUsd))
    if (!opened.ok) throw new Error(opened.error.code)
    return opened.value
  }
  const setCreditLimit = (limit: number, write = () => ledger.setCreditLimit('user-ann', limit)) =>
    book.setCreditLimit('user-ann', limit, write)
  const livingIds = () => book.livingHolds().map(({ requestId }) => requestId)
  return {
    ...database,
    writer,
    failures,
    book,
    change,
    hold,
    setCreditLimit,
    livingIds,
    ledger,
    possibleLosses,
  }
}

test('a request is refunded once, also where two ask for it in the same moment', async () => {
  const { book, change, hold, ledger, failures } = await startBook(10_000)
  await book.settle(hold('r', 4_000), chargeOf(1_000), usageOf('r'))
  const both = await Promise.all([change('refund', 600, 'r'), change('refund', 700, 'r')])
  expect(both).toMatchObject([{ ok: true }, { ok: false, error: { code: 'already_refunded' } }])
  expect(await change('refund', 1, 'r')).toMatchObject({ error: { code: 'already_refunded' } })
  expect(book.state('user-ann').balanceNanoUsd).toBe(9_600)
  expect(ledger.sumOf('user-ann')).toBe(9_600)
  // They were told no, and nothing has failed.
  expect(failures).toEqual([])
})

test('a possible loss is charged once, and a second one gives back what it had taken', async () => {
  const { db, ledger, change, book, possibleLosses, failures } = await startBook(10_000)
  const insert = createWriter(db, { onError: () => {} })
  await insert.submit({ kind: 'hold', hold: holdOf('lost', 4_000) })
  ledger.releaseOpenHolds(NOW)
  const both = Promise.all([change('charge', -4_000, 'lost'), change('charge', -4_000, 'lost')])
  expect(book.state('user-ann').balanceNanoUsd).toBe(2_000)
  expect(await both).toMatchObject([{ ok: true }, { ok: false, error: { code: 'loss_already_resolved' } }])
  expect(book.state('user-ann').balanceNanoUsd).toBe(6_000)
  expect(ledger.sumOf('user-ann')).toBe(6_000)
  expect(possibleLosses.find('lost')).toMatchObject({ state: 'charged', chargedNanoUsd: 4_000 })
  expect(failures).toEqual([])
})

test('a raised credit limit can be spent at once', async () => {
  const { book, setCreditLimit, ledger } = await startBook(1_000)
  expect(book.openHold(askOf('r', 5_000)).ok).toBe(false)
  expect(setCreditLimit(4_000)).toMatchObject({ ok: true, value: { availableNanoUsd: 5_000 } })
  expect(book.openHold(askOf('r', 5_000)).ok).toBe(true)
  expect(ledger.balanceOf('user-ann')).toMatchObject({ creditLimitNanoUsd: 4_000 })
})

test('a credit limit is not lowered under what is owed and held, and the refusal says how far it can be', async () => {
  const { book, hold, setCreditLimit, ledger } = await startBook(1_000, 9_000)
  await book.settle(hold('spent', 3_000), chargeOf(3_000), usageOf('spent'))
  hold('running', 500)
  expect(setCreditLimit(2_499)).toMatchObject({
    ok: false,
    error: { code: 'credit_limit_in_use', details: { minNanoUsd: 2_500 } },
  })
  expect(ledger.balanceOf('user-ann')).toMatchObject({ creditLimitNanoUsd: 9_000 })
  expect(setCreditLimit(2_500)).toMatchObject({ ok: true, value: { availableNanoUsd: 0 } })
  expect(book.openHold(askOf('one more', 1)).ok).toBe(false)
})

test('a credit limit that cannot be written is not given', async () => {
  const { book, setCreditLimit } = await startBook(1_000)
  const fail = () => {
    throw new Error('the disk is full')
  }
  expect(() => setCreditLimit(4_000, fail)).toThrow('the disk is full')
  expect(book.state('user-ann')).toMatchObject({ creditLimitNanoUsd: 0, availableNanoUsd: 1_000 })
})

test('a hold lives from its opening until its end is on disk', async () => {
  const { book, hold, livingIds } = await startBook(10_000)
  const opened = hold('r', 1_000)
  expect(livingIds()).toEqual(['r'])
  await opened.isOnDisk
  expect(livingIds()).toEqual(['r'])
  const settled = book.settle(opened, chargeOf(1), usageOf('r'))
  expect(book.state('user-ann').openHoldsNanoUsd).toBe(0)
  expect(livingIds()).toEqual(['r'])
  await settled
  expect(livingIds()).toEqual([])
})

test('a hold whose end the disk refuses for a while lives on', async () => {
  const { db, book, hold, livingIds } = await startBook(10_000)
  const opened = hold('r', 1_000)
  await opened.isOnDisk
  db.raw.pragma('query_only = ON')
  const settled = book.settle(opened, chargeOf(1), usageOf('r'))
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(livingIds()).toEqual(['r'])
  db.raw.pragma('query_only = OFF')
  await settled
  expect(livingIds()).toEqual([])
})
