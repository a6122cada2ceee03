// Notices: what a person, and the operator, should know without having looked for it.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { planMetric, planWindow } from '../plans.ts'
import { id, listOf, nanoUsd, nothing, page, unixMs } from './fields.ts'

/** What a notice says, in figures; screens and mails put it into words. */
export const noticeContent = z.discriminatedUnion('kind', [
  /** So much of a quota of the active plan is used. Once for each threshold, in each window. */
  z.strictObject({
    kind: z.literal('quota'),
    planName: z.string(),
    window: planWindow,
    metric: planMetric,
    thresholdPercent: z.union([z.literal(80), z.literal(95), z.literal(100)]),
    quota: z.int(),
    used: z.int(),
    resetsAt: unixMs,
  }),
  /** Balance and credit limit together fell below the setting `lowBalanceNanoUsd`. Once for each time. */
  z.strictObject({ kind: z.literal('low_balance'), leftNanoUsd: nanoUsd, thresholdNanoUsd: nanoUsd }),
  /** A key was used from an address that it had not been used from before. */
  z.strictObject({ kind: z.literal('key_new_address'), keyId: id, keyName: z.string(), address: z.string() }),
])
export type NoticeContent = z.infer<typeof noticeContent>

export const noticesList = operation({
  name: 'notices.list',
  audience: 'user',
  /**
   * Newest first. Without `userId`: an administrator sees everyone's, everyone else their own. What was dismissed is left
   * out unless it is asked for; an administrator who looks at others' sees what administrators have dismissed.
   */
  input: z.strictObject({ userId: id.optional(), includeDismissed: z.boolean().default(false), ...page }),
  output: listOf(
    z.strictObject({
      id,
      userId: id,
      userEmail: z.string(),
      createdAt: unixMs,
      content: noticeContent,
      isDismissed: z.boolean(),
    }),
  ),
})

export const noticesDismiss = operation({
  name: 'notices.dismiss',
  audience: 'user',
  /** One's own for oneself; an administrator somebody else's for all administrators. */
  input: z.strictObject({ noticeId: id }),
  output: nothing,
})
