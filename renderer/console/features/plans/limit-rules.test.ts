// Limits go through the form and back unchanged, and what is inherited is not sent.
import { expect, test } from 'vitest'
import { toRules, toTyped, waysFor } from './limit-rules.ts'

test('rules come back as they were, in the order of the form', () => {
  const rules = [
    { metric: 'requests', window: 'minute', value: 60 },
    { metric: 'tokens', window: 'day', value: null },
    { metric: 'concurrent', window: null, value: 4 },
  ] as const
  expect(toRules(toTyped(rules))).toEqual(rules)
  expect(toRules({})).toEqual([])
  expect(toRules({ requests_hour: { how: 'inherited', value: 7 } })).toEqual([])
})

test('a key cannot lift a limit', () => {
  expect(waysFor('key')).not.toContain('lifted')
  expect(waysFor('user')).toContain('lifted')
})
