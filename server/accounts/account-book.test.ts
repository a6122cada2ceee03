import { expect, test, vi } from 'vitest'
import {
  addPerson,
  askOf,
  cellOf,
  chargeOf,
  createTestBook,
  createTestFunds,
  listeningLogger,
  NOW,
  openTestDatabase,
  PRICE_ID,
  type TestDatabase,
  usageOf,
} from '../../test/support/database.ts'
import { createWriter, type WriteFailure } from '../db/write.ts'
import type { AccountBook, OpenHold } from './account-book.ts'
import { holdFrom } from './payers.ts'
import type { CountedHold } from './spending-book.ts'

interface RunningBook extends TestDatabase {
  readonly book: AccountBook
  readonly failures: WriteFailure[]
  readonly lines: ReturnType<typeof listeningLogger>['lines']
  readonly give: (amountNanoUsd: number) => Promise<unknown>
}

async function startBook(balanceNanoUsd = 0, creditLimitNanoUsd = 0): Promise<RunningBook> {
  const database = openTestDatabase()
  addPerson(database.repositories, 'ann', creditLimitNanoUsd)
  const failures: WriteFailure[] = []
  const writer = createWriter(database.db, { onError: (failure) => void failures.push(failure) })
  const { logger, lines } = listeningLogger()
  const book = createTestBook(database.repositories, { writer, logger })
  const give = (amountNanoUsd: number) =>
    book.changeBalance({ userId: 'user-ann', kind: 'top_up', amountNanoUsd, note: '', actorUserId: null })
  if (balanceNanoUsd !== 0) await give(balanceNanoUsd)
  return { ...database, book, failures, lines, give }
}

function opened(book: AccountBook, requestId: string, amountNanoUsd: number): OpenHold {
  const hold = book.openHold(askOf(requestId, amountNanoUsd))
  if (!hold.ok) throw new Error(`refused: ${hold.error.code}`)
  return hold.value
}

const stored = ({ repositories }: TestDatabase) => repositories.ledger.balanceOf('user-ann')?.balanceNanoUsd
const fillDisk = ({ db }: TestDatabase) =>
  void db.raw.pragma(`max_page_count = ${Number(db.raw.pragma('page_count', { simple: true }))}`)

test('a hold takes from what is available at once, and gives back what the charge leaves', async () => {
  const running = await startBook(10_000)
  const { book } = running
  const hold = opened(book, 'r', 4_000)
  expect(book.state('user-ann')).toEqual({
    balanceNanoUsd: 10_000,
    creditLimitNanoUsd: 0,
    openHoldsNanoUsd: 4_000,
    availableNanoUsd: 6_000,
  })
  await hold.isOnDisk
  const settled = book.settle(hold, chargeOf(1_500), usageOf('r'))
  expect(book.state('user-ann')).toMatchObject({
    balanceNanoUsd: 8_500,
    openHoldsNanoUsd: 0,
    availableNanoUsd: 8_500,
  })
  await settled
  expect(stored(running)).toBe(8_500)
})

test('a request whose counters cannot be read holds nothing', async () => {
  const { book, repositories } = await startBook(10_000)
  vi.spyOn(repositories.spending, 'find').mockImplementation(() => {
    throw new Error('disk I/O error')
  })
  expect(() => book.openHold(askOf('a', 6_000))).toThrow('disk I/O error')
  vi.restoreAllMocks()
  expect(book.state('user-ann').availableNanoUsd).toBe(10_000)
  opened(book, 'b', 6_000)
  // Nor does its key, where it is a plan whose counters cannot be read.
  const ofKey = {
    release: vi.fn<() => void>(),
    count: vi.fn<CountedHold['count']>(),
    undo: vi.fn<() => void>(),
  }
  const plan = {
    hold() {
      throw new Error('disk I/O error')
    },
  }
  expect(() => holdFrom(plan, { nanoUsd: 1, tokens: 1, requests: 1 }, ofKey)).toThrow('disk I/O error')
  expect(ofKey.release).toHaveBeenCalledOnce()
})

test('requests that come together cannot spend the same money', async () => {
  const { book } = await startBook(10_000)
  opened(book, 'a', 6_000)
  const refused = book.openHold(askOf('b', 6_000))
  expect(refused).toMatchObject({
    ok: false,
    error: { code: 'balance_on_hold', retryAfterMs: expect.any(Number) },
  })
  expect(book.openHold(askOf('c', 60_000))).toMatchObject({
    ok: false,
    error: { code: 'insufficient_quota' },
  })
  opened(book, 'd', 4_000)
  expect(book.state('user-ann').availableNanoUsd).toBe(0)
})

test('a credit limit can be spent, and no more than that', async () => {
  const { book } = await startBook(1_000, 500)
  const hold = opened(book, 'r', 1_500)
  expect(book.openHold(askOf('s', 1))).toMatchObject({ ok: false })
  await book.settle(hold, chargeOf(1_500), usageOf('r'))
  expect(book.state('user-ann')).toMatchObject({ balanceNanoUsd: -500, availableNanoUsd: 0 })
})

test('a release gives everything back and leaves a row that cost nothing', async () => {
  const running = await startBook(10_000)
  const { book, repositories } = running
  await book.release(
    opened(book, 'r', 4_000),
    usageOf('r', { status: 502, reason: 'upstream_failed', costNanoUsd: 99 }),
  )
  expect(book.state('user-ann').availableNanoUsd).toBe(10_000)
  expect(repositories.usage.list({ limit: 5 }).rows).toMatchObject([
    { requestId: 'r', status: 502, costNanoUsd: 0 },
  ])
  expect(repositories.ledger.openHolds()).toEqual([])
})

test('a hold ends once: ending it again is a defect, and changes nothing', async () => {
  const { book } = await startBook(10_000)
  const hold = opened(book, 'r', 4_000)
  const settled = book.settle(hold, chargeOf(1_000), usageOf('r'))
  expect(() => book.settle(hold, chargeOf(1_000), usageOf('r'))).toThrow('it ends once')
  expect(() => book.release(hold, usageOf('r'))).toThrow('it ends once')
  await settled
  expect(() => book.release(hold, usageOf('r'))).toThrow('it ends once')
  expect(() => opened(book, 'r2', 1) && book.release({ ...hold, requestId: 'r2' }, usageOf('r2'))).toThrow(
    'it ends once',
  )
  expect(book.state('user-ann')).toMatchObject({ balanceNanoUsd: 9_000, openHoldsNanoUsd: 1 })
})

test('a request has one hold', async () => {
  const { book } = await startBook(10_000)
  opened(book, 'r', 1_000)
  expect(() => book.openHold(askOf('r', 1_000))).toThrow('has an open hold already')
  expect(book.state('user-ann').openHoldsNanoUsd).toBe(1_000)
})

test('amounts that are no whole nano-dollars are defects', async () => {
  const { book } = await startBook(10_000)
  expect(() => book.openHold(askOf('r', -1_000))).toThrow('whole number of nano-dollars')
  const hold = opened(book, 'r', 1_000)
  for (const amount of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    expect(() => book.settle(hold, chargeOf(amount), usageOf('r'))).toThrow('whole number of nano-dollars')
  }
  await book.release(hold, usageOf('r'))
})

test('a person without an account is a defect', async () => {
  const { book } = await startBook()
  expect(() => book.state('nobody')).toThrow('There is no account of user nobody.')
  expect(() => book.openHold(askOf('r', 1, 'nobody'))).toThrow('There is no account of user user-nobody.')
})

test('what a crash left held of a plan is released to the plan, and listed with the plan', async () => {
  const { db, repositories } = openTestDatabase()
  addPerson(repositories)
  repositories.plans.save({
    id: 'pro',
    name: 'Pro',
    priceNanoUsd: 0,
    days: 30,
    quotas: [{ window: 'day', metric: 'money', value: 5_000 }],
    allowedModels: null,
    mayUseBalance: false,
    isForSale: false,
    createdAt: 0,
    updatedAt: 0,
    archivedAt: null,
  })
  const times = { startedAt: NOW, endsAt: NOW + 1_000, endedAt: null }
  const subscription = { id: 'sub', userId: 'user-ann', planId: 'pro', origin: 'granted', ...times } as const
  const { logger } = listeningLogger()
  const start = () => {
    const writer = createWriter(db, { onError: ({ error }) => expect.unreachable(String(error)) })
    return { writer, ...createTestFunds(repositories, { writer, logger }) }
  }
  const first = start()
  await first.book.grant({
    change: null,
    subscriptions: [subscription],
    planSubscriptionId: null,
    code: null,
  })
  const hold = first.book.openHold({ ...askOf('r', 4_000), source: 'plan' })
  if (!hold.ok) throw new Error(hold.error.code)
  await hold.value.isOnDisk
  expect(first.planFunds.stateOf('user-ann')?.quotas).toMatchObject([{ held: 4_000, left: 1_000 }])
  expect(first.book.state('user-ann').openHoldsNanoUsd).toBe(0)

  const next = start()
  expect(next.planFunds.stateOf('user-ann')?.quotas).toMatchObject([{ used: 0, held: 0, left: 5_000 }])
  expect(repositories.ledger.entriesOfRequest('r')).toMatchObject([
    { kind: 'hold', heldNanoUsd: 0, planHeldNanoUsd: 4_000, planSubscriptionId: 'sub' },
    { kind: 'release', heldNanoUsd: 0, planHeldNanoUsd: -4_000, planSubscriptionId: 'sub' },
  ])
  expect(repositories.possibleLosses.list({ limit: 9 }).rows).toMatchObject([
    { requestId: 'r', amountNanoUsd: 4_000, planSubscriptionId: 'sub' },
  ])
})

test('a charge beyond what the account can bear is booked as a write-off, whoever decided it', async () => {
  const running = await startBook(1_000)
  const { book, db, lines, repositories } = running
  await book.settle(opened(book, 'r', 800), chargeOf(5_000), usageOf('r', { costNanoUsd: 5_000 }))
  expect(book.state('user-ann').balanceNanoUsd).toBe(0)
  expect(stored(running)).toBe(0)
  expect(db.raw.prepare('SELECT amount_nano_usd AS a, write_off_nano_usd AS w FROM charges').get()).toEqual({
    a: 1_000,
    w: 4_000,
  })
  expect(repositories.usage.list({ limit: 1 }).rows[0]?.costNanoUsd).toBe(1_000)
  expect(repositories.ledger.entriesOfRequest('r')).toMatchObject([
    { kind: 'hold', amountNanoUsd: 0 },
    { kind: 'write_off', amountNanoUsd: 4_000 },
    { kind: 'settle', amountNanoUsd: -5_000 },
  ])
  expect(repositories.ledger.sumOf('user-ann')).toBe(0)
  expect(lines).toMatchObject([
    { level: 'error', message: 'a charge was more than what pays for it has' },
    { level: 'error', message: 'the operator bears part of a charge' },
  ])
})

test('a hold that cannot be written is gone, and ending its request charges nothing and is no defect', async () => {
  const running = await startBook(10_000)
  const { book, repositories } = running
  const settledLater = opened(book, 'r', 4_000)
  const unpriced = { ...askOf('s', 1_000), priceId: 'no-such-price' }
  const releasedLater = book.openHold(unpriced)
  if (!releasedLater.ok) throw new Error('there is enough')
  expect(await releasedLater.value.isOnDisk).toBe(false)
  await settledLater.isOnDisk
  expect(book.state('user-ann').openHoldsNanoUsd).toBe(4_000)
  await book.release(releasedLater.value, usageOf('s', { reason: 'refused', status: 503 }))
  expect(() => book.release(releasedLater.value, usageOf('s'))).toThrow('it ends once')
  await book.flush()
  expect(repositories.usage.list({ limit: 5 }).rows).toMatchObject([{ requestId: 's', costNanoUsd: 0 }])

  const lost = book.openHold({ ...unpriced, requestId: 't' })
  if (!lost.ok) throw new Error('there is enough')
  expect(await lost.value.isOnDisk).toBe(false)
  await book.settle(lost.value, chargeOf(700), usageOf('t', { costNanoUsd: 700 }))
  await book.flush()
  expect(book.state('user-ann').balanceNanoUsd).toBe(10_000)
  expect(stored(running)).toBe(10_000)
})

test('a settlement in the turn of a hold that cannot be written is undone, and says so', async () => {
  const running = await startBook(10_000)
  const { book, lines, repositories } = running
  const hold = book.openHold({ ...askOf('r', 4_000), priceId: 'no-such-price' })
  if (!hold.ok) throw new Error('there is enough')
  const settled = book.settle(hold.value, chargeOf(1_000), usageOf('r'))
  expect(book.state('user-ann').balanceNanoUsd).toBe(9_000)
  await expect(settled).rejects.toThrow('is not open on disk')
  await book.flush()
  await book.flush()
  expect(book.state('user-ann')).toMatchObject({ balanceNanoUsd: 10_000, openHoldsNanoUsd: 0 })
  expect(stored(running)).toBe(10_000)
  expect(repositories.usage.list({ limit: 5 }).rows).toMatchObject([{ requestId: 'r', costNanoUsd: 0 }])
  expect(lines).toMatchObject([
    { level: 'error', message: 'a settlement cannot be written; its charge is undone' },
  ])
})

test('a settlement that can never be written ends its hold without a charge', async () => {
  const running = await startBook(10_000)
  const { book, repositories } = running
  const hold = opened(book, 'r', 4_000)
  await hold.isOnDisk
  // A fraction in the row of a charge is a defect of whoever made it.
  const settled = book.settle(hold, { ...chargeOf(1_000), multiplierPpm: 0.5 }, usageOf('r'))
  await expect(settled).rejects.toThrow('cannot store REAL value in INTEGER column')
  await book.flush()
  expect(stored(running)).toBe(10_000)
  expect(book.state('user-ann')).toMatchObject({ balanceNanoUsd: 10_000, openHoldsNanoUsd: 0 })
  expect(repositories.ledger.entriesOfRequest('r').map(({ kind }) => kind)).toEqual(['hold', 'release'])
})

test('nobody has to listen: writes that fail unheard end no process', async () => {
  const rejections: unknown[] = []
  const listen = (reason: unknown) => void rejections.push(reason)
  process.on('unhandledRejection', listen)
  try {
    const { book, failures } = await startBook(10_000)
    const hold = book.openHold({ ...askOf('r', 1), priceId: 'no-such-price' })
    if (hold.ok) void book.settle(hold.value, chargeOf(1), usageOf('r'))
    const other = book.openHold({ ...askOf('s', 1), priceId: 'no-such-price' })
    if (other.ok) void book.release(other.value, usageOf('s'))
    book.recordRefused(usageOf('t', { durationMs: 0.5 }))
    await book.flush()
    await book.flush()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(failures.length).toBeGreaterThan(4)
    expect(rejections).toEqual([])
  } finally {
    process.off('unhandledRejection', listen)
  }
})

test('a balance can be lowered to its limit and no further; what is on hold cannot be taken', async () => {
  const running = await startBook(10_000_000_000)
  const { book, give } = running
  opened(book, 'r', 4_000_000_000)
  expect(await give(-6_000_000_001)).toEqual({
    ok: false,
    error: { code: 'balance_below_limit', details: { maxUsd: '$6.00', maxNanoUsd: 6_000_000_000 } },
  })
  expect(await give(-6_000_000_000)).toMatchObject({ ok: true, value: { availableNanoUsd: 0 } })
  expect(stored(running)).toBe(4_000_000_000)
})

test('two changes at once cannot take the same money', async () => {
  const running = await startBook(1_000)
  const { give, book } = running
  const [first, second] = await Promise.all([give(-700), give(-700)])
  expect(first).toMatchObject({ ok: true })
  expect(second).toMatchObject({ ok: false, error: { code: 'balance_below_limit' } })
  expect([book.state('user-ann').balanceNanoUsd, stored(running)]).toEqual([300, 300])
})

test('money that is given can be spent once it is on disk, not before', async () => {
  const { book, give } = await startBook()
  const given = give(5_000)
  expect(book.openHold(askOf('r', 5_000))).toMatchObject({ ok: false })
  expect(await given).toMatchObject({ ok: true, value: { balanceNanoUsd: 5_000 } })
  opened(book, 'r', 5_000)
})

test('a change that the disk refuses is a refusal, and memory and database stay as they were', async () => {
  const running = await startBook(1_000)
  const { book, db } = running
  fillDisk(running)
  const note = 'n'.repeat(50_000)
  for (const amountNanoUsd of [-400, 400]) {
    const change = { userId: 'user-ann', kind: 'correction', amountNanoUsd, note, actorUserId: null } as const
    expect(await book.changeBalance(change)).toEqual({ ok: false, error: { code: 'storage_unavailable' } })
    expect([book.state('user-ann').balanceNanoUsd, stored(running)]).toEqual([1_000, 1_000])
  }
  db.raw.pragma('max_page_count = 1000000')
})

test('a balance beyond what can be kept is refused', async () => {
  const { give } = await startBook(Number.MAX_SAFE_INTEGER)
  expect(await give(1)).toMatchObject({ ok: false, error: { code: 'invalid_input' } })
  expect(await give(-1)).toMatchObject({ ok: true })
})

test('a change carries who made it and why into the ledger', async () => {
  const { book, repositories } = await startBook()
  await book.changeBalance({
    userId: 'user-ann',
    kind: 'gift',
    amountNanoUsd: 5,
    note: 'Welcome',
    actorUserId: 'user-ann',
  })
  expect(repositories.accountHistory.changes('user-ann', { limit: 1 }).rows).toMatchObject([
    { kind: 'gift', amountNanoUsd: 5, note: 'Welcome', actorUserId: 'user-ann' },
  ])
})

test('holds that a crash left open are given back before anyone can ask, and are told of', async () => {
  const running = await startBook(10_000)
  const { book, db, repositories } = running
  await opened(book, 'r', 4_000).isOnDisk
  await opened(book, 's', 1_000).isOnDisk

  const writer = createWriter(db, { onError: vi.fn() })
  const { logger, lines } = listeningLogger()
  const next = createTestBook(repositories, { writer, logger })
  expect(next.state('user-ann')).toMatchObject({ balanceNanoUsd: 10_000, availableNanoUsd: 10_000 })
  expect(repositories.ledger.openHolds()).toEqual([])
  expect(repositories.possibleLosses.list({ limit: 9 }).rows).toHaveLength(2)
  expect(lines.map(({ level, about }) => [level, about])).toMatchObject([
    ['warn', { requestId: 'r', amountNanoUsd: 4_000, priceId: PRICE_ID }],
    ['warn', { requestId: 's' }],
  ])
  expect(cellOf(db, 'SELECT sum(held_nano_usd) FROM ledger_entries')).toBe(0)
})
