// The catalogues of the screens: both languages say the same, every error has its sentence, and no sentence stands elsewhere.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ERRORS, messageOf } from '../../contract/errors.ts'
import { INPUT_PROBLEMS } from '../../contract/input-problems.ts'
import { strayWords } from './stray-words.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const CATALOGUES = globSync('renderer/**/words.en.json', { cwd: ROOT }).sort()
const TRANSPORT_CODES = ['offline', 'timed_out', 'unreadable_answer']

// Our own files: an object of sentences each, as the screens' types check.
const read = (path: string) =>
  JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Readonly<Record<string, string>>
const stemOf = (key: string) => key.replace(/_(one|other)$/, '')
const stems = (words: Readonly<Record<string, string>>) => [...new Set(Object.keys(words).map(stemOf))]
const placeholders = (text = '') => [...new Set(text.match(/\{\{?\w+\}?\}/g) ?? [])].sort()

test('there are catalogues to look at', () => {
  expect(CATALOGUES.length).toBeGreaterThan(5)
})

const withoutCount = (names: readonly string[]) => names.filter((name) => name !== '{{count}}')

describe.each(CATALOGUES.map((path) => [path]))('%s', (path) => {
  const english = read(path)
  const chinese = read(path.replace('words.en.json', 'words.zh-CN.json'))

  test('both languages have the same sentences', () => {
    expect(stems(chinese).sort()).toEqual(stems(english).sort())
  })

  test('both languages fill in the same values', () => {
    for (const [key, text] of Object.entries(english)) {
      // Of one thing English may leave the number out; Chinese has one form for all numbers.
      const isOfAll = chinese[key] === undefined
      const other = placeholders(chinese[key] ?? chinese[`${stemOf(key)}_other`])
      const wanted = placeholders(text)
      expect([key, isOfAll ? withoutCount(other) : other]).toEqual([
        key,
        isOfAll ? withoutCount(wanted) : wanted,
      ])
    }
  })

  test('no Chinese sentence was left in English', () => {
    const names = /^[\p{ASCII}…–]*$/u
    const left = Object.entries(chinese).filter(
      ([key, text]) => names.test(text) && text === english[key] && /[a-z]{3,} [a-z]{2,}/i.test(text),
    )
    expect(left).toEqual([])
  })

  test('Chinese sentences address the reader as 您, like those in mail', () => {
    expect(Object.entries(chinese).filter(([, text]) => text.includes('你'))).toEqual([])
  })

  test('Chinese sentences write Token in one way', () => {
    const other = Object.entries(chinese).filter(([, text]) =>
      /\btokens?\b/.test(text.replace(/\{\{?\w+\}?\}/g, '')),
    )
    expect(other).toEqual([])
  })

  test('every sentence is said somewhere', () => {
    // The codes of errors are looked up by their name.
    if (path.includes('words/errors/')) return
    const folder = path.includes('/features/') ? dirname(path) : dirname(path).replace(/\/kit$/, '')
    const code = globSync(`${folder}/**/*.{ts,tsx}`, { cwd: ROOT })
      .filter((file) => !file.includes('.test.'))
      .map((file) => readFileSync(join(ROOT, file), 'utf8'))
      .join('\n')
    const silent = stems(english).filter((stem) => !isSaid(stem, code))
    expect(silent).toEqual([])
  })
})

/** Named whole, or by the beginning of a template such as `status_${status}`. */
function isSaid(stem: string, code: string): boolean {
  if (new RegExp(`['"\`]${stem}['"\`]`).test(code)) return true
  const beginnings = [...code.matchAll(/[`(]([a-zA-Z]+_?)\$\{/g)].map(([, beginning = '']) => beginning)
  return beginnings.some((beginning) => beginning !== '' && stem.startsWith(beginning))
}

test('every error of the contract has its sentence in both languages, with the values of its message', () => {
  for (const language of ['en', 'zh-CN']) {
    const sentences = read(`renderer/words/errors/words.${language}.json`)
    const reasons = Object.keys(INPUT_PROBLEMS).map((reason) => `input_${reason}`)
    expect(Object.keys(sentences).sort()).toEqual(
      [...Object.keys(ERRORS), ...TRANSPORT_CODES, ...reasons].sort(),
    )
    for (const [reason, text] of Object.entries(INPUT_PROBLEMS)) {
      const known = text.match(/\{(\w+)\}/g) ?? []
      const used = (sentences[`input_${reason}`]?.match(/\{\{(\w+)\}\}/g) ?? []).map((name) =>
        name.slice(1, -1),
      )
      expect([reason, [...new Set(used)].sort()]).toEqual([reason, [...known].sort()])
    }
    for (const code of Object.keys(ERRORS)) {
      // Unfilled, a message shows its placeholders.
      const named = messageOf({ code: code as keyof typeof ERRORS }).match(/\{(\w+)\}/g) ?? []
      const used = (sentences[code]?.match(/\{\{(\w+)\}\}/g) ?? []).map((text) => text.slice(1, -1))
      expect([code, [...used].sort()]).toEqual([code, [...named].sort()])
    }
  }
})

test('no sentence of a screen stands outside of the catalogues', () => {
  const files = globSync('renderer/**/*.tsx', { cwd: ROOT }).filter(
    (path) => !path.includes('.test.') && !path.startsWith('renderer/specimen/'),
  )
  expect(files.length).toBeGreaterThan(30)
  expect(files.flatMap((path) => strayWords(path, readFileSync(join(ROOT, path), 'utf8')))).toEqual([])
})

test.each([
  ['<p>Something went wrong</p>'],
  ['<Field label="Daily limit" />'],
  ["<Field label={isNew ? 'New password' : t('old')} />"],
  ["<p>{'Some text'}</p>"],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source of a screen
  ['<p>{`Hello ${name}`}</p>'],
  ['<p>刘洋</p>'],
])('a sentence in %s is found', (source) => {
  expect(strayWords('x.tsx', source)).toHaveLength(1)
})

test.each([
  ["<p className='panel sticky'>{t('title')}</p>"],
  ['<p>Codex Gateway</p>'],
  ['<p>p50 · $</p>'],
  ['<Column name="last seen" />'],
])('%s is no stray sentence', (source) => {
  expect(strayWords('x.tsx', source)).toEqual([])
})
