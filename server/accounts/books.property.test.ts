// Random lives of a gateway on a real file: prices, requests of every ending, refunds, later charges, dismissals, credit limits,
// full disks and crashes in any order. Whatever happened, the books are right by three readers that know nothing of each
// other: the ledger light's check, sums by hand, and somebody who prices every charge anew in fractions.
import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PriceRow } from '../../contract/price.ts'
import {
  addPerson,
  askOf,
  createTestBook,
  listeningLogger,
  NOW,
  openTestDatabase,
  tempDir,
  usageOf,
} from '../../test/support/database.ts'
import { repriceAll } from '../../test/support/reprice.ts'
import { type Db, openDatabase } from '../db/open.ts'
import { createLedgerCheck } from '../db/repositories/ledger-check.ts'
import { createRepositories, type Repositories } from '../db/repositories/repositories.ts'
import { createWriter, type Writer } from '../db/write.ts'
import { decideLossCharge, decideRefund } from '../ledger/correct.ts'
import { decideSettlement, type Ending } from '../ledger/settle.ts'
import { NO_USAGE } from '../ledger/token-usage.ts'
import type { AccountBook, OpenHold } from './account-book.ts'

const PEOPLE = ['ann', 'ben'] as const
type Person = (typeof PEOPLE)[number]

const rate = fc.integer({ min: 0, max: 9_000_000 })
const maybe = fc.option(rate, { nil: null })
/** Small prices, so that rounding matters. */
const price = fc.record({
  inputNanoUsdPerMTok: rate,
  cachedInputNanoUsdPerMTok: maybe,
  cacheWriteNanoUsdPerMTok: maybe,
  outputNanoUsdPerMTok: rate,
  longContextAboveTokens: fc.option(fc.integer({ min: 1, max: 600 }), { nil: null }),
  longInputNanoUsdPerMTok: maybe,
  longOutputNanoUsdPerMTok: maybe,
  webSearchNanoUsdPerCall: fc.option(fc.nat(500), { nil: null }),
  audioInputNanoUsdPerMTok: maybe,
  flexInputNanoUsdPerMTok: maybe,
  flexOutputNanoUsdPerMTok: maybe,
  priorityInputNanoUsdPerMTok: maybe,
  priorityOutputNanoUsdPerMTok: maybe,
})

const person = fc.constantFrom(...PEOPLE)
const which = fc.nat(50)
const settle = fc.record({
  do: fc.constant('settle'),
  which,
  ending: fc.constantFrom<Ending>(
    'finished',
    'finished',
    'finished',
    'client_left',
    'drain_cut',
    'upstream_failed',
    'upstream_refused',
  ),
  isReported: fc.boolean(),
  isImplausible: fc.boolean(),
  counts: fc.record({
    plain: fc.nat(900),
    cached: fc.nat(200),
    written: fc.nat(200),
    output: fc.nat(900),
    audio: fc.nat(90),
    searches: fc.nat(3),
  }),
  tier: fc.constantFrom(null, 'default', 'flex', 'fast', 'scale', 'auto'),
  asked: fc.constantFrom('default', 'flex', 'priority'),
  multiplierPpm: fc.constantFrom(1_000_000, 1_250_000, 333_333, 1),
  modelMultiplierPpm: fc.constantFrom(1_000_000, 900_000, 3_000_001),
} as const)
type Settle = typeof settle extends fc.Arbitrary<infer T> ? T : never

const steps = {
  hold: fc.record({
    do: fc.constant('hold'),
    person,
    amount: fc.nat(9_000),
    price: fc.nat(9),
    isAnsweredWhole: fc.boolean(),
  } as const),
  settle,
  release: fc.record({ do: fc.constant('release'), which } as const),
  top_up: fc.record({
    do: fc.constant('top_up'),
    person,
    amount: fc.integer({ min: 1, max: 9_000 }),
  } as const),
  correction: fc.record({
    do: fc.constant('correction'),
    person,
    amount: fc.integer({ min: 1, max: 5_000 }),
  } as const),
  refund: fc.record({
    do: fc.constant('refund'),
    which,
    amount: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
  } as const),
  limit: fc.record({ do: fc.constant('limit'), person, amount: fc.nat(6_000) } as const),
  loss: fc.record({
    do: fc.constant('loss'),
    which,
    amount: fc.option(fc.integer({ min: 1, max: 900 }), { nil: undefined }),
  } as const),
  dismiss: fc.record({ do: fc.constant('dismiss'), which } as const),
  turn: fc.record({ do: fc.constant('turn') } as const),
  disk: fc.record({
    do: fc.constant('disk'),
    state: fc.constantFrom('fine', 'fine', 'full', 'readonly'),
  } as const),
  crash: fc.record({ do: fc.constant('crash') } as const),
}
const WEIGHTS = {
  hold: 9,
  settle: 8,
  release: 1,
  top_up: 3,
  correction: 1,
  refund: 3,
  limit: 2,
  loss: 2,
  dismiss: 1,
  turn: 5,
  disk: 1,
  crash: 1,
}
const step = fc.oneof(
  ...Object.entries(WEIGHTS).map(([name, weight]) => ({
    weight,
    // The weights name the steps.
    arbitrary: steps[name as keyof typeof steps] as fc.Arbitrary<Step>,
  })),
)
type Step = {
  [Name in keyof typeof steps]: (typeof steps)[Name] extends fc.Arbitrary<infer T> ? T : never
}[keyof typeof steps]

class Life {
  readonly path: string
  readonly prices: readonly PriceRow[]
  db: Db
  repositories: Repositories
  writer: Writer
  book: AccountBook
  holds: { readonly hold: OpenHold; readonly price: PriceRow }[] = []
  settled: { readonly requestId: string; readonly userId: string }[] = []
  requests = 0

  constructor(path: string, prices: readonly PriceRow[]) {
    this.path = path
    this.prices = prices
    ;({ db: this.db, repositories: this.repositories, writer: this.writer, book: this.book } = this.#start())
  }

  #start() {
    const db = openDatabase(this.path)
    const repositories = createRepositories(db)
    const writer = createWriter(db, { onError: () => {} })
    const { logger } = listeningLogger()
    const clock = { now: () => NOW + this.requests, monotonicMs: () => 0 }
    return {
      db,
      repositories,
      writer,
      book: createTestBook(repositories, { writer, logger, clock }),
    }
  }

  async run(taken: Step): Promise<void> {
    switch (taken.do) {
      case 'hold':
        return this.#hold(taken)
      case 'settle':
        return this.#settle(taken)
      case 'release': {
        const held = this.#take(this.holds, taken.which)
        if (held) void this.book.release(held.hold, usageOf(held.hold.requestId))
        return
      }
      // Not awaited: changes cross the requests of the same turn, and each other.
      case 'top_up':
        return void this.#change(taken.person, 'top_up', taken.amount)
      case 'correction':
        return void this.#change(taken.person, 'correction', -taken.amount)
      case 'refund':
        return this.#refund(taken.which, taken.amount)
      case 'limit':
        return this.#limit(taken.person, taken.amount)
      case 'loss':
        return this.#chargeLoss(taken.which, taken.amount)
      case 'dismiss':
        return this.#dismissLoss(taken.which)
      case 'turn':
        return void (await new Promise((resolve) => setImmediate(resolve)))
      case 'disk':
        return this.setDisk(taken.state)
      case 'crash':
        return this.crash()
    }
  }

  #take<T>(list: T[], index: number): T | undefined {
    return list.splice(index % Math.max(1, list.length), 1)[0]
  }

  #hold({
    person: name,
    amount,
    price: index,
    isAnsweredWhole,
  }: {
    readonly person: Person
    readonly amount: number
    readonly price: number
    readonly isAnsweredWhole: boolean
  }): void {
    this.requests += 1
    const price = this.prices[index % this.prices.length]
    if (!price) throw new Error('there are prices')
    const ask = askOf(`r${this.requests}`, amount, name)
    const opened = this.book.openHold({ ...ask, priceId: price.id, createdAt: NOW, isAnsweredWhole })
    if (opened.ok) this.holds.push({ hold: opened.value, price })
  }

  #settle({ which, ending, isReported, isImplausible, counts, tier, asked, ...multipliers }: Settle): void {
    const held = this.#take(this.holds, which)
    if (!held) return
    const { hold, price: rates } = held
    const { plain, cached, written, output, audio, searches } = counts
    const usage = {
      ...NO_USAGE,
      inputTokens: plain + cached + written,
      cachedInputTokens: cached,
      cacheWriteTokens: written,
      outputTokens: output,
      webSearchCalls: searches,
      audioInputTokens: Math.min(audio, plain),
    }
    const decision = decideSettlement({
      ending,
      reported: isReported ? { usage, isImplausible } : undefined,
      rawReported: isReported ? '{}' : null,
      requestBytes: plain,
      relayedTextBytes: output,
      holdNanoUsd: hold.amountNanoUsd,
      availableBeyondHoldNanoUsd: this.book.state(hold.userId).availableNanoUsd,
      rates,
      multiplierPpm: multipliers.multiplierPpm,
      modelMultiplierPpm: multipliers.modelMultiplierPpm,
      serviceTier: tier,
      askedServiceTier: asked,
      upstreamResponseId: null,
    })
    const { requestId, userId } = hold
    const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, webSearchCalls } = decision.usage
    const row = usageOf(requestId, {
      userId,
      inputTokens,
      cachedInputTokens,
      cacheWriteTokens,
      outputTokens,
      webSearchCalls,
    })
    if (decision.kind === 'release') return void this.book.release(hold, row)
    this.settled.push({ requestId, userId })
    void this.book.settle(hold, decision.charge, row)
  }

  async #change(name: Person, kind: 'top_up' | 'correction', amountNanoUsd: number): Promise<void> {
    await this.book.changeBalance({
      userId: `user-${name}`,
      kind,
      amountNanoUsd,
      note: '',
      actorUserId: null,
    })
  }

  /** As the handler does it; the request stays in the list, so that others try again. */
  #refund(index: number, named: number | undefined): void {
    const request = this.settled[index % Math.max(1, this.settled.length)]
    if (!request) return
    const entries = this.repositories.ledger.entriesOfRequest(request.requestId)
    const sum = (kinds: readonly string[]) =>
      entries
        .filter(({ kind }) => kinds.includes(kind))
        .reduce((added, entry) => added + entry.amountNanoUsd, 0)
    const decided = decideRefund(0 - sum(['settle', 'write_off']), sum(['refund']), named)
    if (!decided.ok) return
    const change = {
      ...request,
      kind: 'refund',
      amountNanoUsd: decided.value,
      note: '',
      actorUserId: null,
    } as const
    void this.book.changeBalance(change)
    // Twice in one turn: the second finds the first.
    void this.book.changeBalance(change)
  }

  #limit(name: Person, limitNanoUsd: number): void {
    const userId = `user-${name}`
    const write = () => this.repositories.ledger.setCreditLimit(userId, limitNanoUsd)
    try {
      this.book.setCreditLimit(userId, limitNanoUsd, write)
    } catch {
      // The disk takes nothing; then the limit stays.
    }
  }

  #chargeLoss(index: number, named: number | undefined): void {
    const losses = this.repositories.possibleLosses.list({ limit: 50 }).rows
    const loss = losses[index % Math.max(1, losses.length)]
    if (!loss) return
    const decided = decideLossCharge(loss.amountNanoUsd, this.book.state(loss.userId), named)
    if (!decided.ok) return
    const { requestId, userId } = loss
    const amountNanoUsd = 0 - decided.value.amountNanoUsd
    void this.book.changeBalance({
      userId,
      requestId,
      kind: 'charge',
      amountNanoUsd,
      note: '',
      actorUserId: null,
    })
  }

  #dismissLoss(index: number): void {
    const losses = this.repositories.possibleLosses.list({ limit: 50 }).rows
    const loss = losses[index % Math.max(1, losses.length)]
    try {
      if (loss)
        this.repositories.possibleLosses.dismiss({
          requestId: loss.requestId,
          createdAt: NOW,
          actorUserId: null,
          note: '',
        })
    } catch {
      // The disk takes nothing; then the loss stays open.
    }
  }

  /** `full`: no room for another page; `readonly`: nothing lands. */
  setDisk(state: 'fine' | 'full' | 'readonly'): void {
    const pages = state === 'full' ? Number(this.db.raw.pragma('page_count', { simple: true })) : 1_000_000
    this.db.raw.pragma(`max_page_count = ${pages}`)
    this.db.raw.pragma(`query_only = ${state === 'readonly' ? 'ON' : 'OFF'}`)
  }

  async settleDown(): Promise<void> {
    this.setDisk('fine')
    for (let turn = 0; turn < 3; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve))
      this.requests += 1
      this.book.recordRefused(usageOf(`refused-${this.requests}`))
      await this.book.flush()
    }
  }

  /** What is open then stays open in the file, and the next start finds it. */
  async crash(): Promise<void> {
    await this.settleDown()
    await this.writer.stop()
    this.db.close()
    this.holds = []
    ;({ db: this.db, repositories: this.repositories, writer: this.writer, book: this.book } = this.#start())
  }

  checkMemory(): void {
    for (const name of PEOPLE) {
      expect(this.book.state(`user-${name}`).availableNanoUsd).toBeGreaterThanOrEqual(0)
    }
  }

  /** By the light, by hand, and by fractions. */
  checkBooks(): void {
    const check = createLedgerCheck(this.db, 7)
    while (check.step());
    const open = check.finish()
    const living = new Set(this.book.livingHolds().map(({ requestId }) => requestId))
    check.reportLeaked(open.filter((requestId) => !living.has(requestId)))
    expect(check.findings).toEqual([])
    expect(repriceAll(this.db.raw).problems).toEqual([])
    const rows = (sql: string) => this.db.raw.prepare(sql).raw().all()
    expect(
      rows(`SELECT user_id, balance_nano_usd FROM balances WHERE balance_nano_usd <>
        (SELECT coalesce(sum(amount_nano_usd), 0) FROM ledger_entries AS e WHERE e.user_id = balances.user_id)`),
    ).toEqual([])
    expect(rows('SELECT user_id FROM balances WHERE balance_nano_usd < -credit_limit_nano_usd')).toEqual([])
    const once = `SELECT request_id FROM ledger_entries WHERE request_id IS NOT NULL AND kind IN`
    for (const kinds of [`('hold')`, `('settle', 'release')`, `('refund')`, `('charge')`]) {
      expect(rows(`${once} ${kinds} GROUP BY request_id HAVING count(*) > 1`)).toEqual([])
    }
    for (const name of PEOPLE) {
      const userId = `user-${name}`
      const stored = this.repositories.ledger.balanceOf(userId)
      const { balanceNanoUsd, creditLimitNanoUsd } = this.book.state(userId)
      expect(stored).toEqual({ balanceNanoUsd, creditLimitNanoUsd })
    }
  }
}

test('the books are right after every life, by whoever reads them', async () => {
  const dir = tempDir()
  const { db, path, repositories } = openTestDatabase(dir)
  addPerson(repositories, 'ann')
  addPerson(repositories, 'ben', 3_000)
  db.raw.pragma('wal_checkpoint(TRUNCATE)')
  let charges = 0
  let corrections = 0

  await fc.assert(
    fc.asyncProperty(
      fc.array(price, { minLength: 1, maxLength: 3 }),
      fc.array(step, { minLength: 40, maxLength: 120 }),
      async (rates, history) => {
        const copy = join(dir, 'life.db')
        for (const end of ['', '-wal', '-shm']) rmSync(`${copy}${end}`, { force: true })
        copyFileSync(path, copy)
        const prices = rates.map(
          (columns, index): PriceRow => ({
            ...columns,
            id: `price-${index}`,
            model: 'test-model',
            effectiveFrom: NOW + 1 + index,
            origin: 'operator',
            createdAt: NOW,
          }),
        )
        const life = new Life(copy, prices)
        for (const row of prices) life.repositories.prices.insert(row)
        try {
          for (const name of PEOPLE) await life.run({ do: 'top_up', person: name, amount: 9_000 })
          await life.run({ do: 'turn' })
          for (const taken of history) {
            await life.run(taken)
            life.checkMemory()
          }
          await life.settleDown()
          life.checkBooks()
          await life.crash()
          life.checkBooks()
          charges += repriceAll(life.db.raw).charges
          corrections += Number(
            life.db.raw
              .prepare(`SELECT count(*) FROM ledger_entries WHERE kind IN ('refund', 'charge')`)
              .pluck()
              .get(),
          )
        } finally {
          life.setDisk('fine')
          await life.writer.stop()
          life.db.close()
        }
      },
    ),
    { numRuns: 60, endOnFailure: true },
  )
  // The histories are about something.
  expect(charges).toBeGreaterThan(200)
  expect(corrections).toBeGreaterThan(20)
}, 120_000)
