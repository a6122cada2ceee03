// A policy that is edited and saved without a change is the one that it was.
import { expect, test } from 'vitest'
import type { RequestPolicy } from '../../contract/request-policy.ts'
import { areCallsSound, toDraft, toPolicy } from './policy-draft.ts'

test.each<RequestPolicy>([
  {},
  { webSearch: false, fileSearch: true },
  {
    vectorStoreIds: ['vs_1', 'vs_2'],
    promptIds: ['pmpt_1'],
    serviceTiers: ['flex'],
    store: 'refuse',
    maxToolCalls: 3,
  },
  { vectorStoreIds: [], promptIds: [], serviceTiers: [] },
])('%j comes back as it was', (policy) => expect(toPolicy(toDraft(policy))).toEqual(policy))

test.each(['vectorStoreIds', 'promptIds'] as const)(
  '%s stand on lines or behind commas, each once',
  (rule) => {
    const none = toDraft({})
    const draft = { ...none, ids: { ...none.ids, [rule]: ' id_1, id_2\n\nid_1 ' } }
    expect(toPolicy(draft)).toEqual({ [rule]: ['id_1', 'id_2'] })
  },
)

test('calls are a whole number from 1 to 100', () => {
  for (const calls of [undefined, 1, 100]) expect(areCallsSound({ ...toDraft({}), calls })).toBe(true)
  for (const calls of [Number.NaN, 0, 1.5, 101]) expect(areCallsSound({ ...toDraft({}), calls })).toBe(false)
})
