// What a page of the portal weighs before it can be used: HTML, style and script, by gzip. Fonts come apart and are swapped in,
// charts come after the first paint.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LANGUAGES } from '../../renderer/words/language.ts'

const KB = 1024
const SIGN_IN_BYTES_MAX = 130 * KB
const SIGNED_IN_BYTES_MAX = 200 * KB

const DIST = join(import.meta.dirname, '..', '..', 'dist', 'renderer', 'portal')

interface Chunk {
  readonly file: string
  readonly src?: string
  readonly css?: readonly string[]
  readonly imports?: readonly string[]
}

// Written by the build tool; what is read of it stands in Chunk.
const manifest = () =>
  JSON.parse(readFileSync(join(DIST, '.vite', 'manifest.json'), 'utf8')) as Readonly<Record<string, Chunk>>

const gzipBytes = (file: string): number =>
  statSync(existsSync(join(DIST, `${file}.gz`)) ? join(DIST, `${file}.gz`) : join(DIST, file)).size

/** Every file that has to be there before one of these modules runs. */
function filesOf(chunks: Readonly<Record<string, Chunk>>, keys: readonly string[]): ReadonlySet<string> {
  const files = new Set<string>()
  const add = (key: string): void => {
    const chunk = chunks[key]
    if (chunk === undefined) throw new Error(`The build has no chunk ${key}`)
    if (files.has(chunk.file)) return
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file)
    for (const imported of chunk.imports ?? []) add(imported)
  }
  for (const key of keys) add(key)
  return files
}

function bytesOf(screen: string, more: readonly string[], language: string) {
  const chunks = manifest()
  const feature = /^features\/([^/]+)\//.exec(screen)?.[1] ?? ''
  const own = `features/${feature}/words.${language}.json`
  const words = ['../kit/words', '../words/errors/words', 'shell/words'].map(
    (path) => `${path}.${language}.json`,
  )
  const keys = ['index.html', screen, ...more, ...words, ...(own in chunks ? [own] : [])]
  const files = [...filesOf(chunks, keys), 'index.html', 'appearance.js']
  return { files, bytes: files.reduce((sum, file) => sum + gzipBytes(file), 0) }
}

const screens = () => Object.keys(manifest()).filter((key) => /^features\/.*-screen\.tsx$/.test(key))

test.each(LANGUAGES)('the sign-in page in %s is within its budget', (language) => {
  const { bytes } = bytesOf('features/sign-in/sign-in-screen.tsx', [], language)
  process.stdout.write(`portal, sign-in page in ${language}: ${(bytes / KB).toFixed(1)} KB of 130\n`)
  expect(bytes).toBeLessThanOrEqual(SIGN_IN_BYTES_MAX)
})

test.each(LANGUAGES)(
  'whichever page in %s is the first after signing in is within its budget',
  (language) => {
    expect(screens().length).toBeGreaterThan(1)
    for (const screen of screens()) {
      const { bytes } = bytesOf(screen, ['shell/portal-shell.tsx'], language)
      process.stdout.write(`portal, ${screen} in ${language}: ${(bytes / KB).toFixed(1)} KB of 200\n`)
      expect([screen, bytes <= SIGNED_IN_BYTES_MAX]).toEqual([screen, true])
    }
  },
)

test('no page waits for the drawing of charts or of codes', () => {
  for (const screen of screens()) {
    const { files } = bytesOf(screen, ['shell/portal-shell.tsx'], 'en')
    const heavy = files.filter((file) => /recharts|class.*CartesianGrid/.test(contentOf(file)))
    expect([screen, heavy]).toEqual([screen, []])
  }
})

test('no page carries the validation library', () => {
  for (const screen of screens()) {
    const { files } = bytesOf(screen, ['shell/portal-shell.tsx'], 'en')
    expect(files.filter((file) => /ZodError|\$ZodType/.test(contentOf(file)))).toEqual([])
  }
})

const contentOf = (file: string): string =>
  file.endsWith('.js') ? readFileSync(join(DIST, file), 'utf8') : ''
