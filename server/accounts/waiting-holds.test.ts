// Holds whose rows go to disk with their settlements: what stands in the ledger is what would stand there if they had gone before.
import { afterEach, expect, test, vi } from 'vitest'
import { auditTables } from '../../test/faults/support/audit.ts'
import {
  addPerson,
  askOf,
  chargeOf,
  createTestBook,
  listeningLogger,
  openTestDatabase,
  usageOf,
} from '../../test/support/database.ts'
import { createWriter, type WriteFailure } from '../db/write.ts'
import type { OpenHold } from './account-book.ts'
import { HOLD_WAITS_MS } from './waiting-holds.ts'

/** Of what `usageOf` says, at the rates of the test model. */
const COST = 20_000
const PURSE = 100_000

afterEach(() => void vi.useRealTimers())

async function startBook(balanceNanoUsd = PURSE) {
  const { db, path, repositories } = openTestDatabase()
  addPerson(repositories)
  const failures: WriteFailure[] = []
  const writer = createWriter(db, { onError: (failure) => void failures.push(failure) })
  const { logger, lines } = listeningLogger()
  const book = createTestBook(repositories, { writer, logger })
  await book.changeBalance({
    userId: 'user-ann',
    kind: 'top_up',
    amountNanoUsd: balanceNanoUsd,
    note: '',
    actorUserId: null,
  })
  function open(requestId: string, amountNanoUsd: number, changes: object = {}): OpenHold {
    const hold = book.openHold({ ...askOf(requestId, amountNanoUsd), isAnsweredWhole: true, ...changes })
    if (!hold.ok) throw new Error(hold.error.code)
    return hold.value
  }
  const kinds = (requestId: string) => repositories.ledger.entriesOfRequest(requestId).map(({ kind }) => kind)
  const audit = () => expect(auditTables(path, { mayHoldsBeOpen: true }).problems).toEqual([])
  const fill = () =>
    void db.raw.pragma(`max_page_count = ${Number(db.raw.pragma('page_count', { simple: true }))}`)
  return { db, book, writer, repositories, failures, lines, open, kinds, audit, fill }
}

test('a hold that ends soon comes to the ledger with its settlement, as two entries', async () => {
  const { book, writer, repositories, open, audit } = await startBook()
  const hold = open('r', 40_000)
  expect(book.state('user-ann').availableNanoUsd).toBe(PURSE - 40_000)
  expect(writer.waiting).toBe(0)
  const settled = book.settle(hold, chargeOf(COST), usageOf('r', { costNanoUsd: COST }))
  expect(writer.waiting).toBe(1)
  await settled
  expect(await hold.isOnDisk).toBe(true)
  expect(repositories.ledger.entriesOfRequest('r')).toMatchObject([
    {
      kind: 'hold',
      createdAt: hold.createdAt,
      amountNanoUsd: 0,
      heldNanoUsd: 40_000,
      keyId: hold.keyId,
      model: hold.model,
      priceId: hold.priceId,
    },
    { kind: 'settle', amountNanoUsd: -COST, heldNanoUsd: -40_000, keyId: null, model: null, priceId: null },
  ])
  expect(book.state('user-ann')).toMatchObject({ balanceNanoUsd: PURSE - COST, openHoldsNanoUsd: 0 })
  expect(repositories.ledger.balanceOf('user-ann')?.balanceNanoUsd).toBe(PURSE - COST)
  audit()
})

test('a hold that does not end soon goes ahead, so that a crash finds it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { book, repositories, open, kinds, audit } = await startBook()
  const early = open('early', 20_000)
  await vi.advanceTimersByTimeAsync(HOLD_WAITS_MS + 1)
  const late = open('late', 20_000)
  await vi.advanceTimersByTimeAsync(HOLD_WAITS_MS - 2)
  expect(repositories.ledger.openHolds()).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect([await early.isOnDisk, late.isUnderWay]).toEqual([true, false])
  await vi.advanceTimersByTimeAsync(HOLD_WAITS_MS - 1)
  expect(repositories.ledger.openHolds()).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(await late.isOnDisk).toBe(true)
  expect(repositories.ledger.openHolds().map(({ requestId }) => requestId)).toEqual(['early', 'late'])
  await book.settle(early, chargeOf(COST), usageOf('early', { costNanoUsd: COST }))
  await book.release(late, usageOf('late', { reason: 'upstream_failed' }))
  expect([kinds('early'), kinds('late')]).toEqual([
    ['hold', 'settle'],
    ['hold', 'release'],
  ])
  expect(vi.getTimerCount()).toBe(0)
  audit()
})

test('one that is asked for, or waited for by everything, goes ahead at once', async () => {
  const { book, repositories, open } = await startBook()
  const asked = open('asked', 10)
  expect(await book.putOnDisk(asked)).toBe(true)
  open('flushed', 10)
  await book.flush()
  expect(repositories.ledger.openHolds().map(({ requestId }) => requestId)).toEqual(['asked', 'flushed'])
})

test('what has waited is released as a hold that is on disk', async () => {
  const { book, repositories, open, kinds, audit } = await startBook()
  const hold = open('r', 4_000)
  await book.release(hold, usageOf('r', { reason: 'upstream_failed', status: 502 }))
  expect(kinds('r')).toEqual(['hold', 'release'])
  expect(book.state('user-ann')).toMatchObject({ balanceNanoUsd: PURSE, openHoldsNanoUsd: 0 })
  expect(repositories.usage.list({ limit: 5 }).rows).toMatchObject([{ requestId: 'r', costNanoUsd: 0 }])
  audit()
})

test('what the operator bears of a charge stands between its hold and its settlement', async () => {
  const { book, writer, repositories, open, kinds, audit } = await startBook(COST - 1)
  const paid = usageOf('written-off', { costNanoUsd: COST })
  const settled = book.settle(open('written-off', 800), chargeOf(COST), paid)
  expect(writer.waiting).toBe(1)
  await settled
  expect(kinds('written-off')).toEqual(['hold', 'write_off', 'settle'])
  expect(repositories.ledger.sumOf('user-ann')).toBe(0)
  audit()
})

test('what a released hold held is given to others once its row is on its way before theirs', async () => {
  const { book, open, kinds, audit } = await startBook()
  const whole = open('whole', 60_000)
  const released = book.release(whole, usageOf('whole', { reason: 'upstream_failed' }))
  expect(book.openHold({ ...askOf('next', 90_000) })).toMatchObject({ ok: false })
  await released
  const next = book.openHold({ ...askOf('next', 90_000) })
  if (!next.ok) throw new Error(next.error.code)
  await book.release(next.value, usageOf('next', { reason: 'upstream_failed' }))
  expect(kinds('whole')).toEqual(['hold', 'release'])
  expect(() => book.release(whole, usageOf('whole'))).toThrow('it ends once')
  audit()
})

test('where the disk takes neither, both are undone at once and the hold is lost', async () => {
  const { book, repositories, failures, lines, open, fill, db } = await startBook()
  fill()
  const hold = open('r', 4_000)
  let told = 0
  hold.whenLost = {
    abort: () => {
      told += 1
    },
  }
  const reportedUsage = 'u'.repeat(100_000)
  const settled = book.settle(hold, { ...chargeOf(1_500), reportedUsage }, usageOf('r'))
  await expect(settled).rejects.toThrow('could not be written')
  expect([hold.isLost, told, book.livingHolds()]).toEqual([true, 1, []])
  expect(book.state('user-ann')).toMatchObject({ balanceNanoUsd: PURSE, openHoldsNanoUsd: 0 })
  expect(failures[0]).toMatchObject({ command: 'hold_and_settle', requestId: 'r', willRetry: false })
  expect(lines).toEqual([])
  db.raw.pragma('max_page_count = 1000000')
  await book.flush()
  expect(repositories.ledger.entriesOfRequest('r')).toEqual([])
  expect(repositories.usage.list({ limit: 5 }).rows).toEqual([])
  expect(() => book.settle(hold, chargeOf(1), usageOf('r'))).toThrow('it ends once')
})

test('a release of what the disk does not take waits for nothing', async () => {
  const { book, repositories, open, db } = await startBook()
  const hold = open('r', 4_000, { priceId: 'no-such-price' })
  await book.release(hold, usageOf('r', { reason: 'upstream_failed', status: 502 }))
  expect(hold.isLost).toBe(true)
  expect(book.state('user-ann')).toMatchObject({ balanceNanoUsd: PURSE, openHoldsNanoUsd: 0 })
  await book.flush()
  expect(repositories.ledger.entriesOfRequest('r')).toEqual([])
  expect(repositories.usage.list({ limit: 5 }).rows).toEqual([])
  expect(db.raw.prepare('SELECT count(*) FROM charges').pluck().get()).toBe(0)
})
