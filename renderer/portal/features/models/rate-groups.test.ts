// Which rates of a price a reader is shown, and under which head.
import { expect, test } from 'vitest'
import { SERVICE_TIERS } from '../../../../contract/price.ts'
import { rateGroups, rateWithoutTokens } from './rate-groups.ts'

const PLAIN = { inputNanoUsdPerMTok: 2_500_000_000, outputNanoUsdPerMTok: 10_000_000_000 }

test('a plain price has one group, without the rates that are empty', () => {
  expect(rateGroups(PLAIN)).toEqual([
    {
      name: 'standard',
      title: 'tier_standard',
      rates: [
        { word: 'input', nanoUsd: 2_500_000_000, per: 'million' },
        { word: 'output', nanoUsd: 10_000_000_000, per: 'million' },
      ],
    },
  ])
})

test('zero is a price; long rates name their bound; every tier of the contract is shown; calls are charged whole', () => {
  const tiers = Object.fromEntries(SERVICE_TIERS.map((tier) => [`${tier}InputNanoUsdPerMTok`, 1]))
  const groups = rateGroups({
    ...PLAIN,
    ...tiers,
    cachedInputNanoUsdPerMTok: 0,
    longContextAboveTokens: 272_000,
    longInputNanoUsdPerMTok: 5_000_000_000,
    flexLongOutputNanoUsdPerMTok: 7,
    webSearchNanoUsdPerCall: 10_000_000,
  })
  expect(groups.map(({ name, aboveTokens }) => [name, aboveTokens])).toEqual([
    ['standard', undefined],
    ['standard long', 272_000],
    ['flex', undefined],
    ['flex long', 272_000],
    ['priority', undefined],
    ['ultrafast', undefined],
    ['batch', undefined],
    ['tools', undefined],
  ])
  expect(groups[0]?.rates[1]).toEqual({ word: 'cachedInput', nanoUsd: 0, per: 'million' })
  expect(groups.at(-1)?.rates).toEqual([{ word: 'webSearch', nanoUsd: 10_000_000, per: 'call' }])
})

test('a model whose tokens cost nothing is shown by what it is charged by; a free one, and one with tokens, is not', () => {
  const free = { inputNanoUsdPerMTok: 0, outputNanoUsdPerMTok: 0 }
  expect(rateWithoutTokens({ ...free, audioInputNanoUsdPerSecond: 100_000 })).toEqual({
    nanoUsd: 100_000,
    unit: 'unit_second',
  })
  expect(rateWithoutTokens({ ...free, speechNanoUsdPerMChar: 15 })?.unit).toBe('unit_characters')
  expect(rateWithoutTokens(free)).toBeUndefined()
  expect(rateWithoutTokens({ ...PLAIN, imageNanoUsdPerImage: 40_000_000 })).toBeUndefined()
})
