// How mail goes out: not at all, by an SMTP server, or by Resend. Secrets are set and never shown again.
import { z } from 'zod'
import { email } from './operations/fields.ts'

export const mailKind = z.enum(['off', 'smtp', 'resend'])

/** `tls` from the first byte (465), `starttls` or nothing goes out (587), or in clear, for a relay on this machine. */
const smtpSecurity = z.enum(['tls', 'starttls', 'none'])

const hostName = z
  .string()
  .trim()
  .max(253)
  .regex(/^[A-Za-z0-9._:-]*$/, 'has to be a host name or an IP address, such as smtp.example.com')

const personName = z
  .string()
  .trim()
  .max(100)
  .regex(
    /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}"<>]*$/u,
    'must not contain quotes, angle brackets or control characters',
  )

/** Empty for none. */
const address = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .refine(
    (text) => text === '' || email.safeParse(text).success,
    'has to be an email address, such as name@example.com',
  )

const fields = {
  kind: mailKind,
  /** The address that mail comes from. */
  fromAddress: address,
  /** The name beside it; empty for the gateway's own. */
  fromName: personName,
  replyTo: address,
  smtpHost: hostName,
  smtpPort: z.int().min(1).max(65_535),
  smtpSecurity,
  /** Empty for a server that asks for none. */
  smtpUser: z.string().trim().max(254),
  /** Where Resend's API is, or one like it. */
  resendBaseUrl: z
    .url({ protocol: /^https?$/, error: 'has to be an http(s) address, such as https://api.openai.com/v1' })
    .max(300),
}

export const mailConfig = z.strictObject({
  kind: fields.kind.default('off'),
  fromAddress: fields.fromAddress.default(''),
  fromName: fields.fromName.default(''),
  replyTo: fields.replyTo.default(''),
  smtpHost: fields.smtpHost.default(''),
  smtpPort: fields.smtpPort.default(587),
  smtpSecurity: fields.smtpSecurity.default('starttls'),
  smtpUser: fields.smtpUser.default(''),
  resendBaseUrl: fields.resendBaseUrl.default('https://api.resend.com'),
})
export type MailConfig = z.infer<typeof mailConfig>

/** Built without defaults: zod fills a default even under `.partial()`, which would reset what a change does not name. */
export const mailConfigPatch = z.strictObject(fields).partial()

/** Printable, because it goes into a header or a command of another protocol. */
export const mailSecret = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}]+$/u, 'must not contain control characters')

export const mailTemplateName = z.enum([
  'verification',
  'already_registered',
  'welcome',
  'approved',
  'approval_requested',
  'invitation',
  'password_reset',
  'password_changed',
  'email_change',
  'email_changed',
  'second_factor_changed',
  'deletion_requested',
  'quota_reached',
  'balance_low',
  'key_new_address',
  'test',
])
export type MailTemplateName = z.infer<typeof mailTemplateName>

/** Where an attempt failed: for a screen that says what to mend. */
export const mailFailureKind = z.enum([
  'not_configured', // no server, no key, no sender
  'secret_unreadable', // the password or key has to be entered again
  'unreachable', // no such host, nothing listening
  'timeout',
  'tls', // no STARTTLS, or a certificate that is not trusted
  'authentication',
  'rejected', // this mail, for good: no such mailbox, sender not allowed
  'failed', // anything else, such as "try later"
])
export type MailFailureKind = z.infer<typeof mailFailureKind>
