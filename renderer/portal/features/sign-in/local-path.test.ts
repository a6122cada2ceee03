// Where signing in leads: to paths of this gateway, and nowhere else.
import { expect, test } from 'vitest'
import { isConsolePath, localPath } from './local-path.ts'

test.each([
  ['/keys', '/keys'],
  ['/admin/users?status=active', '/admin/users?status=active'],
  ['', '/'],
  ['/login', '/'],
  ['/login?next=/keys', '/'],
  ['https://evil.example/', '/'],
  ['//evil.example/', '/'],
  ['/\\evil.example', '/'],
  ['/.//evil.example', '/'],
  ['/a/..//evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['javascript:alert(1)', '/'],
])('after signing in with next=%j a person is at %s', (next, path) => {
  expect(localPath(next)).toBe(path)
})

test.each([
  ['/admin', true],
  ['/admin?x=1', true],
  ['/admin/users', true],
  ['/administrators', false],
  ['/keys', false],
])('%s belongs to the console: %s', (path, isTheirs) => {
  expect(isConsolePath(path)).toBe(isTheirs)
})
