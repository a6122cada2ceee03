// A limiter over its life: what is admitted and given back, what survives a restart on a real disk, and what is forgotten.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { EffectiveLimits, LimitSubject, WindowLimit } from './decide-limits.ts'
import { createLimitCounters, type LimitCounterRow, type LimitCounterStore } from './limit-counters.ts'
import { type Admission, createLimiter, type Limiter } from './limiter.ts'

const START = Date.parse('2026-11-23T10:17:30.000Z')
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const alice: LimitSubject = { userId: 'alice', role: 'user', planId: null, keyFamilyId: 'key-a' }
const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() }

let dir: string
let stops: (() => Promise<void>)[] = []
beforeEach(() => {
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
  const limiter = createLimiter({
    counters: store,
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

const per = (what: string, value: number): WindowLimit => {
  const [metric, window] = what.split('/') as [WindowLimit['metric'], WindowLimit['window']]
  return { scope: 'user', metric, window, value }
}
const limits = (windows: WindowLimit[], concurrent?: number, key: WindowLimit[] = []): EffectiveLimits => ({
  user: { windows, concurrent: concurrent === undefined ? undefined : { scope: 'user', value: concurrent } },
  key: { windows: key, concurrent: undefined },
})
const none = limits([])

function admitted(limiter: Limiter, of: EffectiveLimits, tokens = 0, subject = alice): Admission {
  const result = limiter.admit(subject, of, tokens)
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`)
  return result.value
}
const codeOf = (limiter: Limiter, of: EffectiveLimits, tokens = 0, subject = alice) => {
  const result = limiter.admit(subject, of, tokens)
  return result.ok ? 'admitted' : result.error.code
}

describe('tokens', () => {
  const thousand = limits([per('tokens/minute', 1_000)])

  test('are reserved at admission and trued up to what was used, less or more', () => {
    const { limiter } = start()
    const first = admitted(limiter, thousand, 900)
    expect(codeOf(limiter, thousand, 101)).toBe('rate_limit_exceeded')
    first.trueUp(100)
    expect(limiter.use('user', 'alice').minute.tokens).toBe(100)
    const second = admitted(limiter, thousand, 101)
    second.trueUp(5_000)
    expect(limiter.use('key', 'key-a').minute.tokens).toBe(5_100)
    expect(codeOf(limiter, thousand, 0)).toBe('rate_limit_exceeded')
  })

  test('are given back by a request that ends without having used any', () => {
    const { limiter } = start()
    admitted(limiter, thousand, 1_000).release()
    expect(limiter.use('user', 'alice').minute).toMatchObject({ requests: 1, tokens: 0 })
  })

  test('are counted the same whether the slot is freed before or after', () => {
    const { limiter } = start()
    const before = admitted(limiter, none, 10)
    before.trueUp(7)
    before.release()
    const after = admitted(limiter, none, 10)
    after.release()
    after.trueUp(7)
    expect(limiter.use('user', 'alice').minute.tokens).toBe(14)
  })

  test('are trued up once, and slots freed once, however often it is asked for', () => {
    const { limiter } = start()
    admitted(limiter, none, 10)
    const admission = admitted(limiter, none, 10)
    for (const used of [7, 9, 0]) {
      admission.trueUp(used)
      admission.release()
    }
    expect(limiter.use('user', 'alice')).toMatchObject({ running: 1, minute: { tokens: 17, requests: 2 } })
  })

  test('that cannot be true count as what was reserved', () => {
    const { limiter } = start()
    for (const absurd of [-1, Number.NaN, 0.5, Number.POSITIVE_INFINITY])
      admitted(limiter, none, 10).trueUp(absurd)
    expect(limiter.use('user', 'alice').minute.tokens).toBe(40)
  })

  test('count in the windows that admitted the request, not in those that are open when it ends', () => {
    const { limiter, pass } = start()
    const admission = admitted(limiter, none, 500)
    pass(MINUTE_MS)
    admitted(limiter, none, 3)
    admission.trueUp(400)
    expect(limiter.use('user', 'alice')).toMatchObject({ minute: { tokens: 3 }, hour: { tokens: 403 } })
  })

  test('whose bound is no number are a defect, not an admission', () => {
    const { limiter } = start()
    for (const bound of [Number.NaN, -1, 1.5, Number.POSITIVE_INFINITY]) {
      expect(() => limiter.admit(alice, none, bound)).toThrow(RangeError)
    }
    expect(limiter.use('user', 'alice').minute.requests).toBe(0)
  })
})

describe('a refused request', () => {
  test('counts nothing, so that asking again does not push the end away', () => {
    const { limiter, pass } = start()
    const once = limits([per('requests/minute', 1)])
    admitted(limiter, once)
    for (let asked = 0; asked < 20; asked += 1) expect(codeOf(limiter, once, 9)).toBe('rate_limit_exceeded')
    expect(limiter.use('user', 'alice').hour).toMatchObject({ requests: 1, tokens: 0 })
    pass(30_000)
    expect(codeOf(limiter, once)).toBe('admitted')
  })

  test.each([
    ['requests', limits([per('requests/minute', 1)])],
    ['tokens', limits([per('tokens/minute', 10)])],
  ])('is refused by a look ahead of its body too where no %s are left, which counts nothing', (_what, of) => {
    const { limiter } = start()
    expect(limiter.check(alice, of)).toBeUndefined()
    admitted(limiter, of, 10)
    expect(limiter.check(alice, of)).toMatchObject({ code: 'rate_limit_exceeded' })
    expect(limiter.use('user', 'alice').minute).toMatchObject({ requests: 1, tokens: 10 })
  })
})

describe('requests at once', () => {
  test('hold a slot until they are released, over every key of the person', () => {
    const { limiter } = start()
    const two = limits([], 2)
    const first = admitted(limiter, two)
    admitted(limiter, two, 0, { ...alice, keyFamilyId: 'key-b' })
    expect(codeOf(limiter, two)).toBe('concurrency_limit_exceeded')
    first.trueUp(5)
    expect(codeOf(limiter, two)).toBe('concurrency_limit_exceeded')
    first.release()
    expect(codeOf(limiter, two)).toBe('admitted')
  })

  test('keep their slot over the end of every window', async () => {
    const { limiter, pass } = start()
    const one = limits([], 1)
    const admission = admitted(limiter, one)
    pass(3 * DAY_MS)
    await limiter.flush()
    expect(codeOf(limiter, one)).toBe('concurrency_limit_exceeded')
    admission.release()
    expect(codeOf(limiter, one)).toBe('admitted')
  })
})

test('a rotated key counts on where its predecessor stood', () => {
  const { limiter } = start()
  const twice = limits([], undefined, [per('requests/day', 2)])
  const successor = { ...alice, keyId: 'key-a2' }
  admitted(limiter, twice)
  admitted(limiter, twice, 0, successor)
  expect(codeOf(limiter, twice, 0, successor)).toBe('rate_limit_exceeded')
  expect(codeOf(limiter, twice, 0, { ...alice, keyFamilyId: 'key-b' })).toBe('admitted')
})

test('an admission carries the headers of the limits it was held against, as of when they are read', () => {
  const { limiter, pass } = start()
  const admission = admitted(limiter, limits([per('requests/minute', 5), per('tokens/minute', 100)]), 60)
  pass(250)
  admission.trueUp(20)
  expect(admission.headers).toEqual({
    'x-ratelimit-limit-requests': '5',
    'x-ratelimit-remaining-requests': '4',
    'x-ratelimit-reset-requests': '29.75s',
    'x-ratelimit-limit-tokens': '100',
    'x-ratelimit-remaining-tokens': '80',
    'x-ratelimit-reset-tokens': '29.75s',
  })
})

describe('counters on disk', () => {
  test('go on after a stop where they were', async () => {
    const first = start()
    admitted(first.limiter, none, 50).trueUp(40)
    admitted(first.limiter, none, 30)
    await first.limiter.stop()
    const second = start(openStore(), START + 5_000)
    expect(second.limiter.use('user', 'alice')).toEqual({
      minute: { requests: 2, tokens: 40, endsInMs: 25_000 },
      hour: { requests: 2, tokens: 40, endsInMs: 2_545_000 },
      day: { requests: 2, tokens: 40, endsInMs: 45_745_000 },
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
    admitted(first.limiter, limits([per('requests/minute', 1)]))
    await first.limiter.stop()
    const second = start(openStore(), START - 7 * DAY_MS)
    expect(codeOf(second.limiter, limits([per('requests/minute', 1)]))).toBe('rate_limit_exceeded')
    second.pass(MINUTE_MS)
    expect(codeOf(second.limiter, limits([per('requests/minute', 1)]))).toBe('admitted')
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

  test('are written in batches of at most 500', async () => {
    const { limiter, store } = start()
    for (let index = 0; index < 600; index += 1) {
      admitted(limiter, none, 0, { ...alice, userId: `user-${index}`, keyFamilyId: `key-${index}` })
    }
    await limiter.flush()
    expect(store.saved).toEqual([500, 500, 200])
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
