// Sends mail through an SMTP server, one connection for each: a gateway has few mails, and a pool would have to be emptied.
import type { MailConfig } from '../../contract/mail.ts'
import { fail, ok } from '../../contract/result.ts'
import type { Mailer, MailFailure, MailMessage } from '../ports.ts'
import { connectionFailureKind, mailFailure, messageOfError } from './mail-failure.ts'

const CONNECT_TIMEOUT_MS = 10_000
const SILENCE_MS_MAX = 20_000

export type SmtpConfig = Pick<MailConfig, 'smtpHost' | 'smtpPort' | 'smtpSecurity' | 'smtpUser'> & {
  readonly password: string | undefined
}

export function createSmtpMailer(config: SmtpConfig): Mailer {
  return {
    async send(message) {
      // Loaded with the first mail: most of the time there is none to send.
      const { createTransport } = await import('nodemailer')
      const transport = createTransport(toOptions(config))
      try {
        await transport.sendMail(toMail(message))
        return ok(undefined)
      } catch (error) {
        return fail(toFailure(error))
      } finally {
        transport.close()
      }
    },
  }
}

function toOptions({ smtpHost, smtpPort, smtpSecurity, smtpUser, password = '' }: SmtpConfig) {
  return {
    host: smtpHost,
    port: smtpPort,
    secure: smtpSecurity === 'tls',
    // Never "encrypted where the server happens to offer it": whoever stands in between would take the offer away.
    requireTLS: smtpSecurity === 'starttls',
    ignoreTLS: smtpSecurity === 'none',
    ...(smtpUser === '' ? {} : { auth: { user: smtpUser, pass: password } }),
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    dnsTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_MS_MAX,
    // Content is always ours; a path or an address in it is text.
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

const toMail = ({ id, from, replyTo, to, subject, text, html }: MailMessage) => ({
  messageId: `<${id}@${from.address.split('@')[1] ?? 'localhost'}>`,
  // As objects, so that a name is quoted and encoded, and can never become an address.
  from: { name: from.name, address: from.address },
  to: { name: '', address: to },
  ...(replyTo === undefined ? {} : { replyTo: { name: '', address: replyTo } }),
  subject,
  text,
  html,
  // Machines must not answer it: RFC 3834.
  headers: { 'Auto-Submitted': 'auto-generated' },
})

function toFailure(error: unknown): MailFailure {
  // What nodemailer puts on its errors.
  const { code, responseCode, response } = error as {
    readonly code?: string
    readonly responseCode?: number
    readonly response?: string
  }
  const reason = response ?? messageOfError(error)
  // Whether a wrong password, a full queue or a strict policy: mended by the operator or by time, so worth trying again.
  if (code === 'EAUTH' || code === 'ENOAUTH') return mailFailure('authentication', reason)
  const isForGood = responseCode !== undefined && responseCode >= 500
  if (isForGood && (code === 'EENVELOPE' || code === 'EMESSAGE')) return mailFailure('rejected', reason, true)
  return mailFailure(connectionFailureKind(error) ?? 'failed', reason)
}
