// How long the demo takes a sound to be, whatever it is sent.
import { expect, test } from 'vitest'
import { mp3Of, secondsOf, wavOf } from './sounds.ts'

test.each([
  ['a WAV', wavOf(1_500), 1.5],
  ['an MP3', mp3Of(2_400), 2.4],
  ['a WAV that is cut within its head', wavOf(1_500).subarray(0, 29), 29 / 2_000],
  ['a WAV without a rate', wavOf(1_000).fill(0, 28, 32), (44 + 48_000) / 2_000],
  ['nothing at all', Buffer.alloc(0), 0],
])('%s', (_, sound, seconds) => {
  expect(secondsOf(sound)).toBe(seconds)
})
