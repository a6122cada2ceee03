// The axis speaks the operator's days, wherever the reader is.
import { expect, test } from 'vitest'
import { bucketLabels } from './bucket-label.ts'

const AT = Date.UTC(2026, 8, 14, 16)
const HOUR = 3_600_000

test('days and hours are those of the zone, and hours name their day where there are several', () => {
  expect(bucketLabels([AT], 'day', 'Asia/Shanghai', 'en')).toEqual(['15 Sept'])
  expect(bucketLabels([AT], 'day', 'UTC', 'zh-CN')).toEqual(['9/14'])
  expect(bucketLabels([AT, AT + HOUR], 'hour', 'Asia/Shanghai', 'en')).toEqual(['00:00', '01:00'])
  expect(bucketLabels([AT - HOUR, AT], 'hour', 'Asia/Shanghai', 'en')).toEqual([
    '14 Sept 23:00',
    '15 Sept 00:00',
  ])
})
