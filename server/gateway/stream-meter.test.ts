// The measure of generated text, which an estimate is made from where an upstream reports no usage.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textBytesBehind } from './stream-meter.ts'

const CONTENT = Buffer.from('"content":')
const measure = (text: string) => textBytesBehind(Buffer.from(text), CONTENT)

test('the text of an answer is measured as JSON writes it, whatever it contains', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom('a', '"', '\\', '门', '\n', '{', ',') })),
      fc.boolean(),
      (texts, isSpaced) => {
        const json = texts.map((content) => `{"delta":${JSON.stringify({ content, n: 1 })}}`).join(',')
        const written = isSpaced ? json.replaceAll('"content":', '"content": ') : json
        const expected = texts.reduce((sum, text) => sum + Buffer.byteLength(JSON.stringify(text)) - 2, 0)
        expect(measure(`data: [${written}]\n\n`)).toBe(expected)
      },
    ),
  )
})

test('content that is no text measures nothing', () => {
  expect(measure('data: {"content":null}\n\n')).toBe(0)
  expect(measure('data: {"content":[],"x":"abc"}\n\n')).toBe(0)
  expect(measure('data: {"content":""}\n\n')).toBe(0)
  expect(measure('data: {"content":')).toBe(0)
  expect(measure('data: {"other":"abc"}\n\n')).toBe(0)
})

test('text that speaks of "content" is measured once', () => {
  expect(measure(`data: ${JSON.stringify({ content: '{"content":"x"}' })}\n\n`)).toBe(
    '{\\"content\\":\\"x\\"}'.length,
  )
})

test('text that is cut off is measured as far as it goes', () => {
  expect(measure('data: {"content":"abc')).toBe(3)
  expect(measure('data: {"content":"ab\\"')).toBe(4)
})

test('a long text without a quote in it is measured in one pass', () => {
  const startedMs = performance.now()
  expect(measure(`{"content":"${'\\\\'.repeat(2_000_000)}"}`)).toBe(4_000_000)
  expect(measure(`{"content":"${'\\"'.repeat(2_000_000)}"}`)).toBe(4_000_000)
  expect(performance.now() - startedMs).toBeLessThan(1_000)
})
