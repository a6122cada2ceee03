// The one or two letters that stand for a person.
import { expect, test } from 'vitest'
import { initialsOf } from './page.tsx'

test.each([
  ['wei.chen@tidewater.example', 'WC'],
  ['admin@localhost', 'A'],
  ['刘洋', '刘'],
  ['Priya Raman', 'PR'],
  ['', ''],
])('%s is %s', (name, initials) => {
  expect(initialsOf(name)).toBe(initials)
})
