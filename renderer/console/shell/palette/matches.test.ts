import { expect, test } from 'vitest'
import { fits } from './matches.ts'

test('words are found in any order, in the name and in what else it is called', () => {
  const place = { label: '模型与价格', also: 'models /admin/models' }
  expect(['价格', 'models', 'MODELS 模型', '', 'models users'].map((typed) => fits(place, typed))).toEqual([
    true,
    true,
    true,
    true,
    false,
  ])
})
