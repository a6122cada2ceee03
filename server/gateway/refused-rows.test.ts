import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { listeningLogger } from '../../test/support/database.ts'
import { LISTED_PER_MINUTE_MAX, RefusedRows } from './refused-rows.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const refused = (keyId: string, errorCode: string) => ({ keyId, userId: `owner of ${keyId}`, errorCode })

test('a loop lists the first of its refusals and is counted from then on, each key and each reason for itself', () => {
  const rows = new RefusedRows(listeningLogger().logger)
  const admitted = (keyId: string, code: string, times: number) =>
    Array.from({ length: times }, () => rows.admits(refused(keyId, code))).filter(Boolean).length
  expect(admitted('one', 'rate_limit_exceeded', 1_000)).toBe(LISTED_PER_MINUTE_MAX)
  expect(admitted('one', 'model_not_found', 3)).toBe(3)
  expect(admitted('two', 'rate_limit_exceeded', LISTED_PER_MINUTE_MAX + 2)).toBe(LISTED_PER_MINUTE_MAX)
  expect(rows.unlisted()).toEqual([{ code: 'rate_limit_exceeded', count: 1_002 - LISTED_PER_MINUTE_MAX }])
})

test('the next minute lists anew, and the log says what the last one left out', () => {
  const { logger, lines } = listeningLogger()
  const rows = new RefusedRows(logger)
  for (let at = 0; at < LISTED_PER_MINUTE_MAX + 5; at += 1) rows.admits(refused('one', 'rate_limit_exceeded'))
  rows.admits(refused('two', 'model_not_found'))
  vi.advanceTimersByTime(60_000)
  expect(lines.map(({ about }) => about)).toEqual([
    expect.objectContaining({
      keyId: 'one',
      userId: 'owner of one',
      code: 'rate_limit_exceeded',
      unlisted: 5,
    }),
  ])
  expect(rows.admits(refused('one', 'rate_limit_exceeded'))).toBe(true)
  rows.stop()
  expect(vi.getTimerCount()).toBe(0)
})
