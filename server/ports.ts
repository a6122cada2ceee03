// What the server asks of whoever hosts it: time, ids, secrets and logs. Hosts are plain Node and, later, the desktop app.
// And what it asks of whichever service carries its mail; that one is chosen in the settings.
import type { Logger as PinoLogger } from 'pino'
import type { MailFailureKind } from '../contract/mail.ts'
import type { LogLevel } from '../contract/operations/system.ts'
import type { SecretStoreKind } from '../contract/operations/upstreams.ts'
import type { Result } from '../contract/result.ts'

export interface Clock {
  /** Unix milliseconds, UTC. */
  now(): number
  /** Monotonic milliseconds, for durations; has no relation to the calendar. */
  monotonicMs(): number
}

export interface Ids {
  /** A uuidv7: unique, and in the order of its making. */
  next(): string
  /** `req_` and a uuidv7 without its hyphens. */
  nextRequestId(): string
  /** Cryptographically strong bytes. */
  randomBytes(count: number): Buffer
}

/**
 * Secrets that must be readable again. Names: `upstream-key` (the operator's OpenAI key), `upstream-key:<id>` (that of a
 * further upstream, with its host), `data-key` (32 bytes in base64, which seals what the database holds),
 * `https-authority-key` (PEM of the key that signs the certificates of HTTPS). Values never reach the database, a log, an error or a screen in clear.
 */
export interface SecretStore {
  get(name: string): Promise<string | undefined>
  set(name: string, value: string): Promise<void>
  delete(name: string): Promise<void>
  /** Where secrets live; screens have words for each. */
  readonly kind: SecretStoreKind
}

export interface LogQuery {
  /** This level and the graver ones. */
  readonly level: LogLevel
  /** Part of a line, in any case of ASCII letters. */
  readonly search?: string | undefined
  readonly limit: number
  /** Where the page before ended. */
  readonly cursor?: string | undefined
}

export interface LoggedLine {
  /** Unix milliseconds. */
  readonly at: number
  readonly level: LogLevel
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

export interface LogPage {
  /** Newest first; perhaps fewer than asked for although there are more. */
  readonly rows: readonly LoggedLine[]
  readonly nextCursor: string | null
}

/** Reads back what was logged, in bounded pieces. No secret is in it. */
export type LogReader = (query: LogQuery) => Promise<LogPage>

export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error' | 'child'>

export interface MailMessage {
  /** The same at every attempt, so that the other side can recognise a mail it has had. */
  readonly id: string
  readonly from: { readonly name: string; readonly address: string }
  readonly replyTo: string | undefined
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

export interface MailFailure {
  readonly kind: MailFailureKind
  /** For the operator, in a line: what the other side said, or what is missing. Never a secret. */
  readonly reason: string
  /** Whether another attempt with the same mail is bound to fail too. */
  readonly isPermanent: boolean
}

export interface Mailer {
  /** Resolves when the other side has taken the mail over, or says why not; never rejects. */
  send(message: MailMessage): Promise<Result<void, MailFailure>>
}

export interface Ports {
  readonly clock: Clock
  readonly ids: Ids
  readonly secrets: SecretStore
  readonly logger: Logger
  /** Left out where the host keeps no log. */
  readonly readLog?: LogReader
  /** Plain text for the person who started the server (the set-up token); never a log. */
  readonly tell: (text: string) => void
}
