import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GrowingBytes } from './growing-bytes.ts'

function collected(pieces: readonly Buffer[], expected: number) {
  const bytes = new GrowingBytes(expected)
  let copied = 0
  for (const piece of pieces) {
    bytes.add(piece)
    copied = Math.max(copied, bytes.capacity)
  }
  return { bytes: bytes.take(), capacity: copied, length: bytes.length }
}

describe('bytes that come in pieces', () => {
  test('are the same bytes, in whatever pieces they come and whatever was told of their number', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 5 }),
      fc.uint8Array({ minLength: 30_000, maxLength: 70_000 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.nat(100_000), (pieces, wrong) => {
        const buffers = pieces.map((one) => Buffer.from(one))
        const all = Buffer.concat(buffers)
        for (const expected of [0, all.length, wrong]) {
          const result = collected(buffers, expected)
          expect(result.bytes.equals(all)).toBe(true)
          expect(result.length).toBe(all.length)
        }
      }),
      { seed: 20_261_125, numRuns: 50 },
    )
  })

  test('of which each is one byte take up at most twice their number, and not the buffers that they came in', () => {
    const bytes = new GrowingBytes(0)
    const read = Buffer.alloc(65_536, 'x')
    for (let count = 0; count < 300_000; count += 1) bytes.add(read.subarray(0, 1))
    expect(bytes.length).toBe(300_000)
    expect(bytes.capacity).toBeLessThanOrEqual(600_000)
    expect(bytes.take().buffer).not.toBe(read.buffer)
  })

  test('take up nothing for what was told and has not come', () => {
    const { capacity } = collected([Buffer.from('x')], 32_000_000)
    expect(capacity).toBeLessThanOrEqual(262_144)
  })

  test('of a told number take up exactly that', () => {
    const half = Buffer.alloc(500_000, 'x')
    expect(collected([half, half], 1_000_000).capacity).toBe(1_000_000)
  })

  test('in one large piece are not copied, in one small one they are', () => {
    const large = Buffer.alloc(50_000, 'x')
    expect(collected([large], 50_000).bytes.buffer).toBe(large.buffer)
    const small = Buffer.alloc(65_536).subarray(0, 900)
    expect(collected([small], 900).bytes.buffer).not.toBe(small.buffer)
  })

  test('may be none', () => {
    expect(collected([], 0).bytes.length).toBe(0)
  })
})
