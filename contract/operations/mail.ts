// Mail, as an administrator sets it up and watches it go out.
import { z } from 'zod'
import { mailConfig, mailConfigPatch, mailFailureKind, mailSecret, mailTemplateName } from '../mail.ts'
import { operation } from '../operation.ts'
import { email, id, listOf, nothing, sortedPage, unixMs } from './fields.ts'

const mailView = mailConfig.extend({
  isSmtpPasswordSet: z.boolean(),
  isResendApiKeySet: z.boolean(),
  /** Whether mail goes out: a kind is chosen and nothing that it needs is missing. */
  isAvailable: z.boolean(),
  waiting: z.int(),
  failed: z.int(),
})

export const mailGet = operation({ name: 'mail.get', audience: 'admin', input: nothing, output: mailView })

export const mailUpdate = operation({
  name: 'mail.update',
  audience: 'admin',
  /** Only what is named changes. A secret that is null is forgotten. */
  input: mailConfigPatch.extend({
    smtpPassword: mailSecret.nullable().optional(),
    resendApiKey: mailSecret.nullable().optional(),
  }),
  output: mailView,
})

/** Sends one mail at once, past the queue, with what is stored. Refused with `mail_failed` and where it failed. */
export const settingsTestMail = operation({
  name: 'settings.testMail',
  audience: 'admin',
  input: z.strictObject({ to: email }),
  output: nothing,
})

const mailStatus = z.enum(['waiting', 'sent', 'failed'])
export type MailStatus = z.infer<typeof mailStatus>

const mailRow = z.strictObject({
  id,
  createdAt: unixMs,
  userId: id.nullable(),
  recipient: z.string(),
  template: mailTemplateName,
  status: mailStatus,
  attempts: z.int(),
  nextAttemptAt: unixMs.nullable(),
  sentAt: unixMs.nullable(),
  failureKind: mailFailureKind.or(z.literal('expired')).nullable(),
  /** What the other side said, cut short. */
  failureReason: z.string().nullable(),
})

const mailSorts = ['createdAt', 'recipient', 'template'] as const
export type MailSort = (typeof mailSorts)[number]

export const mailList = operation({
  name: 'mail.list',
  audience: 'admin',
  /** `search` looks in any case for a part of the recipient. */
  input: z.strictObject({
    status: mailStatus.optional(),
    search: z.string().trim().max(200).optional(),
    ...sortedPage(mailSorts),
  }),
  output: listOf(mailRow),
})

/** Tries one that waits or has failed again, at once and with all its attempts. */
export const mailRetry = operation({
  name: 'mail.retry',
  audience: 'admin',
  input: z.strictObject({ mailId: id }),
  output: nothing,
})
