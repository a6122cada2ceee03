// A reader who follows a link of the documentation arrives: every relative link leads to a file that is there, and to a
// heading that stands in it.
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const PAGES = globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT }).sort()

interface Link {
  readonly page: string
  readonly target: string
}

/** Code is not prose: what looks like a link in it is none. */
const withoutCode = (markdown: string) =>
  markdown.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, 'code')

function linksOf(page: string): Link[] {
  const text = withoutCode(readFileSync(join(ROOT, page), 'utf8'))
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => ({ page, target }))
    .filter(({ target }) => !/^[a-z]+:/.test(target))
}

/** The anchors of a page as GitHub makes them: lower case, punctuation dropped, spaces to hyphens. */
function anchorsOf(path: string): string[] {
  return [...readFileSync(path, 'utf8').matchAll(/^#+ +(.+)$/gm)].map(([, heading = '']) =>
    heading
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  )
}

function problemOf({ page, target }: Link): string | undefined {
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? join(ROOT, page) : resolve(ROOT, dirname(page), path)
  if (!existsSync(file)) return `${page}: ${target} leads nowhere`
  if (anchor === undefined || statSync(file).isDirectory()) return undefined
  return anchorsOf(file).includes(anchor) ? undefined : `${page}: ${target} names no heading of that page`
}

const codeBlocksOf = (markdown: string) => markdown.match(/^```[\s\S]*?^```/gm)
const headingLevelsOf = (markdown: string) => markdown.match(/^#+ /gm)
const variablesOf = (markdown: string) => markdown.match(/`[A-Z][A-Z_]{6,}`/g)
const amountsOf = (markdown: string) => markdown.match(/\d+(,\d{3})+|\$\d+\.\d+/g)

describe('the documentation', () => {
  const links = PAGES.flatMap(linksOf)

  test('has no relative link that leads nowhere', () => {
    expect(links.map(problemOf).filter((problem) => problem !== undefined)).toEqual([])
  })

  test('is seen by this check: a link to a missing file and one to a missing heading are both found', () => {
    expect(links.length).toBeGreaterThan(10)
    expect(problemOf({ page: 'README.md', target: 'docs/nowhere.md' })).toContain('leads nowhere')
    expect(problemOf({ page: 'README.md', target: 'docs/errors.md#no-such-heading' })).toContain('no heading')
  })

  test('lists every decision record', () => {
    const listed = links.filter(({ page }) => page === 'docs/architecture.md').map(({ target }) => target)
    const records = globSync('docs/adr/*.md', { cwd: ROOT }).map((path) => `adr/${basename(path)}`)
    expect(listed).toEqual(expect.arrayContaining(records))
  })

  test('begins in two languages that name each other, with the same sections, commands and figures', () => {
    const english = readFileSync(join(ROOT, 'README.md'), 'utf8')
    const chinese = readFileSync(join(ROOT, 'README.zh-CN.md'), 'utf8')
    expect(english).toContain('](README.zh-CN.md)')
    expect(chinese).toContain('](README.md)')
    for (const sameIn of [codeBlocksOf, headingLevelsOf, variablesOf, amountsOf]) {
      expect(sameIn(chinese)).toEqual(sameIn(english))
    }
  })
})
