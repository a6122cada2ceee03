// The drawn pages: nothing a client sends becomes markup, both languages are whole, and each state says what it is.
import { expect, test } from 'vitest'
import { html, trustedMarkup } from './html.ts'
import { languageOf } from './language.ts'
import { markFile } from './moon-gate.ts'
import type { PageRequest } from './page-facts.ts'
import { helloPage, lostPage, notBuiltPage, setUpElsewherePage } from './small-pages.ts'
import { WORDS } from './words.ts'

const request: PageRequest = {
  name: 'Tidewater',
  host: '192.168.1.24:8080',
  scheme: 'http',
  hasAuthority: false,
  language: 'en',
}
const PAGES = [helloPage, lostPage, notBuiltPage, setUpElsewherePage]

test('what is put into a page is text, whatever it looks like', () => {
  expect(
    html`<p title="${'"><script>'}">${'<b>&'}</p>${[html`<i>${1}</i>`]}${trustedMarkup('<hr>')}`.markup,
  ).toBe('<p title="&quot;&gt;&lt;script&gt;">&lt;b&gt;&amp;</p><i>1</i><hr>')
})

test('the page that says that the gateway was reached names the address that was used', () => {
  expect(helloPage(request)).toContain('http://192.168.1.24:8080/v1')
})

test('every page calls the gateway what its operator calls it', () => {
  for (const page of PAGES) {
    expect(page(request)).toMatch(/<title>[^<]+ · Tidewater<\/title>/)
    expect(page(request)).not.toContain('Codex Gateway')
  }
})

test('the lamp is lit only while requests can pass', () => {
  const lit = '#f8d993'
  expect(markFile(true)).toContain(lit)
  expect(markFile(false)).not.toContain(lit)
})

test('both languages have every word, and none is left in the other', () => {
  expect(Object.keys(WORDS['zh-CN'])).toEqual(Object.keys(WORDS.en))
  const shared = Object.entries(WORDS.en).filter(
    ([name, text]) => text === Object.entries(WORDS['zh-CN']).find(([other]) => other === name)?.[1],
  )
  expect(shared).toEqual([])
  for (const page of PAGES) {
    expect(page({ ...request, language: 'zh-CN' })).toContain('<html lang="zh-CN">')
  }
})

test.each([
  ['zh', 'en', 'zh-CN'],
  ['en', 'zh-CN', 'en'],
  ['xx', 'zh-TW,en;q=0.5', 'zh-CN'],
  [undefined, 'fr-FR,en;q=0.8,zh;q=0.9', 'zh-CN'],
  [undefined, 'zh;q=0,en-GB', 'en'],
  [undefined, 'fr', 'zh-CN'],
  [undefined, undefined, 'zh-CN'],
  [['en'], 'en', 'en'],
] as const)('asked for %j and accepting %j, a reader gets %s', (asked, accepted, expected) => {
  expect(languageOf(asked, accepted, 'zh-CN')).toBe(expected)
})
