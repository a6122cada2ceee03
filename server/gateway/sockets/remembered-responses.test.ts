// What a connection remembers is bounded, by itself and with those of the same person, and is given back with it.
import { expect, test } from 'vitest'
import { createBodyMemory } from '../body-memory.ts'
import { RememberedResponses } from './remembered-responses.ts'

const MEBIBYTE = 1024 * 1024
const said = (bytes: number) => ({ previousResponseId: undefined, items: [Buffer.alloc(bytes)] })

test('the oldest is forgotten for the seventeenth, and when they are 32 MiB together', () => {
  const memory = createBodyMemory()
  const remembered = new RememberedResponses(memory, 'ada')
  for (let number = 1; number <= 17; number += 1) remembered.keep(`resp_${number}`, said(10))
  expect([remembered.find('resp_1'), remembered.find('resp_2')]).toEqual([undefined, said(10)])
  remembered.keep('large', said(32 * MEBIBYTE - 10))
  expect(remembered.find('resp_16')).toBeUndefined()
  expect(remembered.find('resp_17')).toBeDefined()
  remembered.keep('too large', said(33 * MEBIBYTE))
  expect(remembered.find('too large')).toBeUndefined()
  expect(memory.bytes).toBe(32 * MEBIBYTE)
  remembered.clear()
  expect(memory.bytes).toBe(0)
})

test('where a person’s connections remember as much as they may, one forgets its own, and never those of another', () => {
  const memory = createBodyMemory(100, 1_000)
  const [one, other] = [new RememberedResponses(memory, 'ada'), new RememberedResponses(memory, 'ada')]
  one.keep('a', said(60))
  other.keep('b', said(30))
  other.keep('c', said(40))
  expect([one.find('a'), other.find('b'), other.find('c')]).toEqual([said(60), undefined, said(40)])
  other.keep('d', said(50))
  expect([one.find('a'), other.find('d'), memory.bytes]).toEqual([said(60), undefined, 60])
  one.keep('a', said(90))
  expect([one.find('a'), memory.bytes]).toEqual([said(90), 90])
})
