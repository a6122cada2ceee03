import { expect, test } from 'vitest'
import { unitRateOf } from './unit-rate.tsx'

const FREE = { inputNanoUsdPerMTok: 0, outputNanoUsdPerMTok: 0 }

test('a model that is not charged by tokens of text shows what it is charged by, and a free one nothing', () => {
  expect(unitRateOf({ ...FREE, audioInputNanoUsdPerSecond: 100_000 })).toEqual({
    nanoUsd: 6_000_000,
    per: 'minute',
  })
  expect(unitRateOf({ ...FREE, speechNanoUsdPerMChar: 15 })).toEqual({ nanoUsd: 15, per: 'characters' })
  expect(unitRateOf({ ...FREE, imageNanoUsdPerImage: 9 })).toEqual({ nanoUsd: 9, per: 'image' })
  const images = { ...FREE, imageNanoUsdPerImage: 9, smallImageNanoUsdPerImage: 4 }
  expect(unitRateOf(images)).toEqual({ nanoUsd: 4, per: 'imageFrom' })
  expect(unitRateOf({ ...images, inputNanoUsdPerMTok: 1 })).toBeUndefined()
  expect(unitRateOf(FREE)).toBeUndefined()
})
