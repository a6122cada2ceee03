// The files that the window may ask for: those that lay in the built console when the app started, and nothing else. A path
// from a request is only ever looked up in this list, so there is no path that leads out of the folder.
import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { isConsolePath } from './page-paths.ts'

const BASE = '/admin/'
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

export interface ConsoleFile {
  readonly type: string
  read(): Promise<Buffer>
}

/** `path` is that of the URL. Every page of the console is the same file. */
export type FindFile = (path: string) => ConsoleFile | undefined

export function listConsoleFiles(dir: string): FindFile {
  const files = new Map<string, ConsoleFile>()
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    const type = TYPES[extname(entry.name)]
    // A link is no file here: it may lead anywhere.
    if (!entry.isFile() || type === undefined) continue
    const whole = join(entry.parentPath, entry.name)
    const path = relative(dir, whole).split(sep).join('/')
    files.set(`${BASE}${path}`, { type, read: () => readFile(whole) })
  }
  const index = files.get(`${BASE}index.html`)
  if (index === undefined) throw new Error(`${dir} holds no console: build it with npm run build.`)
  return (path) => (isConsolePath(path) ? index : files.get(path))
}
