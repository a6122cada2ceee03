// The log: JSON lines on stderr and in rotating files of the data folder. Stdout is never touched, and nothing that looks
// like a secret passes.
import { once } from 'node:events'
import { join } from 'node:path'
import { pino } from 'pino'
import roll from 'pino-roll'
import type { Logger } from '../ports.ts'

export interface LogFiles {
  readonly logger: Logger
  /** Writes out what is buffered. Call it last. */
  close(): void
}

const FILE_SIZE_MAX = '10m'
const FILES_KEPT = 14
/** Where nobody reads stderr, lines beyond this are dropped instead of filling the memory. */
const BUFFER_BYTES_MAX = 4 * 1024 * 1024

const SECRET_NAMES = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'apiKey',
  'token',
  'secret',
  'x-api-key',
]
const REDACTED_PATHS = SECRET_NAMES.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`])
const LOOKS_LIKE_A_KEY = /\bsk-[A-Za-z0-9_-]{12,}/g

/** Takes keys out of a whole line: a message or a stack may quote one that no field name gives away. */
export const withoutKeys = (line: string): string =>
  line.includes('sk-') ? line.replace(LOOKS_LIKE_A_KEY, 'sk-[redacted]') : line

export interface LogOptions {
  readonly level?: string
  /** Whether the lines also go to stderr. */
  readonly isOnStderr?: boolean
}

/** Rejects where the folder cannot be written. */
export async function createLogFiles(dir: string, options: LogOptions = {}): Promise<LogFiles> {
  const { level = 'info', isOnStderr = true } = options
  const file = await roll({
    file: join(dir, 'gateway'),
    extension: 'log',
    dateFormat: 'yyyy-MM-dd',
    frequency: 'daily',
    size: FILE_SIZE_MAX,
    limit: { count: FILES_KEPT },
    mkdir: true,
    mode: 0o600,
    sync: false,
    maxLength: BUFFER_BYTES_MAX,
  })
  // Until the file is open a flush would write nothing, and a process that ends early would leave no line behind.
  await once(file, 'ready')
  const stderr = isOnStderr
    ? pino.destination({ dest: 2, sync: false, maxLength: BUFFER_BYTES_MAX })
    : undefined
  const streams = stderr ? [file, stderr] : [file]
  // A full disk or a closed terminal must not take the gateway down; there is nowhere left to report it to.
  for (const stream of streams) stream.on('error', () => undefined)

  const logger = pino(
    { level, base: null, redact: { paths: REDACTED_PATHS, censor: '[redacted]' } },
    {
      write(line: string) {
        const safe = withoutKeys(line)
        for (const stream of streams) stream.write(safe)
      },
    },
  )
  return {
    logger,
    close() {
      for (const stream of streams) flushQuietly(stream)
    },
  }
}

function flushQuietly(stream: { flushSync(): void }): void {
  try {
    stream.flushSync()
  } catch {
    // The stream broke earlier, or was never opened: there is nothing left that could be written.
  }
}
