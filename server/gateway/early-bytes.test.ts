// What came of an answer before anybody may have it is handed on as it came, whoever got its place meanwhile.
import { describe, expect, test } from 'vitest'
import { type EarlyBytes, EarlyPieces, JoinedBytes } from './early-bytes.ts'

/** Takes what it is handed, and writes over it where it is only borrowed. */
function handOver(early: EarlyBytes, borrows: boolean) {
  const taken: Buffer[] = []
  const copies: Buffer[] = []
  early.handTo({
    borrows,
    onData(chunk) {
      taken.push(chunk)
      copies.push(Buffer.from(chunk))
      if (borrows) chunk.fill(0)
    },
  })
  return { taken, text: Buffer.concat(copies).toString('latin1') }
}

const KINDS = [
  ['in pieces', () => new EarlyPieces()],
  ['joined', () => new JoinedBytes()],
] as const

describe.each(KINDS)('%s', (_kind, create) => {
  test.each([true, false])('everything is handed on in its order (borrowed: %s)', (borrows) => {
    for (const sizes of [[], [1], [3, 500, 0, 7], [32_768], [32_768, 1], [30_000, 30_000, 60_000, 200_000]]) {
      const early = create()
      const pieces = sizes.map((size, at) => Buffer.alloc(size, 97 + at))
      const expected = Buffer.concat(pieces).toString('latin1')
      expect(early.isEmpty).toBe(true)
      for (const piece of pieces) {
        // What is borrowed is written over once it was added.
        const lent = Buffer.from(piece)
        early.add(lent)
        if (early.borrows) lent.fill(0)
      }
      expect(early.isEmpty).toBe(sizes.length === 0)
      expect(handOver(early, borrows).text).toBe(expected)
    }
  })

  test('the first bytes stay what they are when more comes, and when others come', () => {
    const early = create()
    expect(early.first).toBeUndefined()
    early.add(Buffer.from('<html>'))
    const { first } = early
    early.add(Buffer.alloc(100_000, 'x'))
    handOver(early, early.borrows)
    const others = create()
    others.add(Buffer.from('data: {}'))
    expect(first?.toString()).toBe('<html>')
  })
})

test('what somebody keeps is not written over by the next stream', () => {
  const kept: Buffer[] = []
  for (const letter of 'abc') {
    const early = new JoinedBytes()
    early.add(Buffer.alloc(100, letter))
    kept.push(...handOver(early, false).taken)
  }
  expect(kept.map((bytes) => bytes.toString())).toEqual(['a', 'b', 'c'].map((letter) => letter.repeat(100)))
})

test('streams that wait at the same time have places of their own', () => {
  const all = Array.from({ length: 100 }, (_, at) => ({ early: new JoinedBytes(), text: `${at}`.repeat(50) }))
  for (const { early, text } of all) early.add(Buffer.from(text))
  for (const { early, text } of all) early.add(Buffer.from(text))
  for (const { early, text } of all) expect(handOver(early, true).text).toBe(text + text)
})

test('what comes while it is handed on is handed on the next time, and nothing else with it', () => {
  const early = new JoinedBytes()
  early.add(Buffer.from('first'))
  const told: string[] = []
  early.handTo({
    borrows: true,
    onData(bytes) {
      told.push(bytes.toString())
      if (told.length === 1) early.add(Buffer.from('second'))
    },
  })
  early.handTo({ borrows: true, onData: (bytes) => void told.push(bytes.toString()) })
  expect(told).toEqual(['first', 'second'])
})
