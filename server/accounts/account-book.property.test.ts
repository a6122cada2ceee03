// Random histories against a real file: whatever people, requests and the disk do, and in whatever order, the money adds up.
import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addPerson,
  askOf,
  chargeOf,
  createTestFunds,
  listeningLogger,
  NOW,
  openTestDatabase,
  PRICE_ID,
  tempDir,
  usageOf,
} from '../../test/support/database.ts'
import { type Db, openDatabase } from '../db/open.ts'
import type { LedgerRepository } from '../db/repositories/ledger.ts'
import { createRepositories, type Repositories } from '../db/repositories/repositories.ts'
import { createWriter, type Writer } from '../db/write.ts'
import type { AccountBook, OpenHold } from './account-book.ts'
import type { PlanFunds } from './plan-funds.ts'

const PEOPLE = ['ann', 'ben'] as const
const CREDIT_LIMITS = { ann: 0, ben: 3_000 } as const
type Person = (typeof PEOPLE)[number]

const person = fc.constantFrom(...PEOPLE)
/** Ann has a plan that pays this much a day, at a time that stands still; Ben has none. */
const PLAN_QUOTA = 12_000
const PLAN = 'plan-of-ann'
const SUBSCRIPTION = 'subscription-of-ann'

function givePlan({ plans }: Repositories, db: Db): void {
  plans.save({
    id: PLAN,
    name: 'Pro',
    priceNanoUsd: 0,
    days: 30,
    quotas: [{ window: 'day', metric: 'money', value: PLAN_QUOTA }],
    allowedModels: null,
    mayUseBalance: true,
    isForSale: false,
    createdAt: NOW,
    updatedAt: NOW,
    archivedAt: null,
  })
  db.raw
    .prepare(`INSERT INTO plan_subscriptions VALUES (?, 'user-ann', ?, 'granted', ?, ?, NULL)`)
    .run(SUBSCRIPTION, PLAN, NOW, NOW + 1_000_000)
}

/** Which of the open holds is ended; taken modulo their number. */
const which = fc.nat(50)
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('hold'),
      person,
      amount: fc.integer({ min: 0, max: 6_000 }),
      isPlanAsked: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('settle'), which, percent: fc.integer({ min: 0, max: 150 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release'), which }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('change'),
      person,
      amount: fc.integer({ min: -4_000, max: 8_000 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('refused'), person }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('turn') }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('disk'), state: fc.constantFrom('fine', 'full', 'readonly') }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart') }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** One gateway's life on one file, over several starts. */
class Life {
  readonly path: string
  db: Db
  ledger: LedgerRepository
  writer: Writer
  book: AccountBook
  planFunds: PlanFunds
  holds: OpenHold[] = []
  requests = 0

  constructor(path: string) {
    this.path = path
    const started = this.#start()
    ;({ db: this.db, ledger: this.ledger, writer: this.writer } = started)
    ;({ book: this.book, planFunds: this.planFunds } = started)
  }

  #start() {
    const db = openDatabase(this.path)
    const repositories = createRepositories(db)
    const { ledger } = repositories
    const writer = createWriter(db, { onError: () => {} })
    const { logger } = listeningLogger()
    return { db, ledger, writer, ...createTestFunds(repositories, { writer, logger }) }
  }

  async run(taken: Step): Promise<void> {
    if (taken.do === 'hold') this.#hold(taken)
    else if (taken.do === 'settle') this.#settle(taken)
    else if (taken.do === 'release') this.#release(taken)
    // Not awaited: changes cross the requests of the same turn.
    else if (taken.do === 'change') void this.#change(taken)
    else if (taken.do === 'refused') this.book.recordRefused(this.#usage(this.#nextRequestId()))
    else if (taken.do === 'turn') await new Promise((resolve) => setImmediate(resolve))
    else if (taken.do === 'disk') this.setDisk(taken.state)
    else await this.restart()
  }

  #hold({ person, amount, isPlanAsked }: Extract<Step, { isPlanAsked: boolean }>): void {
    const priceId = amount % 7 === 0 ? 'no-such-price' : PRICE_ID
    const source = isPlanAsked ? ('plan' as const) : ('balance' as const)
    const request = { ...askOf(this.#nextRequestId(), amount, person), priceId, source }
    const isPaidByPlan = isPlanAsked && person === 'ann'
    const available = isPaidByPlan ? this.#leftOfPlan() : this.book.state(request.userId).availableNanoUsd
    const hold = this.book.openHold(request)
    expect(hold.ok).toBe(amount <= available)
    if (!hold.ok) return
    expect(hold.value.planSubscriptionId).toBe(isPaidByPlan ? SUBSCRIPTION : null)
    this.holds.push(hold.value)
  }

  /** What is held of the plan: by requests that run, less those whose rows were lost on the way. */
  #leftOfPlan(): number {
    return this.planFunds.stateOf('user-ann')?.quotas[0]?.left ?? Number.NaN
  }

  #settle({ which, percent }: Extract<Step, { percent: number }>): void {
    const hold = this.#take(which)
    if (!hold) return
    const charge = chargeOf(Math.floor((hold.amountNanoUsd * percent) / 100))
    // Some rows need pages of their own, so that a full disk refuses some and not others.
    const reportedUsage = percent % 3 === 0 ? 'u'.repeat(20_000) : null
    void this.book.settle(hold, { ...charge, reportedUsage }, this.#usage(hold.requestId))
    expect(() => this.book.release(hold, this.#usage(hold.requestId))).toThrow('it ends once')
  }

  #release({ which }: { readonly which: number }): void {
    const hold = this.#take(which)
    if (hold) void this.book.release(hold, this.#usage(hold.requestId))
  }

  async #change({ person, amount }: Extract<Step, { do: 'change' }>): Promise<void> {
    const kind = amount < 0 ? 'correction' : 'top_up'
    const userId = `user-${person}`
    const note = amount % 5 === 0 ? 'n'.repeat(20_000) : ''
    await this.book.changeBalance({ userId, kind, amountNanoUsd: amount, note, actorUserId: null })
  }

  #nextRequestId(): string {
    this.requests += 1
    return `r${this.requests}`
  }

  #usage = (requestId: string) => usageOf(requestId, { reason: 'upstream_failed' })

  #take(index: number): OpenHold | undefined {
    return this.holds.splice(index % Math.max(1, this.holds.length), 1)[0]
  }

  /** `full`: no room for another page, so that small rows may still land; `readonly`: nothing lands. */
  setDisk(state: 'fine' | 'full' | 'readonly'): void {
    const pages = state === 'full' ? Number(this.db.raw.pragma('page_count', { simple: true })) : 1_000_000
    this.db.raw.pragma(`max_page_count = ${pages}`)
    this.db.raw.pragma(`query_only = ${state === 'readonly' ? 'ON' : 'OFF'}`)
  }

  /** Everything lands: a row that the disk takes brings with it what the disk refused before. */
  async settleDown(): Promise<void> {
    this.setDisk('fine')
    await new Promise((resolve) => setImmediate(resolve))
    this.book.recordRefused(this.#usage(this.#nextRequestId()))
    await this.book.flush()
    await new Promise((resolve) => setImmediate(resolve))
    await this.book.flush()
  }

  /** As if the process had ended: what is open then stays open in the file. */
  async restart(): Promise<void> {
    await this.settleDown()
    this.checkFile()
    await this.writer.stop()
    this.db.close()
    this.holds = []
    const started = this.#start()
    ;({ db: this.db, ledger: this.ledger, writer: this.writer } = started)
    ;({ book: this.book, planFunds: this.planFunds } = started)
    expect(this.ledger.openHolds()).toEqual([])
  }

  checkMemory(): void {
    for (const name of PEOPLE) {
      const state = this.book.state(`user-${name}`)
      expect(state.availableNanoUsd).toBeGreaterThanOrEqual(0)
      expect(state.balanceNanoUsd).toBeGreaterThanOrEqual(-CREDIT_LIMITS[name])
    }
  }

  /** What a plan has used is the sum of its charges and of its entries, and with what is held never above its quota. */
  #checkPlan(heldNanoUsd: number): void {
    const sumIn = (sql: string) => Number(this.db.raw.prepare(sql).pluck().get() ?? 0)
    const charged = sumIn(`SELECT sum(amount_nano_usd) FROM charges WHERE source = 'plan'`)
    expect(0 - sumIn('SELECT sum(plan_amount_nano_usd) FROM ledger_entries')).toBe(charged)
    expect(sumIn('SELECT sum(plan_held_nano_usd) FROM ledger_entries')).toBe(heldNanoUsd)
    const [quota] = this.planFunds.stateOf('user-ann')?.quotas ?? []
    expect(quota).toMatchObject({ used: charged, held: heldNanoUsd })
    expect(createRepositories(this.db).spending.find('plan', SUBSCRIPTION)?.dayNanoUsd ?? 0).toBe(charged)
    expect(charged + heldNanoUsd).toBeLessThanOrEqual(PLAN_QUOTA)
  }

  /** What a key has spent is the sum of its charges, in memory and on disk, in the total as in a day that does not end. */
  #checkKey(name: Person, openHoldsNanoUsd: number): void {
    const charged = this.db.raw
      .prepare('SELECT coalesce(sum(amount_nano_usd), 0) FROM charges WHERE key_id = ?')
      .pluck()
      .get(`key-${name}`)
    const { day, total } = this.book.keySpending(`key-${name}`)
    for (const period of [day, total])
      expect(period).toMatchObject({ settledNanoUsd: charged, openHoldsNanoUsd })
    const stored = createRepositories(this.db).spending.find('key', `key-${name}`)
    expect([stored?.totalNanoUsd ?? 0, stored?.dayNanoUsd ?? 0]).toEqual([charged, charged])
  }

  /** What is in memory, in the balance's row, and in the sum of the entries is one and the same. */
  checkFile(): void {
    for (const name of PEOPLE) {
      const userId = `user-${name}`
      const state = this.book.state(userId)
      expect(this.ledger.balanceOf(userId)?.balanceNanoUsd).toBe(state.balanceNanoUsd)
      expect(this.ledger.sumOf(userId)).toBe(state.balanceNanoUsd)
      const held = this.ledger.openHolds().filter((hold) => hold.userId === userId)
      const sumOf = (holds: typeof held) => holds.reduce((sum, hold) => sum + hold.amountNanoUsd, 0)
      expect(sumOf(held.filter(({ planSubscriptionId }) => planSubscriptionId === null))).toBe(
        state.openHoldsNanoUsd,
      )
      this.#checkKey(name, sumOf(held))
      if (name === 'ann') this.#checkPlan(sumOf(held) - state.openHoldsNanoUsd)
    }
    const count = (sql: string) => this.db.raw.prepare(sql).pluck().get()
    const holds = count(`SELECT count(*) FROM ledger_entries WHERE kind = 'hold'`)
    const ends = count(`SELECT count(*) FROM ledger_entries WHERE kind IN ('settle', 'release')`)
    const ended = count(
      `SELECT count(DISTINCT request_id) FROM ledger_entries WHERE kind IN ('settle', 'release')`,
    )
    expect(ends).toBe(ended)
    expect(Number(holds) - Number(ends)).toBe(this.ledger.openHolds().length)
    expect(count(`SELECT count(*) FROM ledger_entries WHERE kind = 'settle'`)).toBe(
      count('SELECT count(*) FROM charges'),
    )
    const charged = `SELECT -sum(amount_nano_usd) FROM ledger_entries WHERE kind IN ('settle', 'write_off')`
    expect(count(charged) ?? 0).toBe(
      count(`SELECT coalesce(sum(amount_nano_usd), 0) FROM charges WHERE source = 'balance'`),
    )
    expect(count('SELECT coalesce(sum(amount_nano_usd), 0) FROM charges')).toBe(
      count('SELECT coalesce(sum(cost_nano_usd), 0) FROM usage'),
    )
  }
}

test('the money adds up after every history, in memory, on disk, and after the next start', async () => {
  const dir = tempDir()
  const { db, path, repositories } = openTestDatabase(dir)
  for (const name of PEOPLE) addPerson(repositories, name, CREDIT_LIMITS[name])
  givePlan(repositories, db)
  db.raw.pragma('wal_checkpoint(TRUNCATE)')

  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60 }), async (history) => {
      const copy = join(dir, 'life.db')
      for (const end of ['', '-wal', '-shm']) rmSync(`${copy}${end}`, { force: true })
      copyFileSync(path, copy)
      const life = new Life(copy)
      try {
        await life.book.changeBalance({
          userId: 'user-ann',
          kind: 'top_up',
          amountNanoUsd: 10_000,
          note: '',
          actorUserId: null,
        })
        for (const taken of history) {
          await life.run(taken)
          life.checkMemory()
        }
        await life.restart()
        life.checkFile()
      } finally {
        life.setDisk('fine')
        await life.writer.stop()
        life.db.close()
      }
    }),
    { numRuns: 60, endOnFailure: true },
  )
}, 60_000)
