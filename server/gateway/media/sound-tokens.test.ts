// How long a text takes to be said at the least, in the scripts that say a syllable with a character and in those that do not.
import { expect, test } from 'vitest'
import { msOfTranscript } from './sound-tokens.ts'

test.each([
  ['letters', 'a'.repeat(929), 30_000],
  ['syllables', '语'.repeat(300), 30_000],
  ['kana and Hangul', 'あ'.repeat(10) + '한'.repeat(10), 2_000],
  ['characters beyond the basic plane', '𝒳'.repeat(30), 1_000],
  ['nothing', '', 0],
])('%s', (_what, text, ms) => {
  expect(msOfTranscript(text)).toBe(ms)
})

test('what subtitles have beside their text takes no time', () => {
  const cue = '00:00:01,000 --> 00:00:02,000'
  expect(msOfTranscript(`WEBVTT\n\n1\n${cue}\n${'a'.repeat(54)}\n\n2\n${cue}\n\n`)).toBe(1_000)
  expect(msOfTranscript(Array.from({ length: 40 }, (_, at) => `${at}\n${cue}\nYes.\n`).join('\n'))).toBe(
    6_000,
  )
})
