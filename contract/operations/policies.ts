// Request policies: by role, plan, user and key; of each rule the most specific wins, and a key only narrows.
import { operation } from '../operation.ts'
import { policiesGetInput, policiesUpdateInput, subjectPolicy } from '../request-policy.ts'

export const policiesGet = operation({
  name: 'policies.get',
  audience: 'user',
  /** Those of their own keys for everyone; an administrator sees anyone's. */
  input: policiesGetInput,
  output: subjectPolicy,
})

export const policiesUpdate = operation({
  name: 'policies.update',
  audience: 'user',
  /** Replaces every rule of one subject; one that is left out is inherited. Whoever is no administrator narrows their own keys. */
  input: policiesUpdateInput,
  output: subjectPolicy,
})
