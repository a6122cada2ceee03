// The pass over a whole body against JSON.parse: it has to see the same members and the same duplicates, whatever is sent.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MEMBERS_MAX } from './body-names.ts'
import {
  type BodyScan,
  DEPTH_MAX,
  NAME_BYTES_MAX,
  SHORT_TEXT_BYTES_MAX,
  scanBody,
  VALUES_MAX,
} from './body-scan.ts'
import { scanObject } from './json-scan.ts'

const SEED = 20_261_125

function scanned(text: string | Buffer): BodyScan {
  const scan = scanBody(Buffer.from(text))
  if (!scan.ok) throw new Error(`not scanned: ${JSON.stringify(scan.error)}`)
  return scan.value
}

const problemOf = (text: string) => {
  const scan = scanBody(Buffer.from(text))
  return scan.ok ? undefined : scan.error
}

const nastyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', 'u', '门', '🌕', '\n'),
    maxLength: 80,
  }),
)
const nastyValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    nastyText,
    fc.jsonValue({ maxDepth: 1 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(nastyText, tie('value'), { maxKeys: 4 }),
  ),
})).value
const indent = fc.constantFrom(0, 1, '\t', ' \r\n')

describe('a body', () => {
  test('is scanned into exactly the members that a scan of one object finds, each with the bytes of its value', () => {
    fc.assert(
      fc.property(fc.dictionary(nastyText, nastyValue, { maxKeys: 6 }), indent, (object, space) => {
        const text = JSON.stringify(object, null, space)
        const one = scanObject(Buffer.from(text))
        const { members, start, closingBrace } = scanned(text)
        expect({ ok: true, value: { members, start, closingBrace } }).toEqual(one)
      }),
      { seed: SEED, numRuns: 500 },
    )
  })

  test('is passed exactly where no object in it names a member twice, as a parser that keeps all of them finds', () => {
    // Few names, so that they meet; each is escaped or not.
    const name = fc.tuple(fc.constantFrom('a', 'b', 'c', '__proto__', '门'), fc.boolean())
    const written = fc.letrec<{ value: { text: string; isTwice: boolean } }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom('1', '"a"', 'null', '[]', '{}').map((text) => ({ text, isTwice: false })),
        fc.array(tie('value'), { maxLength: 3 }).map((values) => ({
          text: `[${values.map(({ text }) => text).join(' , ')}]`,
          isTwice: values.some(({ isTwice }) => isTwice),
        })),
        fc.array(fc.tuple(name, tie('value')), { maxLength: 4 }).map((members) => ({
          text: `{${members.map(([[raw, isEscaped], { text }]) => `"${isEscaped ? escaped(raw) : raw}" : ${text}`).join(',')}}`,
          isTwice:
            new Set(members.map(([[raw]]) => raw)).size < members.length ||
            members.some(([, { isTwice }]) => isTwice),
        })),
      ),
    })).value
    fc.assert(
      fc.property(written, ({ text, isTwice }) => {
        const scan = scanBody(Buffer.from(`{"body":${text}}`))
        expect(scan.ok ? 'passed' : scan.error.kind).toBe(isTwice ? 'duplicate' : 'passed')
      }),
      { seed: SEED, numRuns: 2_000 },
    )
  })

  test('that JSON.parse accepts is always scanned, and one that is broken anywhere never breaks the scan', () => {
    const nearJson = fc.string({
      unit: fc.constantFrom('{', '}', '[', ']', '"a"', '"b"', ':', ',', '1', ' ', '"\\""', '\\', '"'),
      maxLength: 14,
    })
    fc.assert(
      fc.property(nearJson, (inner) => {
        const text = `{"a":${inner}}`
        const scan = scanBody(Buffer.from(text))
        let value: unknown
        try {
          value = JSON.parse(text)
        } catch {
          return
        }
        if (scan.ok) expect(scan.value.members.map(({ name }) => name)).toEqual(Object.keys(value as object))
        else expect(scan.error.kind).toBe('duplicate')
      }),
      { seed: SEED, numRuns: 3_000 },
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void scanBody(Buffer.from(bytes))),
      { seed: SEED, numRuns: 2_000 },
    )
  })
})

const escaped = (text: string) =>
  text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')

describe('a name that stands twice', () => {
  test.each([
    ['at the top', '{"model":"cheap","model":"dear"}', 'model'],
    ['escaped', '{"model":"cheap","mod\\u0065l":"dear"}', 'model'],
    ['below', '{"tools":[{"type":"function","type":"mcp"}]}', 'type'],
    ['below, escaped', '{"a":[[{"file_id":null,"b":{},"file\\u005fid":"file_1"}]]}', 'file_id'],
    ['among many', `{"a":{${Array.from({ length: 400 }, (_, at) => `"m${at}":0`).join(',')},"m7":1}}`, 'm7'],
    ['__proto__', '{"a":{"__proto__":1,"__proto__":2}}', '__proto__'],
  ])('%s is refused by that name', (_where, text, name) =>
    expect(problemOf(text)).toEqual({ kind: 'duplicate', name }),
  )

  test.each([
    '{"a":{"x":1},"b":{"x":1}}',
    '{"a":[{"x":1},{"x":1}],"x":{"x":{"x":1}}}',
    '{"model":"a","Model":"b"}',
    '{"a":"x\\",\\"a\\":\\"","b":1}',
    '{"":1," ":2}',
  ])('in different objects, or only nearly, is none: %s', (text) => expect(problemOf(text)).toBeUndefined())

  test('in a large object and in the one behind it is none', () => {
    const members = Array.from({ length: 40 }, (_, at) => `"m${at}":0`).join(',')
    expect(problemOf(`{"a":[{${members},"inner":{}},{"inner":{},"m7":0}]}`)).toBeUndefined()
    expect(problemOf(`{"a":[{${members},"inner":{},"m7":0}]}`)).toEqual({ kind: 'duplicate', name: 'm7' })
  })

  test('is not what two names are that only hash alike', () => {
    expect(problemOf('{"ltxgkx":1,"xtmlnk":2}')).toBeUndefined()
    expect(problemOf('{"ltxgkx":1,"xtmlnk":2,"ltxgkx":3}')).toEqual({ kind: 'duplicate', name: 'ltxgkx' })
  })
})

describe('a body that is too much for a parser', () => {
  const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`

  test('is nested too deeply', () => {
    expect(problemOf(nested(DEPTH_MAX))).toBeUndefined()
    expect(problemOf(nested(DEPTH_MAX + 1))).toEqual({ kind: 'too_deep' })
    expect(problemOf(`{"a":${'{"a":'.repeat(1_000_000)}`)).toEqual({ kind: 'too_deep' })
  })

  test('has too many values, of whatever kind', () => {
    expect(problemOf(`{"a":[${'0,'.repeat(VALUES_MAX - 3)}0]}`)).toBeUndefined()
    for (const piece of ['0,', '[],', '{},', '"",']) {
      expect(problemOf(`{"a":[${piece.repeat(VALUES_MAX)}0]}`)).toEqual({ kind: 'too_many_values' })
    }
  })

  test('has an object with too many members', () => {
    const members = (count: number) => Array.from({ length: count }, (_, at) => `"m${at}":0`).join(',')
    expect(problemOf(`{"a":{${members(MEMBERS_MAX)}}}`)).toBeUndefined()
    expect(problemOf(`{"a":{${members(MEMBERS_MAX + 1)}}}`)).toEqual({ kind: 'too_many_members' })
  })

  test('is large beside its long texts', () => {
    const long = 'x'.repeat(2_000_000)
    expect(
      problemOf(`{"a":["${long}","${long}","${long}","${long}","${long}"]${' '.repeat(8_000_000)}}`),
    ).toBeUndefined()
    expect(problemOf(`{"a":["${long}"]${' '.repeat(9_000_000)}}`)).toEqual({ kind: 'too_much_to_parse' })
  })

  test('has a name without end', () => {
    expect(problemOf(`{"${'x'.repeat(NAME_BYTES_MAX)}":0}`)).toBeUndefined()
    expect(problemOf(`{"a":{"${'x'.repeat(NAME_BYTES_MAX + 1)}":0}}`)).toEqual({ kind: 'name_too_long' })
  })
})

describe('long texts', () => {
  test('are told where they stand, names and short ones not among them', () => {
    const short = 's'.repeat(SHORT_TEXT_BYTES_MAX)
    const long = 'l'.repeat(SHORT_TEXT_BYTES_MAX + 1)
    const text = `{"${long}":"${short}","b":["${long}",{"c":"${long}\\""}]}`
    const { longTexts } = scanned(text)
    const found = [0, 2].map((at) => text.slice(longTexts[at], longTexts[at + 1]))
    expect(found).toEqual([`"${long}"`, `"${long}\\""`])
    expect(longTexts).toHaveLength(4)
  })
})

test.each(['', ' ', '[]', '"{}"', 'null', '\ufeff{}', 'x'])('%j is no object', (text) =>
  expect(problemOf(text)).toEqual({ kind: 'not_an_object' }),
)

test.each(['{', '{"a"', '{"a":"b}', '{"a":"b\\"}', '{"a":[1,2', '{}}', '{"a":1}]'])(
  '%j is malformed',
  (text) => expect(problemOf(text)).toEqual({ kind: 'malformed' }),
)

test('the scan is linear in whatever is large', () => {
  const million = 1_000_000
  const bodies = [
    `{"a":"${'\\\\'.repeat(4 * million)}"}`,
    `{"a":"${'\\"'.repeat(4 * million)}"}`,
    `{"a":"${'x'.repeat(30 * million)}"}`,
    `{"a":1${' '.repeat(7 * million)}}`,
    `{"a":[${Array.from({ length: 90_000 }, (_, at) => `{"member ${at}":{"a":1,"b":2}}`).join(',')}]}`,
  ]
  const startedMs = performance.now()
  for (const body of bodies) expect(problemOf(body)).toBeUndefined()
  // Half a second on a quiet machine; what is quadratic takes minutes.
  expect(performance.now() - startedMs).toBeLessThan(20_000)
})
