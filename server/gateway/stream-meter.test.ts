// The measure of generated text, which an estimate is made from where an upstream reports no usage.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textBytesBehind } from './stream-meter.ts'

const CONTENT = Buffer.from('"content":')
const measure = (text: string) => textBytesBehind(Buffer.from(text), CONTENT)

/** As servers write that keep to ASCII. */
const toAscii = (json: string): string =>
  json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

test('the text of an answer is measured in UTF-8, however JSON escapes it', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string({ unit: fc.constantFrom('a', '"', '\\', '门', 'é', '🌕', '\n', '\u0001', '{', ',') }),
      ),
      fc.boolean(),
      fc.boolean(),
      (texts, isSpaced, isAscii) => {
        const json = texts.map((content) => `{"delta":${JSON.stringify({ content, n: 1 })}}`).join(',')
        const spaced = isSpaced ? json.replaceAll('"content":', '"content": ') : json
        const expected = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
        expect(measure(`data: [${isAscii ? toAscii(spaced) : spaced}]\n\n`)).toBe(expected)
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
    '{"content":"x"}'.length,
  )
})

test('text that is cut off is measured as far as it goes', () => {
  expect(measure('data: {"content":"abc')).toBe(3)
  expect(measure('data: {"content":"ab\\"')).toBe(3)
  expect(measure('data: {"content":"ab\\u00')).toBe(6)
})

test('a long text without a quote in it is measured in one pass', () => {
  // Of this process alone: on a machine that is busy with other things the clock on the wall tells little.
  const started = process.cpuUsage()
  expect(measure(`{"content":"${'\\\\'.repeat(2_000_000)}"}`)).toBe(2_000_000)
  expect(measure(`{"content":"${'\\"'.repeat(2_000_000)}"}`)).toBe(2_000_000)
  expect(process.cpuUsage(started).user / 1000).toBeLessThan(1_000)
})
