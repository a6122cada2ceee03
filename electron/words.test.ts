// The app's own sentences: both languages have all of them, with the same values in them.
import { expect, test } from 'vitest'
import en from './words/en.json' with { type: 'json' }
import zhCN from './words/zh-CN.json' with { type: 'json' }
import { systemLanguage, wordsIn } from './words.ts'

const valuesIn = (text: string): readonly string[] => (text.match(/\{\w+\}/g) ?? []).toSorted()

test('each sentence is there in both languages, with the same values', () => {
  expect(Object.keys(zhCN)).toEqual(Object.keys(en))
  for (const [key, text] of Object.entries(en))
    expect([key, valuesIn(zhCN[key as keyof typeof en])]).toEqual([key, valuesIn(text)])
})

test('a number chooses its sentence, and values are filled in', () => {
  const say = wordsIn('en')
  expect([0, 1, 2].map((count) => say.count('inFlight', count))).toEqual([
    'No requests running',
    '1 request running',
    '2 requests running',
  ])
  expect(say('usePort', { next: 8081 })).toBe('Use port 8081')
})

test.each([
  [['zh-Hans-CN', 'en-US'], 'zh-CN'],
  [['fr-FR', 'zh-TW'], 'zh-CN'],
  [['fr-FR', 'en-GB', 'zh-CN'], 'en'],
  [['fr-FR'], 'en'],
] as const)('a system that prefers %j gets %s', (preferred, language) => {
  expect(systemLanguage(preferred)).toBe(language)
})
