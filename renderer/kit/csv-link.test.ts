// Where a list is saved from.
import { expect, test } from 'vitest'
import { csvAddress } from './csv-link.tsx'

test('the filters that are set, and no others', () => {
  expect(csvAddress('users.csv', { search: 'a & b', status: undefined, role: '' })).toBe(
    '/api/export/users.csv?search=a+%26+b',
  )
  expect(csvAddress('audit.csv', { from: 0 })).toBe('/api/export/audit.csv?from=0')
  expect(csvAddress('audit.csv', {})).toBe('/api/export/audit.csv')
})
