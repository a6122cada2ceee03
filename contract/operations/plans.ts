// Plans: made by an administrator; bought, granted, or given by a code; at most one is active for a person.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { activePlan, planFields, planRow, subscriptionRow } from '../plans.ts'
import { id, listOf, nothing, page } from './fields.ts'

const { name, priceNanoUsd, days, quotas, allowedModels, mayUseBalance, isForSale } = planFields

export const plansCreate = operation({
  name: 'plans.create',
  audience: 'admin',
  /** Without `isForSale`, a plan with a price is for sale, and one without is not. */
  input: z.strictObject({
    name,
    priceNanoUsd,
    days,
    quotas: quotas.default([]),
    allowedModels: allowedModels.default(null),
    mayUseBalance: mayUseBalance.default(true),
    isForSale: isForSale.optional(),
  }),
  output: planRow,
})

export const plansUpdate = operation({
  name: 'plans.update',
  audience: 'admin',
  /** Holds at once for everyone who has the plan; what they have used stays counted. */
  input: z
    .strictObject({ planId: id, ...z.strictObject(planFields).partial().shape })
    .refine(
      ({ planId: _, ...changes }) => Object.values(changes).some((change) => change !== undefined),
      'needs at least one of name, priceNanoUsd, days, quotas, allowedModels, mayUseBalance and isForSale',
    ),
  output: planRow,
})

export const plansArchive = operation({
  name: 'plans.archive',
  audience: 'admin',
  input: z.strictObject({ planId: id }),
  output: planRow,
})

export const plansUnarchive = operation({
  name: 'plans.unarchive',
  audience: 'admin',
  input: z.strictObject({ planId: id }),
  output: planRow,
})

export const plansList = operation({
  name: 'plans.list',
  audience: 'user',
  /** What is for sale, cheapest first; an administrator sees every plan, archived ones where they are asked for. */
  input: z.strictObject({ includeArchived: z.boolean().default(false) }),
  output: listOf(planRow),
})

export const plansBuy = operation({
  name: 'plans.buy',
  audience: 'user',
  /**
   * Takes the price from the balance. Buying the active plan extends it; another one ends it, where that is said. With
   * `priceNanoUsd`, which a screen has shown, nothing is bought at another price.
   */
  input: z.strictObject({
    planId: id,
    replacesActive: z.boolean().default(false),
    priceNanoUsd: priceNanoUsd.optional(),
  }),
  output: activePlan,
})

export const plansSubscriptions = operation({
  name: 'plans.subscriptions',
  audience: 'user',
  /** Newest first. Without `userId`: an administrator sees everyone's, everyone else their own. */
  input: z.strictObject({ userId: id.optional(), planId: id.optional(), ...page }),
  output: listOf(subscriptionRow),
})

export const mePlan = operation({
  name: 'me.plan',
  audience: 'user',
  input: nothing,
  output: z.strictObject({ plan: activePlan.nullable() }),
})

export const usersPlan = operation({
  name: 'users.plan',
  audience: 'admin',
  input: z.strictObject({ userId: id }),
  output: z.strictObject({ plan: activePlan.nullable() }),
})

export const usersGrantPlan = operation({
  name: 'users.grantPlan',
  audience: 'admin',
  /** Without a price. The active plan is extended where it is the same one, and ended where it is another. */
  input: z.strictObject({ userId: id, planId: id, days: days.optional() }),
  output: activePlan,
})

export const usersEndPlan = operation({
  name: 'users.endPlan',
  audience: 'admin',
  input: z.strictObject({ userId: id }),
  output: nothing,
})
