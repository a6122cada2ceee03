// Which tier of service an answer is charged at, whatever it is called.
import { describe, expect, test } from 'vitest'
import type { PriceRates } from '../../contract/price.ts'
import {
  chargedTiers,
  isAnsweredUnpriced,
  isTierPriced,
  reachableTiers,
  serviceTierNamed,
} from './service-tier.ts'

const RATES: PriceRates = {
  inputNanoUsdPerMTok: 2_000_000_000,
  outputNanoUsdPerMTok: 10_000_000_000,
  flexInputNanoUsdPerMTok: 1_000_000_000,
  flexOutputNanoUsdPerMTok: 5_000_000_000,
  priorityInputNanoUsdPerMTok: 4_000_000_000,
  priorityOutputNanoUsdPerMTok: 20_000_000_000,
}

test('fast and priority are one tier, and auto is the standard one', () => {
  expect(serviceTierNamed('fast')).toBe('priority')
  expect(serviceTierNamed('priority')).toBe('priority')
  expect(serviceTierNamed('auto')).toBe('default')
  expect(serviceTierNamed('scale')).toBeUndefined()
})

test('a tier has a price once input and output have one, be it zero', () => {
  expect(isTierPriced(RATES, 'default')).toBe(true)
  expect(isTierPriced(RATES, 'flex')).toBe(true)
  expect(isTierPriced(RATES, 'ultrafast')).toBe(false)
  expect(isTierPriced({ ...RATES, flexOutputNanoUsdPerMTok: null }, 'flex')).toBe(false)
  expect(isTierPriced({ ...RATES, flexOutputNanoUsdPerMTok: 0 }, 'flex')).toBe(true)
})

test('a request may be answered in its own tier, and in those that it falls back to', () => {
  const withUltrafast = { ...RATES, ultrafastInputNanoUsdPerMTok: 1, ultrafastOutputNanoUsdPerMTok: 1 }
  expect(reachableTiers(RATES, 'default')).toEqual(['default'])
  expect(reachableTiers(RATES, 'flex')).toEqual(['flex', 'default'])
  expect(reachableTiers(withUltrafast, 'ultrafast')).toEqual(['ultrafast', 'priority', 'default'])
})

describe('an answer', () => {
  test('is charged in the tier that it names, whatever was asked for', () => {
    expect(chargedTiers(RATES, 'priority', 'default')).toEqual(['default'])
    expect(chargedTiers(RATES, 'priority', 'fast')).toEqual(['priority'])
    expect(chargedTiers(RATES, 'default', 'flex')).toEqual(['flex'])
  })

  test('is charged in the tier that it names in capitals', () => {
    expect(chargedTiers(RATES, 'default', 'Priority')).toEqual(['priority'])
    expect(chargedTiers(RATES, 'priority', 'DEFAULT')).toEqual(['default'])
    expect(chargedTiers(RATES, 'flex', 'Auto')).toEqual(['flex'])
    expect(isAnsweredUnpriced(RATES, 'FAST')).toBe(false)
  })

  test('that names none is charged in the tier that was asked for', () => {
    expect(chargedTiers(RATES, 'priority', null)).toEqual(['priority'])
    expect(chargedTiers(RATES, 'priority', 'auto')).toEqual(['priority'])
  })

  test('in a tier without a price counts as all that the hold reckoned with', () => {
    expect(chargedTiers(RATES, 'flex', 'scale')).toEqual(['flex', 'default'])
    expect(chargedTiers(RATES, 'priority', 'ultrafast')).toEqual(['priority', 'default'])
    expect(chargedTiers(RATES, 'default', 'a tier of tomorrow')).toEqual(['default'])
  })
})
