// How the end of a balance is said.
import { expect, test } from 'vitest'
import { runOutOf } from './run-out.ts'

const at = (text: string) => new Date(text).getTime()
const NOW = at('2026-11-26T12:00:00')

test.each([
  ['2026-11-26T16:05:00', 'en', { isSoon: true, when: '16:05' }],
  ['2026-11-27T08:00:00', 'en', { isSoon: true, when: 'Friday' }],
  ['2026-12-01T08:00:00', 'zh-CN', { isSoon: true, when: '星期二' }],
  // The same weekday again would be taken for tomorrow's.
  ['2026-12-03T10:00:00', 'en', { isSoon: true, when: '3 Dec' }],
  ['2026-12-20T08:00:00', 'en', { isSoon: false, when: '20 Dec' }],
  ['2027-03-02T08:00:00', 'en', { isSoon: false, when: '2 Mar 2027' }],
  ['2026-11-26T11:59:00', 'en', { isSoon: true, when: '' }],
])('a balance that lasts to %s (%s) is said to last %o', (runsOutAt, language, said) => {
  expect(runOutOf(at(runsOutAt), NOW, language)).toEqual(said)
})
