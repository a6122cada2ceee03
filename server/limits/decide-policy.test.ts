// What a caller's requests may ask for: of each rule the most specific one wins, and a key never widens anything.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  POLICY_TIERS,
  type PolicyValues,
  type RequestPolicy,
  SHIPPED_POLICY,
  STORING,
} from '../../contract/request-policy.ts'
import { decideEffectivePolicy } from './decide-policy.ts'

test('web search alone is open, and every tier that has a price, until somebody says otherwise', () => {
  expect(decideEffectivePolicy({}).values).toEqual(SHIPPED_POLICY)
})

test('of each rule the most specific one wins, and says whose it is', () => {
  const { values, from } = decideEffectivePolicy({
    role: { fileSearch: true, store: 'off', maxToolCalls: 5 },
    plan: { fileSearch: false, serviceTiers: ['flex'] },
    user: { serviceTiers: ['flex', 'priority'], maxToolCalls: 50 },
  })
  expect(values).toEqual({
    ...SHIPPED_POLICY,
    fileSearch: false,
    store: 'off',
    serviceTiers: ['flex', 'priority'],
    maxToolCalls: 50,
  })
  expect(from).toMatchObject({
    fileSearch: 'plan',
    store: 'role',
    serviceTiers: 'user',
    maxToolCalls: 'user',
    webSearch: 'shipped',
  })
})

test('a stored prompt is open to nobody until it is listed, and a key takes from that list alone', () => {
  const plan = { promptIds: ['pmpt_1', 'pmpt_2'] }
  const promptsOf = (key: RequestPolicy, user: RequestPolicy = {}) =>
    decideEffectivePolicy({ plan, user, key }).values.promptIds
  expect(SHIPPED_POLICY.promptIds).toEqual([])
  expect(promptsOf({})).toEqual(['pmpt_1', 'pmpt_2'])
  expect(promptsOf({ promptIds: ['pmpt_2', 'pmpt_3'] })).toEqual(['pmpt_2'])
  expect(promptsOf({ promptIds: [] })).toEqual([])
  expect(promptsOf({ promptIds: ['pmpt_1'] }, { promptIds: [] })).toEqual([])
})

test('a key that says no less than is allowed anyway has no part in it', () => {
  const key: RequestPolicy = {
    webSearch: true,
    fileSearch: true,
    promptIds: ['pmpt_1'],
    serviceTiers: [...POLICY_TIERS],
    store: 'allow',
  }
  const { values, from } = decideEffectivePolicy({ key })
  expect(values).toEqual(SHIPPED_POLICY)
  expect(new Set(Object.values(from))).toEqual(new Set(['shipped']))
})

const someOf = <Value>(values: readonly Value[]) => fc.option(fc.subarray([...values]), { nil: undefined })
const flag = fc.option(fc.boolean(), { nil: undefined })
const policy: fc.Arbitrary<RequestPolicy> = fc.record({
  webSearch: flag,
  fileSearch: flag,
  codeInterpreter: flag,
  imageGeneration: flag,
  vectorStoreIds: someOf(['vs_1', 'vs_2', 'vs_3']),
  promptIds: someOf(['pmpt_1', 'pmpt_2', 'pmpt_3']),
  serviceTiers: someOf(POLICY_TIERS),
  store: fc.option(fc.constantFrom(...STORING), { nil: undefined }),
  maxToolCalls: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
})

function expectNoWider(narrow: PolicyValues, wide: PolicyValues): void {
  for (const rule of ['webSearch', 'fileSearch', 'codeInterpreter', 'imageGeneration'] as const) {
    expect(narrow[rule] && !wide[rule]).toBe(false)
  }
  for (const rule of ['vectorStoreIds', 'promptIds'] as const) {
    expect(wide[rule]).toEqual(expect.arrayContaining([...narrow[rule]]))
  }
  expect(wide.serviceTiers).toEqual(expect.arrayContaining([...narrow.serviceTiers]))
  expect(STORING.indexOf(narrow.store)).toBeGreaterThanOrEqual(STORING.indexOf(wide.store))
  expect(narrow.maxToolCalls ?? 101).toBeLessThanOrEqual(wide.maxToolCalls ?? 101)
}

test('whatever a key says, nothing is open to it that is not open to its owner, nor to itself without it', () => {
  fc.assert(
    fc.property(policy, policy, policy, policy, (role, plan, user, key) => {
      const owner = decideEffectivePolicy({ role, plan, user }).values
      const withKey = decideEffectivePolicy({ role, plan, user, key }).values
      expectNoWider(withKey, owner)
      for (const rule of ['webSearch', 'fileSearch', 'codeInterpreter', 'imageGeneration'] as const) {
        if (key[rule] === false) expect(withKey[rule]).toBe(false)
      }
      if (key.maxToolCalls !== undefined) expect(withKey.maxToolCalls).toBeLessThanOrEqual(key.maxToolCalls)
      if (key.promptIds) expect(key.promptIds).toEqual(expect.arrayContaining([...withKey.promptIds]))
      if (key.serviceTiers)
        expect(key.serviceTiers).toEqual(expect.arrayContaining([...withKey.serviceTiers]))
    }),
  )
})
