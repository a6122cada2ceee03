// Rate limits: by role, plan, user and key; the most specific wins, and a key only narrows.
import { limitsListInput, limitsListOutput, limitsUpdateInput, subjectLimits } from '../limits.ts'
import { operation } from '../operation.ts'

export const limitsList = operation({
  name: 'limits.list',
  audience: 'admin',
  /** One row for each subject that has limits of its own; the roles are always there. */
  input: limitsListInput,
  output: limitsListOutput,
})

export const limitsUpdate = operation({
  name: 'limits.update',
  audience: 'admin',
  /** Replaces all limits of one role, user or key; a limit left out is inherited again. */
  input: limitsUpdateInput,
  output: subjectLimits,
})
