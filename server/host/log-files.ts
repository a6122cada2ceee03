// The log: JSON lines on stderr and in rotating files of the data folder. Stdout is never touched, and nothing that looks
// like a secret passes.
import { once } from 'node:events'
import { join } from 'node:path'
import { type Logger as PinoLogger, pino } from 'pino'
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
/** Lines are looked over and written together: doing so line by line costs as much as the rest of a line's making. */
const LINES_CHARACTERS = 64 * 1024
/** So are the lines of requests made, and none of them while somebody waits for an answer that comes next. */
const REQUESTS_TOGETHER = 64
/** How late a line may be, and what a process that is killed may lose of its log. */
const WRITE_EVERY_MS = 200

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
/**
 * A member with one of these names and whatever text or list it holds, at any depth of a line of JSON. A look over the
 * finished line sees more than a logger's own redaction, which knows paths, and spares every request the walk along them.
 */
const SECRET_MEMBER = new RegExp(
  `"(${SECRET_NAMES.join('|')})":(?:"(?:[^"\\\\]|\\\\.)*"|\\[[^\\]]*\\])`,
  'gi',
)
/** How the one line of a request names itself. */
const REQUEST_EVENT = 'request'
const LOOKS_LIKE_A_KEY = /\bsk-[A-Za-z0-9_-]{12,}/g

/** Takes secrets out of whole lines: by the names of its members, and by the look of a key that a message or stack quotes. */
export const withoutSecrets = (lines: string): string =>
  withoutKeysIn(lines.replace(SECRET_MEMBER, '"$1":"[redacted]"'))

const withoutKeysIn = (lines: string): string =>
  lines.includes('sk-') ? lines.replace(LOOKS_LIKE_A_KEY, 'sk-[redacted]') : lines

export interface LogOptions {
  readonly level?: string
  /** Whether the lines also go to stderr. */
  readonly isOnStderr?: boolean
}

interface EndedRequest {
  /** Which nobody changes. */
  readonly facts: object
  /** Unix milliseconds. */
  readonly time: number
}

interface ByteStream {
  write(bytes: Buffer): boolean
  flushSync(): void
  on(event: 'error', listener: () => void): unknown
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
    // Some hundred microseconds for what hundreds of requests have to say, and no line is overtaken by the last ones.
    sync: true,
    maxLength: BUFFER_BYTES_MAX,
    contentMode: 'buffer',
  })
  // Until the file is open a flush would write nothing, and a process that ends early would leave no line behind.
  await once(file, 'ready')
  const streams: ByteStream[] = isOnStderr ? [file, openStderr()] : [file]
  // A full disk or a closed terminal must not take the gateway down; there is nowhere left to report it to.
  for (const stream of streams) stream.on('error', () => undefined)

  let lines = ''
  /** Requests that have ended, in their order, with the moment at which they did. */
  let ended: EndedRequest[] = []
  const makeRequestLines = (): void => {
    for (const { facts, time } of ended) lines += lineOf(facts, time)
    ended = []
  }
  const writeLines = (): void => {
    if (ended.length > 0) makeRequestLines()
    if (lines === '') return
    // As bytes, made once: of a text, each stream would make them three times over.
    const safe = Buffer.from(withoutKeysIn(lines))
    lines = ''
    for (const stream of streams) stream.write(safe)
  }
  const writing = setInterval(writeLines, WRITE_EVERY_MS)
  writing.unref()

  const writeWhereMuch = (): void => {
    if (lines.length >= LINES_CHARACTERS) writeLines()
  }
  const writeSearched = (line: string): void => {
    makeRequestLines()
    lines += line.replace(SECRET_MEMBER, '"$1":"[redacted]"')
    writeWhereMuch()
  }
  const noteRequest = (facts: object): void => {
    ended.push({ facts, time: Date.now() })
    if (ended.length < REQUESTS_TOGETHER) return
    makeRequestLines()
    writeWhereMuch()
  }
  return {
    logger: withShortWay(pino({ level, base: null }, { write: writeSearched }), writeSearched, noteRequest),
    close() {
      clearInterval(writing)
      writeLines()
      for (const stream of streams) flushQuietly(stream)
    },
  }
}

/**
 * Facts without a message, such as the one line of every request, hold nothing that needs a serializer, and the engine's own
 * JSON writes them with a tenth of the memory that a logger's walk along their members takes. The members of a request's line
 * are named in this program, and none like a secret; only what looks like a key is taken out of it.
 */
function withShortWay(
  logger: PinoLogger,
  writeSearched: (line: string) => void,
  noteRequest: (facts: object) => void,
): Logger {
  return {
    debug: logger.debug.bind(logger),
    warn: logger.warn.bind(logger),
    error: logger.error.bind(logger),
    child: logger.child.bind(logger),
    info(facts: unknown, ...rest: [string?, ...unknown[]]) {
      if (rest.length > 0 || typeof facts !== 'object' || facts === null)
        Reflect.apply(logger.info, logger, [facts, ...rest])
      else if (!logger.isLevelEnabled('info')) return
      else if ('event' in facts && facts.event === REQUEST_EVENT) noteRequest(facts)
      else writeSearched(lineOf(facts, Date.now()))
    },
  }
}

const INFO = pino.levels.values.info

const lineOf = (facts: object, time: number): string =>
  `{"level":${INFO},"time":${time},${JSON.stringify(facts).slice(1)}\n`

function openStderr(): ByteStream {
  const stderr: unknown = pino.destination({
    dest: 2,
    sync: false,
    maxLength: BUFFER_BYTES_MAX,
    contentMode: 'buffer',
  })
  return stderr as ByteStream // its types know nothing of what it takes in this mode
}

function flushQuietly(stream: ByteStream): void {
  try {
    stream.flushSync()
  } catch {
    // The stream broke earlier, or was never opened: there is nothing left that could be written.
  }
}
