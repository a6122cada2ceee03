// What is parsed of a body says the same as the body, except that nobody has to read its long texts.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SHORT_TEXT_BYTES_MAX, scanBody } from './body-scan.ts'
import { bytesOfText, cutText } from './body-text.ts'

const SEED = 20_261_125

function cut(text: string): unknown {
  const body = Buffer.from(text)
  const scan = scanBody(body)
  if (!scan.ok) throw new Error(`not scanned: ${JSON.stringify(scan.error)}`)
  return JSON.parse(cutText(body, scan.value.longTexts))
}

const rawBytes = (text: string) => Buffer.byteLength(JSON.stringify(text)) - 2

/** Both values have to be alike, but for long texts: of those only the beginning and the length are left. */
function expectAlike(whole: unknown, short: unknown): void {
  if (typeof whole === 'string' && rawBytes(whole) > SHORT_TEXT_BYTES_MAX) {
    expect(bytesOfText(short as string)).toBe(rawBytes(whole))
    expect((short as string).length).toBeGreaterThan(SHORT_TEXT_BYTES_MAX)
    expect((short as string).slice(0, 5)).toBe(whole.slice(0, 5))
    return
  }
  if (typeof whole !== 'object' || whole === null) {
    expect(short).toEqual(whole)
    return
  }
  expect(Object.keys(short as object)).toEqual(Object.keys(whole))
  for (const [name, value] of Object.entries(whole))
    expectAlike(value, (short as Record<string, unknown>)[name])
}

describe('a body with its long texts cut', () => {
  test('has the same members, lists and short texts, whatever they hold', () => {
    const piece = fc.constantFrom('a', '"', '\\', '\n', '\u0000', '门', '🌕', '#', '   ', '{"x":1}', 'é')
    const text = fc.array(piece, { maxLength: 400 }).map((pieces) => pieces.join(''))
    const value = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value')),
      ),
    })).value
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('x', 'y', 'z'), value),
        fc.constantFrom(0, 2),
        (body, indent) => {
          expectAlike(body, cut(JSON.stringify(body, null, indent)))
        },
      ),
      { seed: SEED, numRuns: 400 },
    )
  })

  test('cannot be made to look as if a text in it had another length', () => {
    // Whatever a client writes: a text that was not cut is too short to be taken for one that was.
    const forged = `data:${' '.repeat(SHORT_TEXT_BYTES_MAX)}#5000000`
    const { a, b } = cut(JSON.stringify({ a: forged, b: forged.slice(0, SHORT_TEXT_BYTES_MAX) })) as {
      a: string
      b: string
    }
    expect(bytesOfText(a)).toBe(forged.length)
    expect(bytesOfText(b)).toBe(SHORT_TEXT_BYTES_MAX)
    const escaped = cut(`{"a":"${'\\u0020'.repeat(300)}#9"}`) as { a: string }
    expect(bytesOfText(escaped.a)).toBe(1_802)
  })

  test('cuts neither a character nor an escape in two', () => {
    for (const [unit, bytes] of [
      ['门', 3],
      ['🌕', 4],
      ['é', 2],
      ['\\n', 2],
      ['\\u95e8', 6],
      ['\\"', 2],
      ['\\\\', 2],
    ] as const) {
      for (let shift = 0; shift < 7; shift += 1) {
        const { a } = cut(`{"a":"${'x'.repeat(shift)}${unit.repeat(300)}"}`) as { a: string }
        expect(a).not.toContain('\ufffd')
        expect(bytesOfText(a)).toBe(shift + 300 * bytes)
      }
    }
  })

  test('of thirty megabytes of base64 is a few hundred characters', () => {
    const body = Buffer.from(`{"image_url":"data:image/png;base64,${'A'.repeat(30_000_000)}"}`)
    const scan = scanBody(body)
    const text = scan.ok ? cutText(body, scan.value.longTexts) : ''
    expect(text.length).toBeLessThan(500)
    const { image_url } = JSON.parse(text) as { image_url: string }
    expect(image_url.startsWith('data:image/png;base64,')).toBe(true)
    expect(bytesOfText(image_url)).toBe(30_000_022)
  })
})
