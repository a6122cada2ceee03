// How sentences are found, filled and told apart by number, in the language of the moment.
import { expect, test, vi } from 'vitest'
import { languageFor } from './language.ts'
import { createWords } from './words.ts'

const files = () => ({
  '../kit/words.en.json': vi.fn(() => Promise.resolve({ close: 'Close' })),
  '../kit/words.zh-CN.json': vi.fn(() => Promise.resolve({ close: '关闭' })),
  './shell/words.en.json': () => Promise.resolve({}),
  './shell/words.zh-CN.json': () => Promise.resolve({}),
  './features/keys/words.en.json': () =>
    Promise.resolve({
      meta_one: '{{count}} key',
      meta_other: '{{count}} keys',
      held: '{amount} of {{name}}',
    }),
  './features/keys/words.zh-CN.json': vi.fn(() => Promise.resolve({ meta_other: '{{count}} 个密钥' })),
})

test('only the language that is read is loaded, and each catalogue once', async () => {
  const catalogues = files()
  const words = await createWords(catalogues, 'en')
  await words.load(['kit'])
  expect(catalogues['../kit/words.en.json']).toHaveBeenCalledTimes(1)
  expect(catalogues['../kit/words.zh-CN.json']).not.toHaveBeenCalled()
})

test('a sentence about a number follows its language', async () => {
  const words = await createWords(files(), 'en')
  await words.load(['keys'])
  expect([1, 0, 2].map((count) => words.say('keys', 'meta', { count }))).toEqual([
    '1 key',
    '0 keys',
    '2 keys',
  ])
  await words.change('zh-CN')
  expect(words.say('keys', 'meta', { count: 1 })).toBe('1 个密钥')
})

test('values are filled in, the parts of a Sentence are left', async () => {
  const words = await createWords(files(), 'en')
  await words.load(['keys'])
  expect(words.say('keys', 'held', { name: '{{close}} <b>' })).toBe('{amount} of {{close}} <b>')
  expect(words.say('keys', 'held')).toBe('{amount} of {{name}}')
})

test('another language is switched to once it is whole, and everybody is told', async () => {
  const catalogues = files()
  const words = await createWords(catalogues, 'en')
  const before = words.speaker('kit')
  const told = vi.fn(() => expect(words.say('kit', 'close')).toBe('关闭'))
  words.subscribe(told)
  await words.change('zh-CN')
  expect(told).toHaveBeenCalledTimes(1)
  expect(words.speaker('kit')).not.toBe(before)
  expect(words.speaker('kit')).toBe(words.speaker('kit'))
})

test('a page that is opened while the language changes speaks the new one as well', async () => {
  const { promise: isThere, resolve: arrive } = Promise.withResolvers<void>()
  const catalogues = {
    ...files(),
    '../kit/words.zh-CN.json': () => isThere.then(() => ({ close: '关闭' })),
  }
  const words = await createWords(catalogues, 'en')
  const changed = words.change('zh-CN')
  await words.load(['keys'])
  arrive()
  await changed
  expect(words.say('keys', 'meta', { count: 2 })).toBe('2 个密钥')
})

test('of two languages that are chosen one behind the other, the last one is spoken', async () => {
  const { promise: isThere, resolve: arrive } = Promise.withResolvers<void>()
  const catalogues = {
    ...files(),
    '../kit/words.zh-CN.json': () => isThere.then(() => ({ close: '关闭' })),
  }
  const words = await createWords(catalogues, 'en')
  const first = words.change('zh-CN')
  await words.change('en')
  arrive()
  await first
  expect([words.language, words.say('kit', 'close')]).toEqual(['en', 'Close'])
})

test.each([
  [['de', 'zh-TW', 'en'], 'zh-CN'],
  [['en-GB', 'zh'], 'en'],
  [['de'], 'en'],
  [[], 'en'],
])('whose browser prefers %j reads %s', (preferred, language) => {
  expect(languageFor(preferred)).toBe(language)
})

test('whoever spoke before a catalogue was there is told when it is', async () => {
  const words = await createWords(files(), 'en')
  expect(words.has('keys', 'held')).toBe(false)
  const told = vi.fn()
  words.subscribe(told)
  await words.load(['keys'])
  await words.load(['keys'])
  expect([words.has('keys', 'held'), told.mock.calls.length]).toEqual([true, 1])
})
