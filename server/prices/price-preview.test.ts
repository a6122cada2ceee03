// What a preview says of a new price: exact changes, and what recent use comes to at either price, worked by hand.
import { expect, test } from 'vitest'
import type { PriceRow } from '../../contract/price.ts'
import { fail, ok } from '../../contract/result.ts'
import type { RecentCharge } from '../db/repositories/recent-charges.ts'
import { fingerprintOf, previewRow } from './price-preview.ts'

const row = (more: Partial<PriceRow> = {}): PriceRow => ({
  id: 'price_1',
  model: 'm',
  origin: 'operator',
  effectiveFrom: 5,
  createdAt: 5,
  inputNanoUsdPerMTok: 2_000_000_000,
  outputNanoUsdPerMTok: 10_000_000_000,
  ...more,
})
const charge = (more: Partial<RecentCharge> = {}): RecentCharge => ({
  model: 'm',
  serviceTier: null,
  inputTokens: 1_000,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 100,
  reasoningTokens: 0,
  webSearchCalls: 0,
  furtherUsage: null,
  ...more,
})
const INPUT = { model: 'm', inputNanoUsdPerMTok: 1, outputNanoUsdPerMTok: 1 }
const previewed = (before: PriceRow | undefined, after: PriceRow, charges: RecentCharge[] = []) =>
  previewRow(INPUT, ok({ row: after, isAdded: true, before }), charges)

test('shows every column that changes, and by how much, an empty one as empty', () => {
  const before = row({ cachedInputNanoUsdPerMTok: 200_000_000, webSearchNanoUsdPerCall: 0 })
  const after = row({
    id: 'price_2',
    inputNanoUsdPerMTok: 2_500_000_000,
    webSearchNanoUsdPerCall: 10_000_000,
    isReasoning: true,
  })
  expect(previewed(before, after)).toMatchObject({
    outcome: 'added',
    problem: null,
    before: { id: 'price_1' },
    columns: [
      { column: 'inputNanoUsdPerMTok', before: 2_000_000_000, after: 2_500_000_000, changePpm: 250_000 },
      { column: 'cachedInputNanoUsdPerMTok', before: 200_000_000, after: null, changePpm: null },
      { column: 'webSearchNanoUsdPerCall', before: 0, after: 10_000_000, changePpm: null },
      { column: 'isReasoning', before: null, after: true, changePpm: null },
    ],
  })
})

test('says what recent use comes to at either price: short, long, and in its tier', () => {
  const long = {
    longContextAboveTokens: 5_000,
    longInputNanoUsdPerMTok: 4_000_000_000,
    longOutputNanoUsdPerMTok: 15_000_000_000,
  }
  const flex = { flexInputNanoUsdPerMTok: 1_000_000_000, flexOutputNanoUsdPerMTok: 5_000_000_000 }
  const before = row({ ...long, ...flex })
  const after = row({ ...long, ...flex, inputNanoUsdPerMTok: 3_000_000_000 })
  const charges = [
    // 1,000 × 2,000 + 100 × 10,000, and twice of it: their sum is above the threshold, each of them is not.
    ...Array.from({ length: 10 }, () => charge()),
    // 6,000 × 4,000 + 100 × 15,000
    charge({ inputTokens: 6_000 }),
    // 1,000 × 1,000 + 100 × 5,000
    charge({ serviceTier: 'flex' }),
    charge({ model: 'another' }),
  ]
  expect(previewed(before, after, charges).recentUse).toEqual({
    requests: 12,
    inputTokens: 17_000,
    outputTokens: 1_200,
    beforeNanoUsd: 10 * 3_000_000 + 25_500_000 + 1_500_000,
    afterNanoUsd: 10 * 4_000_000 + 25_500_000 + 1_500_000,
  })
  expect(previewed(undefined, after, charges).recentUse.beforeNanoUsd).toBeNull()
})

test('says what sound, speech and images lately come to, which have no tokens', () => {
  const free = { inputNanoUsdPerMTok: 0, outputNanoUsdPerMTok: 0 }
  const before = row({ ...free, audioInputNanoUsdPerSecond: 100_000, imageNanoUsdPerImage: 20_000_000 })
  const after = row({ ...free, audioInputNanoUsdPerSecond: 200_000, speechNanoUsdPerMChar: 15_000_000_000 })
  const charges = [
    charge({ furtherUsage: { audioInputMs: 3_000, speechCharacters: 100 } }),
    charge({ furtherUsage: { audioInputMs: 2_000, images: 2 } }),
  ]
  expect(previewed(before, after, charges).recentUse).toMatchObject({
    // Five seconds and two images; then five seconds at twice the price, and a hundred characters.
    beforeNanoUsd: 5 * 100_000 + 2 * 20_000_000,
    afterNanoUsd: 5 * 200_000 + 100 * 15_000,
  })
})

test('of a row that would be refused says why', () => {
  const refused = fail({ code: 'price_in_past', param: 'effectiveFrom' } as const)
  expect(previewRow({ ...INPUT, effectiveFrom: 7 }, refused, [])).toMatchObject({
    outcome: 'refused',
    effectiveFrom: 7,
    problem: { code: 'price_in_past', param: 'effectiveFrom' },
    columns: [],
  })
})

test('has a name of its own for other rows, other outcomes, or another price underneath', () => {
  const result = (before: PriceRow | undefined, isAdded = true) => [ok({ row: row(), isAdded, before })]
  const names = [
    fingerprintOf([INPUT], result(undefined)),
    fingerprintOf([INPUT], result(row())),
    fingerprintOf([INPUT], result(row({ id: 'price_9' }))),
    fingerprintOf([INPUT], result(row(), false)),
    fingerprintOf([{ ...INPUT, inputNanoUsdPerMTok: 2 }], result(undefined)),
    fingerprintOf([INPUT], [fail({ code: 'price_in_past' } as const)]),
  ]
  expect(new Set(names).size).toBe(names.length)
  const { model, ...rates } = INPUT
  expect(fingerprintOf([{ ...rates, model }], result(undefined))).toBe(names[0])
})
