// Which limits may be stored, and what a person reads about one that may not.
import { describe, expect, test } from 'vitest'
import { limitRule, limitsListInput, limitsUpdateInput, SHIPPED_LIMITS, spendingCaps } from './limits.ts'

const rule = { scope: 'user', subjectId: 'u1', metric: 'requests', window: 'minute', value: 60 } as const

const problemsOf = (schema: typeof limitRule | typeof limitsUpdateInput, input: unknown) =>
  schema.safeParse(input).error?.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`)

describe('a limit', () => {
  test('names for whom, what, per what and how many', () => {
    expect(limitRule.parse(rule)).toEqual(rule)
    expect(limitRule.parse({ ...rule, metric: 'concurrent', window: null })).toMatchObject({ window: null })
  })

  test('has a window exactly where it counts over time', () => {
    const problem =
      'window has to be null for concurrent requests, and minute, hour or day for requests and tokens'
    expect(problemsOf(limitRule, { ...rule, window: null })).toEqual([problem])
    expect(problemsOf(limitRule, { ...rule, metric: 'concurrent' })).toEqual([problem])
  })

  test('is at least one, whole, and has no unknown member', () => {
    expect(problemsOf(limitRule, { ...rule, value: 0 })).toEqual([
      'value has to be at least 1; to let nothing pass, suspend the person or disable the key',
    ])
    expect(limitRule.safeParse({ ...rule, value: 1.5 }).success).toBe(false)
    expect(limitRule.safeParse({ ...rule, value: 1e13 }).success).toBe(false)
    expect(limitRule.safeParse({ ...rule, burst: 5 }).success).toBe(false)
  })

  test('of a role names a role there is', () => {
    expect(problemsOf(limitRule, { ...rule, scope: 'role', subjectId: 'users' })).toEqual([
      'subjectId has to be one of: admin, user',
    ])
  })

  test('can be lifted for a person, and not for a key, which only narrows', () => {
    expect(limitRule.safeParse({ ...rule, value: null }).success).toBe(true)
    expect(problemsOf(limitRule, { ...rule, scope: 'key', value: null })).toEqual([
      'value a key only narrows, so its limit has to be a number',
    ])
  })
})

describe('an update of limits', () => {
  const { scope, subjectId, ...entry } = rule

  test('replaces all of one subject, and may take them all away', () => {
    expect(limitsUpdateInput.safeParse({ scope, subjectId, rules: [entry] }).success).toBe(true)
    expect(limitsUpdateInput.safeParse({ scope, subjectId, rules: [] }).success).toBe(true)
  })

  test('names each metric and window once', () => {
    expect(
      problemsOf(limitsUpdateInput, { scope, subjectId, rules: [entry, { ...entry, value: 5 }] }),
    ).toEqual(['rules names the same metric and window twice'])
  })

  test('holds every rule of a key to narrowing', () => {
    const input = { scope: 'key', subjectId, rules: [{ ...entry, value: null }] }
    expect(problemsOf(limitsUpdateInput, input)).toEqual([
      'rules a key only narrows, so its limit has to be a number',
    ])
  })
})

test('a list of limits refuses a cursor that it never gave', () => {
  expect(limitsListInput.safeParse({ cursor: '2.u1' }).success).toBe(true)
  expect(limitsListInput.safeParse({ cursor: "'; drop table" }).success).toBe(false)
})

test('a spending cap is never negative, and null is none', () => {
  expect(spendingCaps.safeParse({ dayNanoUsd: 0, monthNanoUsd: null, totalNanoUsd: 5 }).success).toBe(true)
  expect(spendingCaps.safeParse({ dayNanoUsd: -1, monthNanoUsd: null, totalNanoUsd: null }).success).toBe(
    false,
  )
})

test('the shipped limits could be stored as they are', () => {
  for (const shipped of SHIPPED_LIMITS) expect(limitRule.parse(shipped)).toEqual(shipped)
})
