// A small body is read in one pass, and says the same as if it had been scanned and parsed.
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scanBody } from './body-scan.ts'
import { cutText } from './body-text.ts'
import { parseBody } from './parsed-body.ts'
import { SMALL_BYTES_MAX } from './small-json.ts'

const SEED = 20_261_127

/** Texts that are written in every way in which a text can be, some of them long, some with what no text may have. */
const writtenText = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('a', 'model', ' ', '/', '#', '{', ']', ',', ':', '\u007f') },
      {
        weight: 3,
        arbitrary: fc.constantFrom('\\n', '\\"', '\\\\', '\\u0065', '\\ud83d\\ude00', '\\/', '\\ud83d'),
      },
      { weight: 3, arbitrary: fc.constantFrom('门', 'é', '🌕', '\u2028', '\u0085') },
      {
        weight: 1,
        arbitrary: fc.constantFrom('x'.repeat(70), 'y'.repeat(255), '门'.repeat(90), '\\u00e9'.repeat(60)),
      },
    ),
    { maxLength: 6 },
  )
  .map((pieces) => pieces.join(''))
const oddText = fc.constantFrom('\\x', '\\u12', '\n', '\t', '\\', '\\u00zz', '"', '\u0000', 'a\\')
const text = fc
  .oneof({ weight: 40, arbitrary: writtenText }, { weight: 1, arbitrary: oddText })
  .map((written) => `"${written}"`)
const name = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.constantFrom('"model"', '"messages"', '"a"', '"b"', '"stream_options"', '"0"', '"\\u0061"'),
  },
  { weight: 3, arbitrary: text },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '"__proto__"',
      '"constructor"',
      '"toString"',
      '""',
      'a',
      `"${'n'.repeat(40)}"`,
    ),
  },
)
const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noDefaultInfinity: true, noNaN: true }).map(String),
  fc.constantFrom(
    '0',
    '-0',
    '0.7',
    '1e3',
    '1E+2',
    '2e-1',
    '123456789012345',
    '1234567890123456789',
    '1e999',
    '0.1e1',
  ),
  fc.constantFrom('01', '1.', '.5', '-', '+1', '1e', '0x1', '1_0', 'NaN', '--1', '00'),
)
const word = fc.constantFrom('true', 'false', 'null', 'true', 'null', 'tru', 'nul', 'True', 'undefined')
const space = fc.oneof(
  { weight: 30, arbitrary: fc.constant('') },
  { weight: 6, arbitrary: fc.constantFrom(' ', '\n', '\r\n\t', '  ') },
  { weight: 1, arbitrary: fc.constantFrom('\u000b', '\u00a0', '\u0000', ',') },
)
const spaced = (piece: fc.Arbitrary<string>) => fc.tuple(space, piece, space).map((pieces) => pieces.join(''))
const { object } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof({ maxDepth: 4, withCrossShrink: true }, text, number, word, tie('list'), tie('object')),
  list: fc.array(spaced(tie('value')), { maxLength: 4 }).map((values) => `[${values.join(',')}]`),
  object: fc
    .array(fc.tuple(spaced(name), spaced(tie('value'))), { maxLength: 5 })
    .map((members) => `{${members.map((member) => member.join(':')).join(',')}}`),
}))

/** What the scan and the parser make of a body, each by itself; undefined where either refuses it. */
function longerWay(body: Buffer): unknown {
  const scan = scanBody(body)
  if (!scan.ok) return undefined
  const { members, longTexts, escapedNames, start, closingBrace } = scan.value
  try {
    return {
      value: JSON.parse(cutText(body, longTexts, escapedNames)),
      members,
      longTexts,
      start,
      closingBrace,
    }
  } catch {
    return undefined
  }
}

function read(body: Buffer): unknown {
  const parsed = parseBody(body)
  if (!parsed.ok) return undefined
  const { value: read, scan } = parsed.value
  const { members, longTexts, start, closingBrace } = scan
  return { value: read, members, longTexts, start, closingBrace }
}

/** Down to the order of members, to minus zero, and to members that every object has. */
function expectSame(body: Buffer): void {
  const longer = longerWay(body)
  const short = read(body)
  expect(JSON.stringify(short)).toBe(JSON.stringify(longer))
  expect(isDeepStrictEqual(short, longer)).toBe(true)
}

describe('a small body', () => {
  test('says what the scan and the parser say of it, and is refused where they refuse it', () => {
    let accepted = 0
    fc.assert(
      fc.property(spaced(object), (written) => {
        const body = Buffer.from(written)
        if (read(body) !== undefined) accepted += 1
        expectSame(body)
      }),
      { seed: SEED, numRuns: 20_000 },
    )
    // The odd ones are there to be refused, and are not to be all that there is.
    expect(accepted).toBeGreaterThan(5_000)
  }, 60_000)

  test('is refused where any of its bytes is damaged, exactly where it was before', () => {
    const whole = Buffer.from(
      '{"model":"gpt-6","temperature":0.7,"messages":[{"role":"user","content":"Say 月亮门 \\n\\u00e9 again"}],"n":1,"stop":null,"stream":true}',
    )
    for (let at = 0; at < whole.length; at += 1) {
      for (const byte of [0x00, 0x0a, 0x20, 0x22, 0x2c, 0x30, 0x3a, 0x5c, 0x5d, 0x65, 0x7d, 0x80, 0xff]) {
        const damaged = Buffer.from(whole)
        damaged[at] = byte
        const isText = Buffer.from(damaged.toString()).equals(damaged)
        if (isText) expectSame(damaged)
        else expect(read(damaged)).toBeUndefined()
      }
      const cutOff = whole.subarray(0, at)
      expect(read(cutOff)).toBeUndefined()
    }
  })

  test('with a long text has its beginning and its length, wherever it is cut', () => {
    for (const piece of ['a', '门', 'é', '🌕', '\\n', '\\u00e9', '\\"', '\\\\']) {
      for (let before = 0; before < 70; before += 1) {
        const body = Buffer.from(`{"a":"${'x'.repeat(before)}${piece.repeat(300)}","b":1}`)
        expectSame(body)
      }
    }
  })

  test('is nested as deeply as any other', () => {
    for (let depth = 1; depth < 110; depth += 1) {
      const body = Buffer.from(`${'{"a":['.repeat(depth / 2)}1${']}'.repeat(depth / 2)}`)
      expectSame(body)
    }
  })

  test('of the largest size is read like a larger one', () => {
    for (const length of [SMALL_BYTES_MAX - 1, SMALL_BYTES_MAX, SMALL_BYTES_MAX + 1]) {
      const body = Buffer.from(`${`{"a":[${'"x",'.repeat(1_000)}1],"b":"`.padEnd(length - 2, 'y')}"}`)
      expect(body).toHaveLength(length)
      expectSame(body)
    }
  })

  test('keeps no name apart that is written like another one, however many there were', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z_]{1,34}$/), { maxLength: 40 }), (names) => {
        const body = Buffer.from(`{${[...new Set(names)].map((one) => `"${one}":1`).join(',')}}`)
        expectSame(body)
      }),
      { seed: SEED, numRuns: 500 },
    )
  })

  test('may have any value in any place', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 1), (json, indent) => {
        const body = Buffer.from(JSON.stringify({ a: json, b: [json] }, null, indent))
        expectSame(body)
      }),
      { seed: SEED, numRuns: 2_000 },
    )
  })
})

describe('the names of a body', () => {
  test.each([
    ['a small', ''],
    ['a large', 'x'.repeat(2 * SMALL_BYTES_MAX)],
  ])('that are written with escapes are what they say in %s one, whatever came before', (_what, filling) => {
    const parsed = (members: string) => {
      const result = parseBody(Buffer.from(`{"model":"gpt-6","filling":"${filling}",${members}}`))
      return result.ok ? Object.keys(result.value.value).slice(2) : result.error.code
    }
    expect(parsed('"tool\\\\":[]')).toEqual(['tool\\'])
    expect(parsed('"tool\\u0073":[]')).toEqual(['tools'])
    expect(parsed('"\\u0074ools":[],"\\u006e":2')).toEqual(['tools', 'n'])
    expect(parsed('"\\\\":[]')).toEqual(['\\'])
    expect(parsed('"\\u006e":2')).toEqual(['n'])
    expect(parsed('"\\u006e":2,"n":1')).toBe('duplicate_member')
    expect(parsed('"\\x":2')).toBe('invalid_json')
    expect(
      parsed(`${Array.from({ length: 40 }, (_, index) => `"m${index}":1`).join(',')},"\\u006e":2`),
    ).toHaveLength(41)
  })
})
