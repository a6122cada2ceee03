// What is found out of a head is found out once for all that are known to be like it, and each time for any other.
import { expect, test } from 'vitest'
import { ofAlikeRequests } from './alike-requests.ts'

function counted() {
  let count = 0
  const find = ofAlikeRequests(({ host }) => {
    count += 1
    return { host }
  })
  return { find, count: () => count }
}

test('once for all that are alike', () => {
  const { find, count } = counted()
  const alike = {}
  const first = find({ headers: { host: 'a', 'content-length': '1' }, alike })
  expect(find({ headers: { host: 'a', 'content-length': '2' }, alike })).toBe(first)
  expect(count()).toBe(1)
})

test('each time where none is known to be', () => {
  const { find, count } = counted()
  expect(find({ headers: { host: 'a' } })).toEqual({ host: 'a' })
  expect(find({ headers: { host: 'b' }, alike: undefined })).toEqual({ host: 'b' })
  expect(find({ headers: { host: 'c' }, alike: {} })).toEqual({ host: 'c' })
  expect(count()).toBe(3)
})
