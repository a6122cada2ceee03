// The secret of a link, as mail programs and people hand it over.
import { expect, test } from 'vitest'
import { linkAddress } from '../../../../contract/account-links.ts'
import { tokenIn } from './link-token.ts'

test('the page reads what the contract writes', () => {
  const link = new URL(linkAddress('http://192.168.1.20:8080', 'invitation', 'Ab9'))
  expect(tokenIn(link.hash)).toBe('Ab9')
})

test.each([
  ['#token=Ab9', 'Ab9'],
  ['#token=Ab9%20', 'Ab9'],
  ['#from=mail&token=Ab9', 'Ab9'],
  ['#token=', undefined],
  ['#', undefined],
  ['', undefined],
])('of %j the secret is %j', (hash, token) => {
  expect(tokenIn(hash)).toBe(token)
})
