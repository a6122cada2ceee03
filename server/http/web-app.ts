// The files of a web app as the build left them, held in memory: what is not in the folder at the start cannot be asked for,
// and a build that comes along later does not change what is served half-way.
import { hash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'
import { gunzipSync } from 'node:zlib'

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
}
/** The build puts everything whose name carries its content's hash there. */
const HASHED_FOLDER = 'assets'

interface WebFile {
  readonly type: string
  readonly isHashed: boolean
  readonly etag: string
  /** As it is, for whoever takes no compressed copy. */
  readonly plain: () => Buffer
  readonly brotli: () => Buffer | undefined
  readonly gzip: Buffer | undefined
}

export interface WebApp {
  /** Which build it is; every page carries the same id. */
  readonly buildId: string
  /** `path` below the app's base, such as `assets/index-a1b2.js`. */
  file(path: string): WebFile | undefined
  readonly index: WebFile
}

/** Undefined where the app has not been built. */
export function loadWebApp(dir: string): WebApp | undefined {
  if (!existsSync(join(dir, 'build-id'))) return undefined
  const files = new Map<string, WebFile>()
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    const path = relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/')
    const type = TYPES[extname(entry.name)]
    // Compressed copies, build notes and whatever else lies there are no files of the app.
    if (!entry.isFile() || type === undefined || path.startsWith('.')) continue
    files.set(path, readWebFile(dir, path, type))
  }
  const index = files.get('index.html')
  if (index === undefined) return undefined
  const buildId = readFileSync(join(dir, 'build-id'), 'utf8').trim()
  return { buildId, index, file: (path) => (path === 'index.html' ? undefined : files.get(path)) }
}

function readWebFile(dir: string, path: string, type: string): WebFile {
  const read = (suffix: string) => {
    const whole = join(dir, `${path}${suffix}`)
    return existsSync(whole) ? readFileSync(whole) : undefined
  }
  // Every browser takes a compressed copy: three quarters of the memory would be for nobody.
  const gzip = read('.gz')
  const known = gzip ?? readFileSync(join(dir, path))
  const isHashed = path.startsWith(`${HASHED_FOLDER}/`)
  return {
    type,
    plain: gzip ? unpackedOnce(gzip) : always(known),
    isHashed,
    etag: `"${hash('sha256', known, 'base64url').slice(0, 22)}"`,
    brotli: isHashed && gzip ? whenAsked(join(dir, `${path}.br`)) : always(read('.br')),
    gzip,
  }
}

const always =
  <Value>(value: Value): (() => Value) =>
  () =>
    value

/**
 * Browsers ask for these over TLS, or on this machine, and what the name carries the hash of is never another: they are read when
 * the first one does, and kept. Where a build that came along has taken one away, or has touched it, there is the other copy.
 */
function whenAsked(path: string): () => Buffer | undefined {
  const known = statSync(path, { throwIfNoEntry: false })
  let copy: Buffer | undefined
  return () => {
    if (known !== undefined) copy ??= readUntouched(path, known)
    return copy
  }
}

function readUntouched(path: string, known: Pick<Stats, 'size' | 'mtimeMs'>): Buffer | undefined {
  try {
    const { mtimeMs } = statSync(path)
    const copy = readFileSync(path)
    return mtimeMs === known.mtimeMs && copy.length === known.size ? copy : undefined
  } catch {
    // It is gone, or cannot be read now.
    return undefined
  }
}

/** Kept from then on, so that nobody can ask for that work again and again. */
function unpackedOnce(gzip: Buffer): () => Buffer {
  let plain: Buffer | undefined
  return () => {
    plain ??= gunzipSync(gzip)
    return plain
  }
}

/** Hashed files are kept by browsers for good; everything else is asked for again each time, and mostly not sent again. */
export function answerWebFile(req: IncomingMessage, res: ServerResponse, file: WebFile, status = 200): void {
  res.setHeader('content-type', file.type)
  res.setHeader('cache-control', file.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
  res.setHeader('etag', file.etag)
  res.appendHeader('vary', 'accept-encoding')
  if (status === 200 && req.headers['if-none-match'] === file.etag) {
    res.statusCode = 304
    res.end()
    return
  }
  const { bytes, encoding } = encoded(file, req.headers['accept-encoding'] ?? '')
  if (encoding !== undefined) res.setHeader('content-encoding', encoding)
  res.statusCode = status
  res.setHeader('content-length', bytes.length)
  res.end(req.method === 'HEAD' ? undefined : bytes)
}

function encoded(
  { plain, brotli, gzip }: WebFile,
  accepted: string,
): { readonly bytes: Buffer; readonly encoding?: string } {
  const parts = accepted.split(',').map((part) => part.split(';').map((text) => text.trim().toLowerCase()))
  const accepts = (name: string): boolean =>
    parts.some(([encoding, quality = 'q=1']) => encoding === name && Number(quality.replace('q=', '')) > 0)
  const best = accepts('br') ? brotli() : undefined
  if (best !== undefined) return { bytes: best, encoding: 'br' }
  if (gzip !== undefined && accepts('gzip')) return { bytes: gzip, encoding: 'gzip' }
  return { bytes: plain() }
}
