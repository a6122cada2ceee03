// The money of a request, as its receipt tells it.
import { expect, test } from 'vitest'
import type { Receipt } from '../../contract/receipt.ts'
import { measuredIn, moneySteps } from './money-steps.ts'

type Entry = Receipt['entries'][number]
const entry = (
  seq: number,
  kind: Entry['kind'],
  amountNanoUsd: number,
  heldNanoUsd: number,
  plan = false,
): Entry => ({
  seq,
  createdAt: seq,
  kind,
  amountNanoUsd: plan ? 0 : amountNanoUsd,
  heldNanoUsd: plan ? 0 : heldNanoUsd,
  planAmountNanoUsd: plan ? amountNanoUsd : null,
  planHeldNanoUsd: plan ? heldNanoUsd : null,
  note: null,
  actorUserId: null,
})
const told = (entries: Entry[]) => moneySteps({ entries }).map(({ kind, nanoUsd }) => [kind, nanoUsd])

test.each([false, true])('a hold, what was taken of it and what went back add up (by a plan: %s)', (plan) => {
  expect(told([entry(1, 'hold', 0, 100, plan), entry(2, 'settle', -30, -100, plan)])).toEqual([
    ['hold', 100],
    ['settle', -30],
    ['release', 70],
  ])
})

test('a hold that was taken whole gives nothing back; a refund and a released hold are told as they are', () => {
  expect(told([entry(1, 'hold', 0, 100), entry(2, 'settle', -100, -100), entry(3, 'refund', 40, 0)])).toEqual(
    [
      ['hold', 100],
      ['settle', -100],
      ['refund', 40],
    ],
  )
  expect(told([entry(1, 'hold', 0, 100), entry(2, 'release', 0, -100)])).toEqual([
    ['hold', 100],
    ['release', 100],
  ])
})

test('what was measured is told from what was reported', () => {
  type Line = NonNullable<Receipt['charge']>['formula']['lines'][number]
  const charged = (reportedUsage: string | null, ...kinds: readonly Line['kind'][]) => {
    const lines = kinds.map((kind) => ({
      kind,
      count: 1,
      rateNanoUsd: 1,
      ratePer: 1 as const,
      exactNanoUsd: '1',
    }))
    // Of the formula only its lines are looked at.
    return measuredIn({
      reportedUsage,
      formula: { lines } as unknown as NonNullable<Receipt['charge']>['formula'],
    })
  }
  expect(charged(null, 'audio_length')).toBe('sound')
  expect(charged('{"type":"duration","seconds":3}', 'audio_length')).toBeUndefined()
  expect(charged(null, 'characters')).toBe('characters')
  expect(charged('{}', 'input', 'large_image')).toBe('images')
  expect(charged('{}', 'input', 'image_output')).toBeUndefined()
})
