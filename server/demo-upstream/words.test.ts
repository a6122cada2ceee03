import { expect, test } from 'vitest'
import { fillerOf, languageOf, piecesOf, shortened, takeTokens, tokensOf } from './words.ts'

test('a token is four bytes of UTF-8, begun ones counted whole', () => {
  expect(tokensOf('')).toBe(0)
  expect(tokensOf('abcd')).toBe(1)
  expect(tokensOf('abcde')).toBe(2)
  expect(tokensOf('你好')).toBe(2)
})

test('the pieces of a text are its words with the space before them, and put together they are the text', () => {
  const text = 'Hello there,\n\nbig  world! 你好世界。 ok '
  expect([...piecesOf('Hello there, world')]).toEqual(['Hello', ' there,', ' world'])
  expect([...piecesOf('你好世界')]).toEqual(['你好', '世界'])
  expect([...piecesOf(text)].join('')).toBe(text)
})

test('a text cut to its tokens never ends inside a character', () => {
  expect(takeTokens('abcdefgh', 1)).toBe('abcd')
  expect(takeTokens('🌕🌕🌕', 2)).toBe('🌕🌕')
  expect(takeTokens('a🌕🌕', 1)).toBe('a')
})

test('filler has exactly the tokens asked for, in both languages', () => {
  for (const tokens of [0, 1, 7, 200, 5_000]) {
    for (const language of ['en', 'zh'] as const) expect(tokensOf(fillerOf(tokens, language))).toBe(tokens)
  }
})

test('one Chinese character makes a prompt Chinese', () => {
  expect(languageOf('list files')).toBe('en')
  expect(languageOf('list 文件')).toBe('zh')
})

test('a quote is shortened with an ellipsis', () => {
  expect(shortened('abcdef', 3)).toBe('abc…')
  expect(shortened('abc', 3)).toBe('abc')
})
