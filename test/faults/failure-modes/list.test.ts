// The failure modes that the gateway has to live with, by number, and proof that each has a test that bears it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const MODES: readonly string[] = [
  'A client leaves: the upstream is read on within bounds, and charged', // 1
  'The upstream resets, or ends without its terminal event', // 2
  'Usage is missing, zero, repeated, or covers n choices', // 3
  'Usage is asked for, and the asking undone', // 4
  'What a request may cost is held before it is sent', // 5
  'Retries are requests of their own', // 6
  'Idle connections are closed by the upstream', // 7
  'Silences, and time-outs that must not end them; slow senders are in stages/read.test.ts', // 8
  'Compression that nobody asked for', // 9
  'Headers that would break the way upstream', // 10
  'Expect: 100-continue', // 11
  'Smuggled requests and tricks with paths', // 12
  'Bodies that two readers read differently', // 13
  'Models that are named differently', // 14
  'Large bodies', // 15
  'Large events', // 16
  'Slow readers', // 17
  'Hosted tools', // 18
  'Parameters that escalate', // 19
  'Access that is lost while a request runs', // 20
  'Answers that are none', // 21
  'HTTP/1.1 towards the upstream', // 22
  '1xx, empty answers, HEAD and trailers', // 23
  'A charge belongs to one request', // 24
]

test('each failure mode has a test that bears its number', () => {
  const files = readdirSync(import.meta.dirname).filter(
    (name) => name.endsWith('.test.ts') && name !== 'list.test.ts',
  )
  const text = files.map((name) => readFileSync(join(import.meta.dirname, name), 'utf8')).join('\n')
  const tested = new Set([...text.matchAll(/failure mode (\d+):/g)].map(([, number]) => Number(number)))
  expect([...tested].sort((a, b) => a - b)).toEqual(MODES.map((_, index) => index + 1))
})
