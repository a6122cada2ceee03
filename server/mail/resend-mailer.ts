// Sends mail through Resend, or a service that speaks like it: one HTTPS call, see https://resend.com/docs/api-reference/emails/send-email
import { fail, ok } from '../../contract/result.ts'
import type { Mailer, MailFailure, MailMessage } from '../ports.ts'
import { connectionFailureKind, mailFailure, messageOfError } from './mail-failure.ts'

const ANSWER_TIMEOUT_MS = 20_000
const ANSWER_BYTES_MAX = 64 * 1024

export interface ResendConfig {
  readonly baseUrl: string
  readonly apiKey: string
}

export function createResendMailer({ baseUrl, apiKey }: ResendConfig): Mailer {
  const url = `${baseUrl.replace(/\/+$/, '')}/emails`
  return {
    async send(message) {
      try {
        const answer = await fetch(url, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${apiKey}`,
            'content-type': 'application/json',
            // A mail that is tried again, because its answer was lost, is not sent twice.
            'idempotency-key': message.id,
          },
          body: JSON.stringify(toBody(message)),
          // Somebody else's address is not given the key.
          redirect: 'manual',
          signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
        })
        const text = await readText(answer.body ?? [])
        return answer.ok ? ok(undefined) : fail(toFailure(answer.status, text))
      } catch (error) {
        // Its own error says no more than that it failed.
        const said = error instanceof TypeError && error.cause !== undefined ? error.cause : error
        return fail(mailFailure(connectionFailureKind(error) ?? 'failed', messageOfError(said)))
      }
    },
  }
}

const toBody = ({ from, replyTo, to, subject, text, html }: MailMessage) => ({
  // A quoted string, which nothing in the name can end.
  from: `"${from.name.replaceAll(/["\\]/g, '')}" <${from.address}>`,
  to: [to],
  ...(replyTo === undefined ? {} : { reply_to: replyTo }),
  subject,
  text,
  html,
  headers: { 'Auto-Submitted': 'auto-generated' },
})

async function readText(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let byteCount = 0
  for await (const chunk of body) {
    byteCount += chunk.length
    if (byteCount > ANSWER_BYTES_MAX) break
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function toFailure(status: number, text: string): MailFailure {
  const reason = `${status} ${messageIn(text)}`
  if (status === 401 || status === 403) return mailFailure('authentication', reason)
  // 409 is a mail with this id that is still under way; 429 and 5xx pass.
  if (status >= 400 && status < 500 && ![408, 409, 429].includes(status)) {
    return mailFailure('rejected', reason, true)
  }
  return mailFailure('failed', reason)
}

function messageIn(text: string): string {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown }
    return typeof message === 'string' ? message : text
  } catch {
    return text
  }
}
