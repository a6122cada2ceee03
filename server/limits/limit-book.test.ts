// The limits that are set now, as callers are held to them and as an operator sees them.
import { beforeEach, describe, expect, test } from 'vitest'
import {
  type LimitEntry,
  type LimitsUpdateInput,
  SHIPPED_LIMITS,
  subjectLimits,
} from '../../contract/limits.ts'
import type { LimitSubject } from './decide-limits.ts'
import {
  createLimitBook,
  type LimitBook,
  type LimitRulesRepository,
  type StoredLimitRule,
} from './limit-book.ts'

const NOW = 1_800_000_000_000
const alice: LimitSubject = { userId: 'alice', role: 'user', planId: null, keyFamilyId: 'key-a' }
const perMinute = (value: number | null): LimitEntry => ({ metric: 'requests', window: 'minute', value })

let stored: StoredLimitRule[]
const repository: LimitRulesRepository = { all: () => stored }
const open = () => createLimitBook({ repository })
function replace({ scope, subjectId, rules }: LimitsUpdateInput): void {
  stored = stored.filter((rule) => rule.scope !== scope || rule.subjectId !== subjectId)
  stored.push(...rules.map((entry) => ({ scope, subjectId, ...entry, updatedAt: NOW })))
  book.takeOver({ scope, subjectId, rules }, NOW)
}
const requestsPerMinute = (book: LimitBook, subject = alice) =>
  book
    .effectiveFor(subject)
    .user.windows.find((limit) => limit.metric === 'requests' && limit.window === 'minute')?.value

let book: LimitBook
beforeEach(() => {
  stored = []
  book = open()
})

describe('a caller is held', () => {
  test('to the shipped limits of the role until someone sets others', () => {
    const shipped = SHIPPED_LIMITS.find((rule) => rule.subjectId === 'user' && rule.metric === 'requests')
    expect(requestsPerMinute(book)).toBe(shipped?.value)
  })

  test('to a changed limit from the next request on, and to the inherited one when it is taken away', () => {
    const shipped = requestsPerMinute(book)
    replace({ scope: 'role', subjectId: 'user', rules: [perMinute(60)] })
    expect(requestsPerMinute(book)).toBe(60)
    replace({ scope: 'user', subjectId: 'alice', rules: [perMinute(5)] })
    expect(requestsPerMinute(book)).toBe(5)
    expect(requestsPerMinute(book, { ...alice, userId: 'bob', keyFamilyId: 'key-b' })).toBe(60)
    replace({ scope: 'user', subjectId: 'alice', rules: [] })
    replace({ scope: 'role', subjectId: 'user', rules: [] })
    expect(requestsPerMinute(book)).toBe(shipped)
  })

  test('to the limits of a new role as soon as they have it', () => {
    replace({ scope: 'role', subjectId: 'admin', rules: [perMinute(null)] })
    expect(requestsPerMinute(book)).toBeGreaterThan(0)
    expect(requestsPerMinute(book, { ...alice, role: 'admin' })).toBeUndefined()
  })

  test('to the limits of a new plan as soon as they have it', () => {
    replace({ scope: 'plan', subjectId: 'pro', rules: [perMinute(900)] })
    expect(requestsPerMinute(book)).not.toBe(900)
    expect(requestsPerMinute(book, { ...alice, planId: 'pro' })).toBe(900)
  })

  test('to the limits of the key’s family beside their own', () => {
    replace({ scope: 'key', subjectId: 'key-a', rules: [perMinute(3)] })
    expect(book.effectiveFor(alice).key.windows).toEqual([
      { scope: 'key', metric: 'requests', window: 'minute', value: 3 },
    ])
  })

  test('to the same limits after a restart', () => {
    replace({
      scope: 'user',
      subjectId: 'alice',
      rules: [perMinute(5), { metric: 'concurrent', window: null, value: 2 }],
    })
    expect(open().effectiveFor(alice)).toEqual(book.effectiveFor(alice))
    expect(open().get('user', 'alice')).toEqual(book.get('user', 'alice'))
  })

  test('to limits that are worked out once', () => {
    expect(book.effectiveFor({ ...alice })).toBe(book.effectiveFor(alice))
  })
})

describe('a list of limits', () => {
  beforeEach(() => {
    replace({ scope: 'user', subjectId: 'alice', rules: [perMinute(5)] })
    replace({ scope: 'key', subjectId: 'key-a', rules: [perMinute(3)] })
    replace({ scope: 'role', subjectId: 'user', rules: [perMinute(60)] })
  })
  const names = (page: ReturnType<LimitBook['list']>) =>
    page.rows.map((row) => `${row.scope} ${row.subjectId}`)

  test('shows every role, then whoever has limits, page by page', () => {
    const first = book.list({ limit: 3 })
    expect(names(first)).toEqual(['role admin', 'role user', 'user alice'])
    expect(first.total).toBe(4)
    const second = book.list({ limit: 3, cursor: first.nextCursor ?? '' })
    expect(names(second)).toEqual(['key key-a'])
    expect(second.nextCursor).toBeNull()
  })

  test('is sorted by the last change either way, page by page', () => {
    const changed = (direction: 'asc' | 'desc') => {
      const first = opened.list({ limit: 2, sort: 'updatedAt', direction })
      const second = opened.list({ limit: 3, sort: 'updatedAt', direction, cursor: first.nextCursor ?? '' })
      expect(second.nextCursor).toBeNull()
      return [...names(first), ...names(second)]
    }
    stored = stored.map((rule, n) => ({ ...rule, updatedAt: NOW + ((n + 1) % 3) }))
    const opened = open()
    // The shipped ones were never changed. Stored: user, key, role.
    expect(changed('asc')).toEqual(['role admin', 'role user', 'user alice', 'key key-a'])
    expect(changed('desc')).toEqual(changed('asc').toReversed())
  })

  test('says which limits are shipped, and which someone set and when', () => {
    const [row] = book.list({ limit: 5, scope: 'role', subjectId: 'user' }).rows
    expect(subjectLimits.parse(row)).toEqual({
      scope: 'role',
      subjectId: 'user',
      rules: [
        { ...perMinute(60), isShipped: false },
        { metric: 'concurrent', window: null, value: 2_000, isShipped: true },
      ],
      updatedAt: NOW,
    })
    expect(book.get('role', 'admin')).toMatchObject({
      updatedAt: null,
      rules: [{ isShipped: true }, { isShipped: true }],
    })
  })

  test('shows those of one scope alone', () => {
    expect(names(book.list({ limit: 5, scope: 'key' }))).toEqual(['key key-a'])
  })
})

test('limits that are looked at beforehand hold for nobody yet', () => {
  const before = book.get('role', 'user')
  const limits: LimitsUpdateInput = { scope: 'role', subjectId: 'user', rules: [perMinute(1)] }
  const shown = book.viewWith(limits, NOW)
  expect(book.get('role', 'user')).toEqual(before)
  book.takeOver(limits, NOW)
  expect(book.get('role', 'user')).toEqual(shown)
})
