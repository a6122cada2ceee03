// One model, one colour, whichever models stand beside it.
import { expect, test } from 'vitest'
import { decideColours } from './model-colours.ts'

test('a model keeps the colour that it was first drawn in, in another order and in other company', () => {
  const first = decideColours(new Map(), ['a', 'b', 'c'])
  expect(first.colours).toEqual([1, 2, 3])
  const second = decideColours(first.kept, ['c', 'new', 'a'])
  expect(second.colours).toEqual([3, 4, 1])
  expect(decideColours(second.kept, ['new', 'b']).colours).toEqual([4, 2])
})

test('no two models of a chart share a colour, also where more than six were ever drawn', () => {
  const { kept } = decideColours(new Map(), ['a', 'b', 'c', 'd', 'e', 'f'])
  const later = decideColours(kept, ['g', 'h'])
  // `g` has the colour of `a` now, and gives way where both are drawn.
  expect(later.colours).toEqual([1, 2])
  const both = decideColours(later.kept, ['g', 'a', 'b'])
  expect(new Set(both.colours).size).toBe(3)
  expect(decideColours(both.kept, ['a']).colours).toEqual([1])
})

test('what is kept has a bound', () => {
  let kept: ReadonlyMap<string, number> = new Map()
  for (let n = 0; n < 300; n += 1) ({ kept } = decideColours(kept, [`m${n}`]))
  expect(kept.size).toBe(200)
})
