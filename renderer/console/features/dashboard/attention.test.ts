// Every kind leads to a page that there is.
import { expect, test } from 'vitest'
import { attention } from '../../../../contract/operations/dashboard.ts'
import { CONSOLE_PATHS } from '../../../../contract/page-paths.ts'
import { ATTENTION_SHAPE, placeOf } from './attention.ts'

const person = (userId: string) => ({ userId, email: `${userId}@example.test`, leftNanoUsd: 0 })

test('each kind of the contract has a shape', () => {
  const kinds = attention.options.map(({ shape }) => shape.kind.value)
  expect(Object.keys(ATTENTION_SHAPE).sort()).toEqual([...kinds].sort())
})

test('one person with little is opened, several are listed, the lowest first', () => {
  expect(placeOf({ kind: 'low_balances', count: 1, people: [person('u1')] })).toBe('/admin/users/u1')
  expect(placeOf({ kind: 'low_balances', count: 2, people: [person('u1'), person('u2')] })).toBe(
    `${CONSOLE_PATHS.users}?sort=balance&direction=asc`,
  )
})
