// The screens take what the contract takes, no more and no less.
import { expect, test } from 'vitest'
import { email } from '../../contract/operations/fields.ts'
import { isEmail } from './email.ts'

test.each([
  ['name@example.com', true],
  [' Name@Example.COM ', true],
  ['me@example', true],
  ['admin@localhost', true],
  ["o'neil+tag@mail.example.co.uk", true],
  ['', false],
  ['name', false],
  ['a@b@c', false],
  ['name@', false],
  ['name@-example.com', false],
  ['name@example..com', false],
  ['名字@example.com', false],
  [`${'a'.repeat(243)}@example.com`, false],
])('%s is an email address: %s', (text, isOne) => {
  expect(isEmail(text)).toBe(isOne)
  expect(email.safeParse(text).success).toBe(isOne)
})
