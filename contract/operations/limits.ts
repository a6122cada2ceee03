// Rate limits: by role, plan, user and key; the most specific wins, and a key only narrows.
import {
  limitsListInput,
  limitsListOutput,
  limitsUpdateInput,
  limitsUsageInput,
  limitsUsageOutput,
  subjectLimits,
} from '../limits.ts'
import { operation } from '../operation.ts'

export const limitsList = operation({
  name: 'limits.list',
  audience: 'admin',
  /** One row for each subject that has limits of its own; the roles are always there. */
  input: limitsListInput,
  output: limitsListOutput,
})

export const limitsUsage = operation({
  name: 'limits.usage',
  audience: 'user',
  /** A person sees their own use and that of their keys; an administrator anyone's. */
  input: limitsUsageInput,
  output: limitsUsageOutput,
})

export const limitsUpdate = operation({
  name: 'limits.update',
  audience: 'admin',
  /** Replaces all limits of one role, user or key; a limit left out is inherited again. */
  input: limitsUpdateInput,
  output: subjectLimits,
})
