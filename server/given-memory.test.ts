import { expect, test } from 'vitest'
import { giveBackMemoryOf } from './given-memory.ts'

test('the whole place is given back, and shows nothing to whoever looks', () => {
  const bytes = Buffer.alloc(20_000, 7)
  const part = bytes.subarray(100, 10_200)
  giveBackMemoryOf(part)
  expect([bytes.length, part.length, bytes.buffer.byteLength]).toEqual([0, 0, 0])
})

test.each([
  ['little', Buffer.alloc(1_000)],
  ['the place that small buffers share', Buffer.from('x'.repeat((Buffer.poolSize >>> 1) - 1))],
  ['a part that is less than half', Buffer.alloc(20_000).subarray(0, 9_999)],
  ['shared with a thread', Buffer.from(new SharedArrayBuffer(20_000))],
])('%s is left alone', (_what, bytes) => {
  const { length } = bytes
  expect(length).toBeGreaterThan(0)
  giveBackMemoryOf(bytes)
  expect(bytes).toHaveLength(length)
})
