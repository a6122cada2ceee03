// How sending mail fails, as a value: what kind of failure it is, in a line that an operator can act on.
import type { MailFailureKind } from '../../contract/mail.ts'
import type { MailFailure } from '../ports.ts'

const REASON_CHARS_MAX = 300

/** One line without control characters: what another server says is shown on a screen and kept in the database. */
export const mailFailure = (kind: MailFailureKind, reason: string, isPermanent = false): MailFailure => ({
  kind,
  reason: reason
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, REASON_CHARS_MAX),
  isPermanent,
})

/** Of a connection: the system's and TLS's own codes, wherever in the chain of causes they stand. */
export function connectionFailureKind(error: unknown): MailFailureKind | undefined {
  for (
    let link: unknown = error, depth = 0;
    link instanceof Error && depth < 5;
    link = link.cause, depth += 1
  ) {
    const { code } = link as Error & { readonly code?: unknown }
    const text = `${typeof code === 'string' ? code : ''} ${link.message}`
    if (/CERT|SELF.SIGNED|ERR_(TLS|SSL)|ETLS|EREQUIRETLS|EPROTO\b|STARTTLS/i.test(text)) return 'tls'
    if (/TIMEOUT|ETIMEDOUT|TimeoutError/i.test(`${text} ${link.name}`)) return 'timeout'
    if (/ENOTFOUND|EAI_AGAIN|EDNS|ECONN|EHOSTUNREACH|ENETUNREACH|ESOCKET|EPIPE|UND_ERR_SOCKET/i.test(text))
      return 'unreachable'
  }
  return undefined
}

export const messageOfError = (error: unknown): string =>
  error instanceof Error ? error.message || error.name : String(error)
