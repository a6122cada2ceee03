// Counters over their life: what survives a restart on a real disk, what a full one does to them, and what is forgotten.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { startLimiter } from '../../test/support/limiter.ts'
import type { EffectiveLimits, LimitSubject } from './decide-limits.ts'
import { createLimitCounters, type LimitCounterRow, type LimitCounterStore } from './limit-counters.ts'
import type { Admission, Limiter } from './limiter.ts'

const START = Date.parse('2026-11-23T10:17:30.000Z')
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const alice: LimitSubject = { userId: 'alice', role: 'user', planId: null, keyFamilyId: 'key-a' }
const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() }

let dir: string
let stops: (() => Promise<void>)[] = []
beforeEach(() => {
  vi.clearAllMocks()
  dir = mkdtempSync(join(tmpdir(), 'limiter-'))
})
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
  rmSync(dir, { recursive: true, force: true })
  stops = []
})

const MEMBERS = [
  'kind',
  'subjectId',
  'minuteStartMs',
  'minuteRequests',
  'minuteTokens',
  'hourStartMs',
  'hourRequests',
  'hourTokens',
  'dayStartMs',
  'dayRequests',
  'dayTokens',
] as const

/** Counters in a real file, as the product's own table keeps them. */
function openStore(): LimitCounterStore & { isFull: boolean; readonly saved: number[] } {
  const db = new Database(join(dir, 'counters.sqlite'))
  db.pragma('journal_mode = WAL')
  db.exec(
    `CREATE TABLE IF NOT EXISTS limit_counters (${MEMBERS.map((name) => `"${name}"`).join(', ')}, PRIMARY KEY ("kind", "subjectId"))`,
  )
  const insert = db.prepare(
    `INSERT OR REPLACE INTO limit_counters VALUES (${MEMBERS.map((name) => `@${name}`).join(', ')})`,
  )
  const saveAll = db.transaction((rows: readonly LimitCounterRow[]) => {
    for (const row of rows) insert.run(row)
  })
  const store = {
    isFull: false,
    saved: [] as number[],
    // The table has the members of a row as its columns.
    load: () => db.prepare('SELECT * FROM limit_counters').all() as LimitCounterRow[],
    async save(rows: readonly LimitCounterRow[]) {
      if (store.isFull) throw new Error('SQLITE_FULL')
      saveAll(rows)
      store.saved.push(rows.length)
    },
    async deleteBefore(dayStartMs: number) {
      db.prepare('DELETE FROM limit_counters WHERE dayStartMs < ?').run(dayStartMs)
    },
  }
  return store
}

function start(store = openStore(), at = START) {
  const state = { wallMs: at, monoMs: 0.7 }
  const limiter = startLimiter({
    store,
    clock: { now: () => state.wallMs, monotonicMs: () => state.monoMs },
    timeZone: () => 'Europe/Berlin',
    logger: log,
  })
  stops.push(() => limiter.stop())
  const pass = (ms: number) => {
    state.wallMs += ms
    state.monoMs += ms
  }
  return { limiter, pass, state, store }
}

const none: EffectiveLimits = {
  user: { windows: [], concurrent: undefined },
  key: { windows: [], concurrent: undefined },
}
const oncePerMinute: EffectiveLimits = {
  ...none,
  user: {
    windows: [{ scope: 'user', metric: 'requests', window: 'minute', value: 1 }],
    concurrent: undefined,
  },
}

function admitted(limiter: Limiter, of: EffectiveLimits, tokens = 0, subject = alice): Admission {
  const result = limiter.admit(subject, of, tokens)
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`)
  return result.value
}

describe('counters on disk', () => {
  test('go on after a stop where they were', async () => {
    const first = start()
    admitted(first.limiter, none, 50).trueUp(40)
    admitted(first.limiter, none, 30)
    await first.limiter.stop()
    const second = start(openStore(), START + 5_000)
    expect(second.limiter.use('user', 'alice')).toEqual({
      minute: { requests: 2, tokens: 40, endsAt: START + 30_000 },
      hour: { requests: 2, tokens: 40, endsAt: START + 2_550_000 },
      day: { requests: 2, tokens: 40, endsAt: START + 45_750_000 },
      running: 0,
    })
    expect(second.limiter.use('key', 'key-a').day.requests).toBe(2)
  })

  test('lose what was not saved yet, and nothing else, when the process dies', async () => {
    const first = start()
    admitted(first.limiter, none, 50).trueUp(40)
    await first.limiter.flush()
    admitted(first.limiter, none, 30).trueUp(30)
    const second = start(openStore())
    expect(second.limiter.use('user', 'alice').minute).toMatchObject({ requests: 1, tokens: 40 })
  })

  test('keep what each window holds, and what was trued up after the last save', async () => {
    const first = start()
    const overnight = admitted(first.limiter, none, 50)
    first.pass(MINUTE_MS)
    admitted(first.limiter, none, 5).trueUp(4)
    first.pass(60 * MINUTE_MS)
    admitted(first.limiter, none, 3).trueUp(2)
    await first.limiter.flush()
    overnight.trueUp(40)
    await first.limiter.flush()
    const second = start(openStore(), START + 61 * MINUTE_MS)
    expect(second.limiter.use('user', 'alice')).toMatchObject({
      minute: { requests: 1, tokens: 2 },
      hour: { requests: 1, tokens: 2 },
      day: { requests: 3, tokens: 46 },
    })
  })

  test('are saved by themselves within two seconds', async () => {
    vi.useFakeTimers()
    try {
      const { limiter, store } = start()
      admitted(limiter, none)
      await vi.advanceTimersByTimeAsync(2_000)
      expect(store.saved).toEqual([2])
      await vi.advanceTimersByTimeAsync(10_000)
      expect(store.saved).toEqual([2])
    } finally {
      vi.useRealTimers()
    }
  })

  test('that could not be saved are saved once the disk has room again, and said once', async () => {
    const { limiter, store } = start()
    store.isFull = true
    admitted(limiter, none)
    await limiter.flush()
    await limiter.flush()
    expect(log.warn).toHaveBeenCalledTimes(1)
    store.isFull = false
    await limiter.flush()
    expect(log.info).toHaveBeenCalledTimes(1)
    expect(openStore().load()).toHaveLength(2)
  })

  test('of a clock that was set back between stop and start do not begin anew', async () => {
    const first = start()
    admitted(first.limiter, oncePerMinute)
    await first.limiter.stop()
    const second = start(openStore(), START - 7 * DAY_MS)
    expect(second.limiter.check(alice, oncePerMinute)).toMatchObject({ code: 'rate_limit_exceeded' })
    second.pass(MINUTE_MS)
    expect(second.limiter.check(alice, oncePerMinute)).toBeUndefined()
  })

  test('are deleted when their day is long over, the newest excepted', async () => {
    const { limiter, pass } = start()
    admitted(limiter, none)
    await limiter.flush()
    pass(5 * DAY_MS)
    await limiter.flush()
    expect(openStore().load()).toHaveLength(2)
    admitted(limiter, none, 0, { ...alice, userId: 'bob', keyFamilyId: 'key-b' })
    await limiter.flush()
    pass(DAY_MS)
    await limiter.flush()
    expect(
      openStore()
        .load()
        .map((row) => row.subjectId),
    ).toEqual(['bob', 'key-b'])
  })

  test('are written in batches of at most 200', async () => {
    const { limiter, store } = start()
    for (let index = 0; index < 300; index += 1) {
      admitted(limiter, none, 0, { ...alice, userId: `user-${index}`, keyFamilyId: `key-${index}` })
    }
    await limiter.flush()
    expect(store.saved).toEqual([200, 200, 200])
  })
})

describe('counters in memory', () => {
  const windowsAt = (dayMs: number) => ({
    minute: { startMs: dayMs, endMs: dayMs + MINUTE_MS },
    hour: { startMs: dayMs, endMs: dayMs + 60 * MINUTE_MS },
    day: { startMs: dayMs, endMs: dayMs + DAY_MS },
  })

  test('are dropped when all their windows have passed and nothing runs on them', async () => {
    const counters = createLimitCounters({ store: openStore(), logger: log })
    counters.open('user', 'idle', windowsAt(DAY_MS))
    const busy = counters.open('user', 'busy', windowsAt(DAY_MS))
    busy.running = 1
    await counters.save()
    await counters.dropEnded({ ...windowsAt(2 * DAY_MS), hour: windowsAt(DAY_MS).hour })
    expect(counters.size).toBe(2)
    await counters.dropEnded(windowsAt(2 * DAY_MS))
    expect(counters.size).toBe(1)
    busy.running = 0
    await counters.dropEnded(windowsAt(2 * DAY_MS))
    expect(counters.size).toBe(0)
  })

  test('are kept until they are on disk', async () => {
    const store = openStore()
    const counters = createLimitCounters({ store, logger: log })
    store.isFull = true
    counters.open('user', 'alice', windowsAt(DAY_MS))
    await counters.save()
    await counters.dropEnded(windowsAt(3 * DAY_MS))
    expect(counters.size).toBe(1)
    store.isFull = false
    await counters.save()
    await counters.dropEnded(windowsAt(3 * DAY_MS))
    expect(counters.size).toBe(0)
  })

  test('are not taken by subjects that were only looked at', () => {
    const counters = createLimitCounters({ store: openStore(), logger: log })
    expect(counters.read('user', 'stranger').day.requests).toBe(0)
    expect(counters.size).toBe(0)
  })

  test('that were dropped never overwrite those that followed', async () => {
    const store = openStore()
    const counters = createLimitCounters({ store, logger: log })
    const dropped = counters.open('user', 'alice', windowsAt(DAY_MS))
    await counters.save()
    await counters.dropEnded(windowsAt(2 * DAY_MS))
    counters.open('user', 'alice', windowsAt(2 * DAY_MS)).day.requests = 3
    counters.changed(dropped)
    await counters.save()
    expect(store.load()).toMatchObject([{ subjectId: 'alice', dayRequests: 3 }])
  })
})
