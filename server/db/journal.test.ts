// The journal, whose transactions write what many commands change together once: it comes to the same as one transaction for
// each, and what one undid leaves nothing behind for the next.
import { expect, test } from 'vitest'
import {
  addPerson,
  addPlan,
  cellOf,
  chargeOf,
  holdOf,
  NOW,
  openTestDatabase,
  usageOf,
} from '../../test/support/database.ts'
import { release, topUp } from '../../test/support/write-commands.ts'
import { createJournal, type Journal } from './journal.ts'
import type { Db } from './open.ts'
import { pack } from './packed-commands.ts'
import { createLedgerCheck } from './repositories/ledger-check.ts'
import type { HoldRecord, SettleCommand, SpendingDelta, WriteCommand } from './write-command.ts'

const DAY_MS = 86_400_000

function start() {
  const { db, repositories } = openTestDatabase()
  addPerson(repositories, 'ann', 90_000)
  addPerson(repositories, 'ben', 90_000)
  addPlan(repositories)
  return { db, journal: createJournal(db.raw) }
}

const SUBSCRIBED: WriteCommand = {
  kind: 'grant',
  change: null,
  subscriptions: [
    {
      id: 'sub',
      userId: 'user-ann',
      planId: 'pro',
      origin: 'bought',
      startedAt: NOW,
      endsAt: NOW + 1_000,
      endedAt: null,
    },
  ],
  planSubscriptionId: null,
  code: null,
  createdAt: NOW,
}

const inWindow = (kind: SpendingDelta['kind'], subjectId: string, day: number, nanoUsd: number) => ({
  kind,
  subjectId,
  dayStartMs: day * DAY_MS,
  weekStartMs: 0,
  monthStartMs: 0,
  nanoUsd,
  tokens: 15,
  requests: 1,
})

/** Of the `n`th request: two people, a plan now and then, two models, and windows that are begun and come back to. */
function requestOf(n: number): { readonly hold: HoldRecord; readonly settle: SettleCommand } {
  const name = n % 3 === 0 ? 'ben' : 'ann'
  const planSubscriptionId = n % 4 === 1 ? 'sub' : null
  const paysPlan = name === 'ann' && planSubscriptionId !== null
  const hold = { ...holdOf(`r${n}`, 1_000, name), planSubscriptionId: paysPlan ? 'sub' : null }
  const amountNanoUsd = n % 5 === 0 ? 1_000 : n
  const about = {
    userId: hold.userId,
    keyId: hold.keyId,
    model: n % 2 === 0 ? 'test-model' : 'an-alias',
    costNanoUsd: amountNanoUsd,
    status: n % 7 === 0 ? 502 : 200,
    source: paysPlan ? ('plan' as const) : ('balance' as const),
    planSubscriptionId: hold.planSubscriptionId,
  }
  const counted = inWindow('key', hold.keyId, n % 4, amountNanoUsd)
  return {
    hold,
    settle: {
      kind: 'settle',
      hold,
      charge: { ...chargeOf(amountNanoUsd), writeOffNanoUsd: n % 5 === 0 ? 7 : 0 },
      usage: usageOf(hold.requestId, about),
      spending: paysPlan ? [counted, inWindow('plan', 'sub', n % 4, amountNanoUsd)] : [counted],
      createdAt: NOW + n,
    },
  }
}

/** Each request ends three behind its beginning, so some do in the transaction of their holds, and others do not. */
function commandsOf(count: number): WriteCommand[] {
  const requests = Array.from({ length: count }, (_, index) => requestOf(index + 1))
  const commands = requests.flatMap(({ hold }, index): WriteCommand[] => {
    const ended = requests[index - 3]
    return [{ kind: 'hold', hold }, ...(ended ? [ended.settle] : [])]
  })
  return [SUBSCRIBED, ...commands, topUp(77), ...requests.slice(-3).map(({ settle }) => settle)]
}

function writeTogether(journal: Journal, commands: readonly WriteCommand[]): void {
  journal.begin()
  for (const command of commands) journal.execute(pack(command))
  journal.commit()
}

function tablesOf(db: Db) {
  const all = (sql: string) => db.raw.prepare(sql).all()
  return {
    // Their places, and the balances on the way, depend on the order.
    entries: all(
      `SELECT kind, user_id, request_id, amount_nano_usd, held_nano_usd, plan_subscription_id, plan_amount_nano_usd,
         plan_held_nano_usd, created_at, key_id, model, price_id FROM ledger_entries ORDER BY kind, request_id`,
    ),
    charges: all('SELECT charges.*, NULL AS entry_seq FROM charges ORDER BY request_id'),
    usage: all('SELECT * FROM usage ORDER BY request_id'),
    counters: all('SELECT * FROM spending_counters ORDER BY kind, subject_id'),
    balances: all('SELECT user_id, balance_nano_usd FROM balances ORDER BY user_id'),
  }
}

function findingsOf(db: Db) {
  const books = createLedgerCheck(db, 500)
  while (books.step());
  books.finish()
  return books.findings
}

test('what many commands change in one transaction is what they change one by one', () => {
  const commands = commandsOf(60)
  const [alone, together, inParts] = [start(), start(), start()]
  for (const command of commands) writeTogether(alone.journal, [command])
  writeTogether(together.journal, commands)
  for (let at = 0; at < commands.length; at += 9) writeTogether(inParts.journal, commands.slice(at, at + 9))
  expect(tablesOf(together.db)).toEqual(tablesOf(alone.db))
  expect(tablesOf(inParts.db)).toEqual(tablesOf(alone.db))
  expect(tablesOf(alone.db).usage).toHaveLength(60)
  expect([alone, together, inParts].map(({ db }) => findingsOf(db))).toEqual([[], [], []])
})

/** The holds of two in three come with their settlements. */
function withHolds(commands: readonly WriteCommand[]): WriteCommand[] {
  const isWhole = (requestId: string): boolean => {
    const n = Number(requestId.slice(1))
    return n % 3 !== 1
  }
  return commands.flatMap((command): WriteCommand[] => {
    if (command.kind === 'hold') return isWhole(command.hold.requestId) ? [] : [command]
    if (command.kind !== 'settle' || !isWhole(command.hold.requestId)) return [command]
    return [{ ...command, kind: 'hold_and_settle' }]
  })
}

test('a settlement that brings its hold along leaves what the two leave one by one', () => {
  const commands = commandsOf(60)
  const whole = withHolds(commands)
  expect(whole.filter(({ kind }) => kind === 'hold_and_settle')).toHaveLength(40)
  const [apart, together, inParts, alone, isolated] = [start(), start(), start(), start(), start()]
  writeTogether(apart.journal, commands)
  writeTogether(together.journal, whole)
  for (let at = 0; at < whole.length; at += 9) writeTogether(inParts.journal, whole.slice(at, at + 9))
  for (const command of whole) writeTogether(alone.journal, [command])
  isolated.journal.begin()
  for (const command of whole) isolated.journal.executeIsolated(pack(command))
  isolated.journal.commit()
  const expected = tablesOf(apart.db)
  for (const { db } of [together, inParts, alone, isolated]) {
    expect(tablesOf(db)).toEqual(expected)
    expect(findingsOf(db)).toEqual([])
    const places = db.raw.prepare(
      `SELECT held.seq + 1 = ended.seq FROM ledger_entries AS held JOIN ledger_entries AS ended USING (request_id)
       WHERE held.kind = 'hold' AND ended.kind = 'settle' AND request_id = 'r2'`,
    )
    expect(places.pluck().all()).toEqual([1])
  }
})

test('a request that is held or settled already is not settled again with a hold of its own', () => {
  const { db, journal } = start()
  const { settle, hold } = requestOf(2)
  const whole: WriteCommand = { ...settle, kind: 'hold_and_settle' }
  const isRefused = () => {
    journal.begin()
    expect(() => journal.executeIsolated(pack(whole))).toThrow('UNIQUE')
    journal.commit()
  }
  writeTogether(journal, [{ kind: 'hold', hold }])
  isRefused()
  writeTogether(journal, [settle])
  isRefused()
  const other: WriteCommand = { ...requestOf(4).settle, kind: 'hold_and_settle' }
  expect(() => writeTogether(journal, [other, other])).toThrow('UNIQUE')
  journal.rollback()
  writeTogether(journal, [other])
  journal.begin()
  expect(() => journal.execute(pack(requestOf(4).settle))).toThrow('not open')
  journal.rollback()
  expect(tablesOf(db).usage).toHaveLength(2)
  expect(findingsOf(db)).toEqual([])
})

test('a transaction that was undone, or one command of it, leaves nothing behind for the next', () => {
  const { db, journal } = start()
  const [first, second, third] = [requestOf(2), requestOf(4), requestOf(6)]
  const holds = [first, second, third].map(({ hold }): WriteCommand => ({ kind: 'hold', hold }))
  journal.begin()
  // What the operator bears of a request is written behind the settlements before it.
  const borne = requestOf(10)
  for (const command of [...holds, { kind: 'hold', hold: borne.hold } as const, first.settle, borne.settle])
    journal.execute(pack(command))
  expect(() => journal.execute(pack(first.settle))).toThrow('not open')
  journal.rollback()

  writeTogether(journal, holds)
  const faulty = {
    ...second.settle,
    charge: { ...second.settle.charge, furtherUsage: {} },
    createdAt: NOW + 0.5,
  }
  journal.begin()
  expect(() => journal.executeIsolated(pack(faulty))).toThrow()
  journal.executeIsolated(pack(second.settle))
  journal.commit()
  writeTogether(journal, [first.settle, third.settle])

  const { usage, charges, balances, counters } = tablesOf(db)
  expect(usage).toMatchObject([{ request_id: 'r2' }, { request_id: 'r4' }, { request_id: 'r6' }])
  expect(charges).toMatchObject([{ amount_nano_usd: 2 }, { amount_nano_usd: 4 }, { amount_nano_usd: 6 }])
  expect(balances).toMatchObject([{ balance_nano_usd: -6 }, { balance_nano_usd: -6 }])
  expect(counters).toMatchObject([{ total_requests: 2 }, { total_requests: 1 }])
  expect(findingsOf(db)).toEqual([])
})

test('rows keep their own values, however many kinds of them there are', () => {
  const { db, journal } = start()
  const endOf = (n: number, turn: number): WriteCommand => {
    const hold = holdOf(`t${turn}-${n}`)
    // Half of them are those of the turn before.
    const usage = usageOf(hold.requestId, { model: `alias-${turn * 350 + n}` })
    return { kind: 'settle', hold, charge: chargeOf(0), usage, spending: [], createdAt: NOW }
  }
  for (const turn of [1, 2, 3]) {
    const ends = Array.from({ length: 700 }, (_, n) => endOf(n, turn))
    const holds = ends.map((_, n): WriteCommand => ({ kind: 'hold', hold: holdOf(`t${turn}-${n}`) }))
    writeTogether(journal, [...holds, ...ends])
  }
  const rows = db.raw.prepare('SELECT request_id, model FROM usage').raw().all() as [string, string][]
  expect(rows).toHaveLength(2_100)
  const modelOf = (id: string) => `alias-${Number(id.slice(1, 2)) * 350 + Number(id.slice(3))}`
  expect(rows.filter(([id, model]) => model !== modelOf(id))).toEqual([])
})

test('a journal can be left while no hold is open, and notes how far none is', () => {
  const { db, journal } = start()
  const mark = () => cellOf(db, `SELECT value FROM meta WHERE name = 'holds_resolved_before_seq'`)
  const write = (command: WriteCommand) => {
    journal.begin()
    journal.execute(pack(command))
    journal.commit()
  }
  expect([journal.rest(), mark()]).toEqual([true, undefined])
  write(topUp(1_000_000))
  write({ kind: 'hold', hold: holdOf('a') })
  expect([journal.rest(), mark()]).toEqual([false, undefined])
  write(release('a'))
  expect([journal.rest(), mark()]).toEqual([true, '4'])
  write({ ...requestOf(2).settle, kind: 'hold_and_settle' })
  expect([journal.rest(), mark()]).toEqual([true, '6'])
})
