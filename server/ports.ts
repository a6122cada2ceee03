// What the server asks of whoever hosts it: time, ids, secrets and logs. Hosts are plain Node and, later, the desktop app.
import type { Logger as PinoLogger } from 'pino'
import type { LogLevel } from '../contract/operations/system.ts'

export interface Clock {
  /** Unix milliseconds, UTC. */
  now(): number
  /** Monotonic milliseconds, for durations; has no relation to the calendar. */
  monotonicMs(): number
}

export interface Ids {
  /** A uuidv7: unique, and in the order of its making. */
  next(): string
  /** Cryptographically strong bytes. */
  randomBytes(count: number): Buffer
}

/**
 * Secrets that must be readable again. Names: `upstream-key` (the operator's OpenAI key), `data-key` (32 bytes in base64,
 * which seals what the database holds). Values never reach the database, a log, an error or a screen in clear.
 */
export interface SecretStore {
  get(name: string): Promise<string | undefined>
  set(name: string, value: string): Promise<void>
  delete(name: string): Promise<void>
  /** Where secrets live, in words for the operator, such as "environment" or "encrypted file". */
  readonly kind: string
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
