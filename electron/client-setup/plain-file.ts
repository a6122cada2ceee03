// One small text file in a folder of somebody else's program: read, replaced and removed without following a link anywhere.
import { randomUUID } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'

const BYTES_MAX = 64 * 1024
/** What is no text would come back as something else than it was. */
const TEXT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** `link` and `not_a_file` are about the file or the folder that it is in; `failed` is whatever the system said. */
export type FileProblem = 'link' | 'not_a_file' | 'not_text' | 'too_large' | 'not_allowed' | 'failed'

export class FileProblemError extends Error {
  readonly problem: FileProblem
  constructor(problem: FileProblem, cause?: unknown) {
    super(`The file cannot be used: ${problem}`, { cause })
    this.name = 'FileProblemError'
    this.problem = problem
  }
}

/** Null where there is none. */
export const readPlainFile = (path: string): string | null =>
  withProblems(() => {
    checkFolder(dirname(path))
    if (kindAt(path) === 'nothing') return null
    if (kindAt(path) !== 'file') throw new FileProblemError('not_a_file')
    // What was a file a moment ago may be a link by now.
    const file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
    try {
      if (fstatSync(file).size > BYTES_MAX) throw new FileProblemError('too_large')
      return textOf(readFileSync(file))
    } finally {
      closeSync(file)
    }
  })

/** Whole or not at all: written beside it, then put in its place. Makes the folder, for its owner only. */
export const replacePlainFile = (path: string, text: string): void =>
  withProblems(() => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    readPlainFile(path)
    const beside = `${path}.${randomUUID()}.tmp`
    try {
      const file = openSync(beside, 'wx', 0o600)
      try {
        writeFileSync(file, text)
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      renameSync(beside, path)
    } finally {
      rmSync(beside, { force: true })
    }
  })

export const removePlainFile = (path: string): void =>
  withProblems(() => {
    readPlainFile(path)
    rmSync(path, { force: true })
  })

function textOf(bytes: Buffer): string {
  try {
    return TEXT.decode(bytes)
  } catch (cause) {
    throw new FileProblemError('not_text', cause)
  }
}

function checkFolder(dir: string): void {
  const kind = kindAt(dir)
  if (kind !== 'folder' && kind !== 'nothing') throw new FileProblemError('not_a_file')
}

/** Of the thing itself. A link is refused: whoever made it keeps the file elsewhere, and would not expect it replaced. */
function kindAt(path: string): 'nothing' | 'file' | 'folder' | 'other' {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return 'nothing'
  if (found.isSymbolicLink()) throw new FileProblemError('link')
  if (found.isFile()) return 'file'
  return found.isDirectory() ? 'folder' : 'other'
}

const CODES: Readonly<Record<string, FileProblem>> = {
  EACCES: 'not_allowed',
  EPERM: 'not_allowed',
  EROFS: 'not_allowed',
  ELOOP: 'link',
  ENOTDIR: 'not_a_file',
}

function withProblems<T>(step: () => T): T {
  try {
    return step()
  } catch (error) {
    if (error instanceof FileProblemError) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    throw new FileProblemError(CODES[code] ?? 'failed', error)
  }
}
