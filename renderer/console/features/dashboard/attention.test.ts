// Every kind leads to a page that there is.
import { expect, test } from 'vitest'
import { CONSOLE_PATHS } from '../../../../contract/page-paths.ts'
import { placeOf, shapeOf } from './attention.ts'

const person = (userId: string) => ({ userId, email: `${userId}@example.test`, leftNanoUsd: 0 })

test('an upstream that others stand in for is a warning, and the last one a standstill', () => {
  const troubled = { upstreamId: 'u', isPrimary: true, name: 'primary', problem: null, lastAt: null }
  const shapes = [1, 2].map((inUse) => shapeOf({ kind: 'upstream_unhealthy', upstreams: [troubled], inUse }))
  expect(shapes).toEqual(['bad', 'warn'])
})

test('one person with little is opened, several are listed, the lowest first', () => {
  expect(placeOf({ kind: 'low_balances', count: 1, people: [person('u1')] })).toBe('/admin/users/u1')
  expect(placeOf({ kind: 'low_balances', count: 2, people: [person('u1'), person('u2')] })).toBe(
    `${CONSOLE_PATHS.users}?sort=balance&direction=asc`,
  )
})
