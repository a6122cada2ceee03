// A notice is shown for as long as it is true.
import { expect, test } from 'vitest'
import type { NoticeContent } from '../../../../contract/operations/notices.ts'
import { currentNotices } from './current-notices.ts'

const RESETS_AT = 1_000
const quota = (thresholdPercent: 80 | 95 | 100, resetsAt = RESETS_AT): NoticeContent => ({
  kind: 'quota',
  planName: 'Basic',
  window: 'day',
  metric: 'requests',
  thresholdPercent,
  quota: 5,
  used: 4,
  resetsAt,
})
const low = (leftNanoUsd: number): NoticeContent => ({
  kind: 'low_balance',
  leftNanoUsd,
  thresholdNanoUsd: 10,
})
const key: NoticeContent = { kind: 'key_new_address', keyId: 'k', keyName: 'laptop', address: '192.168.1.9' }

function shown(contents: readonly NoticeContent[], account: { used?: number; balanceNanoUsd?: number }) {
  const { used, balanceNanoUsd = 0 } = account
  const window = {
    window: 'day',
    metric: 'requests',
    quota: 5,
    held: 0,
    left: 0,
    resetsAt: RESETS_AT,
  } as const
  const plan = {
    subscriptionId: 's',
    planId: 'p',
    name: 'Basic',
    origin: 'bought',
    startedAt: 0,
    endsAt: 9_000,
    mayUseBalance: true,
    allowedModels: null,
    windows: used === undefined ? [] : [{ ...window, used }],
    usedNanoUsd: 0,
  } as const
  const notices = contents.map((content) => ({ content }))
  return currentNotices(notices, { balanceNanoUsd, creditLimitNanoUsd: 0, plan }).map(
    ({ content }) => content,
  )
}

test('of one quota, the highest threshold that was reached is told of, also where that one was dismissed', () => {
  expect(shown([quota(100), quota(80)], { used: 5 })).toEqual([quota(100)])
  expect(shown([quota(80)], { used: 5 })).toEqual([])
  expect(shown([quota(80)], { used: 4 })).toEqual([quota(80)])
})

test('a quota is told of no more once its window has started over, it was raised, or the plan has ended', () => {
  expect(shown([quota(100, 500)], { used: 5 })).toEqual([])
  expect(shown([quota(100)], { used: 2 })).toEqual([])
  expect(shown([quota(100)], {})).toEqual([])
})

test('a low balance is told of once, with what is left now, until it is filled up', () => {
  expect(shown([low(4), low(8)], { balanceNanoUsd: 3 })).toEqual([low(3)])
  expect(shown([low(4)], { balanceNanoUsd: 10 })).toEqual([])
})

test('a key that was used from somewhere new is told of until that is dismissed', () => {
  expect(shown([key], { balanceNanoUsd: 10 })).toEqual([key])
})
