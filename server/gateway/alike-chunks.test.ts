// Chunks that are like the one before: the same is said of them as if they had been looked at byte by byte.
import { describe, expect, test } from 'vitest'
import { createChatStreamReader } from './chat-stream.ts'
import { HAS_TO_BE_READ } from './stream-meter.ts'

const FIRST = 'data: {"id":"c1","choices":[{"delta":{"role":"assistant"}}],"usage":null}\n\n'
const chunk = (json: string, { usage = ',"usage":null', padding = '', delta = '' } = {}) =>
  `data: {"id":"c1","choices":[{"index":0,"delta":{"content":${json}${delta}}}]${usage}${padding}}\n\n`

/** What passes of each chunk, and the bytes of text that were counted, after chunks that are all alike. */
function passing(chunks: readonly string[], isUsageInjected = true) {
  const reader = createChatStreamReader({ isUsageInjected, alias: undefined })
  reader.read(Buffer.from(FIRST))
  const before = ['"a"', '"bc"', '"d"'].map((text) => chunk(text))
  for (const text of before) reader.glance?.(Buffer.from(text), 0, Buffer.byteLength(text))
  const counted = reader.measured.textBytes
  const passed = chunks.map((text) => {
    // Behind another event, as most stand in a buffer.
    const bytes = Buffer.from(`: x\n\n${text}`)
    const cutAt = reader.glance?.(bytes, 5, bytes.length) ?? HAS_TO_BE_READ
    if (cutAt === HAS_TO_BE_READ) return 'has to be read'
    const behind = cutAt === bytes.length ? cutAt : cutAt + (reader.cutBytes ?? 0)
    return bytes.toString('utf8', 5, cutAt) + bytes.toString('utf8', behind)
  })
  return { passed, textBytes: reader.measured.textBytes - counted }
}

describe('a chunk like those before', () => {
  const plain = chunk('"Grüße"', { usage: '' })
  const padding = ',"obfuscation":"x7Kq"'
  test.each([
    ['passes without the usage that was asked for by us', chunk('"Grüße"'), plain, 7],
    [
      'with padding behind it keeps that',
      chunk('"ab"', { padding }),
      chunk('"ab"', { usage: '', padding }),
      2,
    ],
    ['without a text counts none', chunk('""'), chunk('""', { usage: '' }), 0],
    ['with escapes counts what they stand for', chunk('"a\\n"'), chunk('"a\\n"', { usage: '' }), 2],
    ['without a usage member passes whole', plain, plain, 7],
    [
      'with another text in it counts both',
      chunk('"a","refusal":"bcd"'),
      chunk('"a","refusal":"bcd"', { usage: '' }),
      4,
    ],
    [
      'with a usage has to be read',
      chunk('"a"', { usage: ',"usage":{"prompt_tokens":1}' }),
      'has to be read',
      0,
    ],
    [
      'with an error in place of its end has to be read',
      chunk('"a"', { usage: ',"error":null' }),
      'has to be read',
      0,
    ],
  ])('%s', (_, text, expected, textBytes) => {
    expect(passing([text])).toEqual({ passed: [expected], textBytes })
  })

  test('passes whole where the client asked for the usage itself', () => {
    expect(passing([chunk('"ab"')], false)).toEqual({ passed: [chunk('"ab"')], textBytes: 2 })
  })

  test('is still told from others when many in a row were unlike each other', () => {
    const unlike = Array.from({ length: 12 }, (_, n) => chunk(`"${'x'.repeat(n)}"`, { delta: `,"n":${n}` }))
    const { passed, textBytes } = passing([...unlike, chunk('"yes"')])
    expect(passed.at(-1)).toBe(chunk('"yes"', { usage: '' }))
    expect(textBytes).toBe(66 + 3)
  })
})
