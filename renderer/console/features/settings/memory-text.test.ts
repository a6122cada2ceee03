// Bytes in the unit that a person reads.
import { expect, test } from 'vitest'
import { memoryText } from './memory-text.ts'

test.each([
  [1023, undefined],
  [65_536, '64 KiB'],
  [134_217_728, '128 MiB'],
  [1_153_433_600, '1,100 MiB'],
  [134_000_000, '≈ 127.8 MiB'],
  [1_610_612_736, '1.5 GiB'],
  [10_737_418_240, '10 GiB'],
])('%s bytes are %s', (bytes, text) => {
  expect(memoryText(bytes)).toBe(text)
})
