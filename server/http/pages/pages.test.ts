// The drawn pages: nothing a client sends becomes markup, both languages are whole, and each state says what it is.
import { expect, test } from 'vitest'
import { homePage } from './home.ts'
import { html, trustedMarkup } from './html.ts'
import { languageOf } from './language.ts'
import type { PageFacts, PageRequest } from './page-facts.ts'
import { helloPage, lostPage } from './small-pages.ts'
import { WORDS } from './words.ts'

const facts: PageFacts = {
  isSetUpDone: true,
  upstream: 'openai',
  isOpenToNetwork: false,
  sampleModel: 'gpt-test',
  version: '1.2.3',
}
const request: PageRequest = { host: '192.168.1.24:8080', language: 'en', isLocal: false }

test('what is put into a page is text, whatever it looks like', () => {
  expect(
    html`<p title="${'"><script>'}">${'<b>&'}</p>${[html`<i>${1}</i>`]}${trustedMarkup('<hr>')}`.markup,
  ).toBe('<p title="&quot;&gt;&lt;script&gt;">&lt;b&gt;&amp;</p><i>1</i><hr>')
})

test('a page names the address that the reader used, in every snippet', () => {
  const page = homePage(facts, request)
  expect(page.split('http://192.168.1.24:8080/v1').length).toBeGreaterThan(4)
  expect(page).toContain('gpt-test')
})

test.each([
  [{ isSetUpDone: false }, 'Set-up needed'],
  [{ upstream: null }, 'No upstream yet'],
  [{ upstream: 'demo' }, 'Running with the demo upstream'],
  [{}, 'Running'],
] as const)('with %j the page says: %s', (changed, words) => {
  expect(homePage({ ...facts, ...changed }, request)).toContain(`<title>${words} · Codex Gateway</title>`)
})

test('the lamp is lit only while requests can pass', () => {
  const lit = '#f8d993'
  const lampOf = (changed: Partial<PageFacts>) =>
    /class="gate".*?<\/svg>/s.exec(homePage({ ...facts, ...changed }, request))?.[0]
  expect(lampOf({})).toContain(lit)
  expect(lampOf({ upstream: 'demo' })).toContain(lit)
  expect(lampOf({ upstream: null })).not.toContain(lit)
  expect(lampOf({ isSetUpDone: false })).not.toContain(lit)
})

test('both languages have every word, and none is left in the other', () => {
  expect(Object.keys(WORDS['zh-CN'])).toEqual(Object.keys(WORDS.en))
  const shared = Object.entries(WORDS.en).filter(
    ([name, text]) => text === Object.entries(WORDS['zh-CN']).find(([other]) => other === name)?.[1],
  )
  expect(shared.map(([name]) => name)).toEqual(['title'])
  for (const page of [
    homePage,
    (_: PageFacts, asked: PageRequest) => helloPage(asked),
    (_: PageFacts, asked: PageRequest) => lostPage(asked),
  ]) {
    expect(page(facts, { ...request, language: 'zh-CN' })).toContain('<html lang="zh-CN">')
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
