import { expect, test } from 'vitest'
import { marksOf } from './place-marks.ts'

test('a place carries the mark of its gravest trouble, whatever comes first', () => {
  const marks = marksOf([
    { kind: 'failed_mails' },
    { kind: 'upstream_missing' },
    { kind: 'pending_approvals' },
  ])
  expect([...marks]).toEqual([
    ['/admin/settings', 'bad'],
    ['/admin/users', 'info'],
  ])
})
