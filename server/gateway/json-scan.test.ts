// The scanner against JSON.parse: whatever the text, both have to see the same members, and an edit has to mean the same.
// One file, because all of it is judged by the same writer of random JSON.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  additionOf,
  applySplices,
  type JsonObjectScan,
  memberOf,
  removalOf,
  type Splice,
  scanObject,
} from './json-scan.ts'

interface Written {
  readonly text: string
  readonly members: readonly { readonly name: string; readonly valueText: string }[]
}

const space = fc.string({ unit: fc.constantFrom(' ', '\n', '\r', '\t'), maxLength: 3 })

/** A name as JSON may write it: any character escaped although it need not be. */
const escapedAtWill = (text: string, choices: readonly boolean[]): string => {
  const characters = [
    ...JSON.stringify(text)
      .slice(1, -1)
      .matchAll(/\\u[0-9a-f]{4}|\\.|[\s\S]/gu),
  ]
  return characters
    .map(([character], index) => {
      if (character.startsWith('\\') || choices[index % Math.max(1, choices.length)] !== true)
        return character
      return character
        .split('')
        .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
        .join('')
    })
    .join('')
}

const nastyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', 'u', '门', '🌕', '\n') }),
)

const jsonValue: fc.Arbitrary<unknown> = fc.oneof(fc.jsonValue({ maxDepth: 3 }), nastyText)

/** An object written in a random way: white space wherever JSON allows it, names escaped at will. */
const written: fc.Arbitrary<Written> = fc
  .record({
    entries: fc.uniqueArray(fc.tuple(nastyText, jsonValue), { selector: ([name]) => name, maxLength: 6 }),
    spaces: fc.array(space, { minLength: 1, maxLength: 9 }),
    escapes: fc.array(fc.boolean(), { maxLength: 5 }),
    indent: fc.constantFrom(0, 1, '\t'),
  })
  .map(({ entries, spaces, escapes, indent }) => {
    let next = 0
    const pad = () => spaces[next++ % spaces.length] ?? ''
    const members = entries.map(([name, value]) => ({ name, valueText: JSON.stringify(value, null, indent) }))
    const inner = members.map(
      ({ name, valueText }) =>
        `${pad()}"${escapedAtWill(name, escapes)}"${pad()}:${pad()}${valueText}${pad()}`,
    )
    return { members, text: `${pad()}{${inner.length === 0 ? pad() : inner.join(',')}}${pad()}` }
  })

function scanned(bytes: Buffer): JsonObjectScan {
  const scan = scanObject(bytes)
  if (!scan.ok) throw new Error(`not scanned: ${JSON.stringify(scan.error)}`)
  return scan.value
}

const parsed = (bytes: Buffer): Record<string, unknown> =>
  JSON.parse(bytes.toString()) as Record<string, unknown>

/** Objects from JSON compare by their entries: a member named `__proto__` is an own one. */
const entriesOf = (value: object) => Object.entries(value)

describe('an object however it is written', () => {
  test('is scanned into exactly its members, each with the bytes of its value', () => {
    fc.assert(
      fc.property(written, ({ text, members }) => {
        const bytes = Buffer.from(text)
        const scan = scanned(bytes)
        // A lone surrogate has no bytes of its own, so names are compared as bytes can carry them.
        expect(scan.members.map((member) => Buffer.from(member.name).toString())).toEqual(
          members.map((member) => Buffer.from(member.name).toString()),
        )
        expect(
          scan.members.map((member) => bytes.toString('utf8', member.valueStart, member.valueEnd)),
        ).toEqual(members.map((member) => Buffer.from(member.valueText).toString()))
        for (const member of scan.members) expect(bytes[member.nameStart]).toBe(0x22)
        expect(bytes[scan.start]).toBe(0x7b)
        expect(bytes[scan.closingBrace]).toBe(0x7d)
      }),
      { numRuns: 400 },
    )
  })

  test('is scanned alike where it lies inside other bytes, and nothing outside counts', () => {
    fc.assert(
      fc.property(written, nastyText, nastyText, ({ text, members }, before, behind) => {
        const head = Buffer.from(before)
        const body = Buffer.from(text)
        const bytes = Buffer.concat([head, body, Buffer.from(behind)])
        const scan = scanObject(bytes, head.length, head.length + body.length)
        expect(scan.ok && scan.value.members.length).toBe(members.length)
      }),
    )
  })

  test('says the same as JSON.parse with one member replaced', () => {
    fc.assert(
      fc.property(written, fc.nat(), fc.jsonValue({ maxDepth: 1 }), ({ text }, pick, value) => {
        const bytes = Buffer.from(text)
        const scan = scanned(bytes)
        const member = scan.members[pick % Math.max(1, scan.members.length)]
        fc.pre(member !== undefined)
        if (!member) return
        const splice = { start: member.valueStart, end: member.valueEnd, text: JSON.stringify(value) }
        const expected = entriesOf(parsed(bytes)).map(([name, old]) => [
          name,
          name === member.name ? (JSON.parse(JSON.stringify(value)) as unknown) : old,
        ])
        expect(entriesOf(parsed(applySplices(bytes, [splice])))).toEqual(expected)
      }),
    )
  })

  test('loses one member with its comma, and no other byte', () => {
    fc.assert(
      fc.property(written, fc.nat(), ({ text }, pick) => {
        const bytes = Buffer.from(text)
        const scan = scanned(bytes)
        const member = scan.members[pick % Math.max(1, scan.members.length)]
        fc.pre(member !== undefined)
        if (!member) return
        const removal = removalOf(scan, member)
        const left = applySplices(bytes, [removal])
        expect(entriesOf(parsed(left))).toEqual(
          entriesOf(parsed(bytes)).filter(([name]) => name !== member.name),
        )
        expect(left).toEqual(Buffer.concat([bytes.subarray(0, removal.start), bytes.subarray(removal.end)]))
      }),
    )
  })

  test('gains one member behind its last one, and keeps every byte it had', () => {
    fc.assert(
      fc.property(written, fc.jsonValue({ maxDepth: 1 }), ({ text }, value) => {
        const bytes = Buffer.from(text)
        const scan = scanned(bytes)
        fc.pre(!scan.members.some(({ name }) => name === 'added to it'))
        const addition = additionOf(scan, `"added to it":${JSON.stringify(value)}`)
        const grown = applySplices(bytes, [addition])
        expect(entriesOf(parsed(grown))).toEqual([
          ...entriesOf(parsed(bytes)),
          ['added to it', JSON.parse(JSON.stringify(value)) as unknown],
        ])
        expect(addition.start).toBe(addition.end)
      }),
    )
  })

  test('takes a replacement, a removal and an addition at once, in whatever order they are given', () => {
    fc.assert(
      fc.property(written, fc.nat(), fc.nat(), fc.boolean(), ({ text }, a, b, isReversed) => {
        const bytes = Buffer.from(text)
        const scan = scanned(bytes)
        const replaced = scan.members[a % Math.max(1, scan.members.length)]
        const removed = scan.members[b % Math.max(1, scan.members.length)]
        fc.pre(replaced !== undefined && removed !== undefined && replaced !== removed)
        if (!replaced || !removed) return
        const splices: Splice[] = [
          { start: replaced.valueStart, end: replaced.valueEnd, text: '"replaced"' },
          removalOf(scan, removed),
          additionOf(scan, '"added to it":1'),
        ]
        const expected = entriesOf(parsed(bytes))
          .filter(([name]) => name !== removed.name)
          .map(([name, old]) => [name, name === replaced.name ? 'replaced' : old])
        const edited = applySplices(bytes, isReversed ? splices.reverse() : splices)
        expect(entriesOf(parsed(edited))).toEqual([...expected, ['added to it', 1]])
      }),
    )
  })
})

describe('a name that stands twice', () => {
  const twice = (text: string) => scanObject(Buffer.from(text))

  test.each([
    ['plainly', '{"model":"cheap","model":"dear"}'],
    ['once escaped', '{"model":"cheap","mod\\u0065l":"dear"}'],
    ['escaped in two ways', '{"m\\u006fdel":"cheap","mod\\u0065l":"dear"}'],
    ['with other members between', '{"model":"cheap","a":{"b":[1,2]},"c":"}","model":"dear"}'],
  ])('is refused, written %s', (_how, text) => {
    expect(twice(text)).toEqual({ ok: false, error: { kind: 'duplicate', name: 'model' } })
  })

  test('is refused wherever it stands, and named', () => {
    fc.assert(
      fc.property(written, fc.nat(), fc.array(fc.boolean(), { maxLength: 4 }), ({ text }, pick, escapes) => {
        const bytes = Buffer.from(text)
        const scan = scanned(bytes)
        const member = scan.members[pick % Math.max(1, scan.members.length)]
        fc.pre(member !== undefined)
        if (!member) return
        const again = applySplices(bytes, [additionOf(scan, `"${escapedAtWill(member.name, escapes)}":0`)])
        expect(scanObject(again)).toEqual({ ok: false, error: { kind: 'duplicate', name: member.name } })
      }),
    )
  })

  test('inside a member is that member’s own affair', () => {
    expect(twice('{"a":{"model":1,"model":2},"model":3}').ok).toBe(true)
  })

  test('by its bytes is another name than one that differs in case', () => {
    expect(twice('{"model":"a","Model":"b"}').ok).toBe(true)
  })
})

describe('text that is no object', () => {
  test.each([
    ['', 'not_an_object'],
    ['   ', 'not_an_object'],
    ['[]', 'not_an_object'],
    ['"{}"', 'not_an_object'],
    ['null', 'not_an_object'],
    ['\ufeff{}', 'not_an_object'],
    ['{', 'malformed'],
    ['{"a"', 'malformed'],
    ['{"a":', 'malformed'],
    ['{"a":}', 'malformed'],
    ['{"a":1', 'malformed'],
    ['{"a":1,', 'malformed'],
    ['{"a":1,}', 'malformed'],
    ['{"a" 1}', 'malformed'],
    ['{"a":1 "b":2}', 'malformed'],
    ['{a:1}', 'malformed'],
    ["{'a':1}", 'malformed'],
    ['{"a":"b}', 'malformed'],
    ['{"a":"b\\"}', 'malformed'],
    ['{"a":[1,2}', 'malformed'],
    ['{"a":{"b":1}', 'malformed'],
    ['{}{}', 'malformed'],
    ['{} x', 'malformed'],
    ['{"\\x":1}', 'malformed'],
  ])('%j is %s', (text, kind) => {
    expect(scanObject(Buffer.from(text))).toMatchObject({ ok: false, error: { kind } })
  })

  test('is never taken for one when the range ends too early', () => {
    const bytes = Buffer.from('{"a":{"b":"c"},"d":[1,"]"]}')
    for (let end = 0; end < bytes.length; end += 1) expect(scanObject(bytes, 0, end).ok).toBe(false)
    expect(scanObject(bytes).ok).toBe(true)
  })

  test('never breaks the scanner, whatever it is', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .string({
          unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', ' ', 'a', '1'),
          maxLength: 40,
        })
        .map(Buffer.from),
      fc.tuple(written, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([{ text }, at, byte]) => {
        const broken = Buffer.from(text)
        if (broken.length > 0) broken[at % broken.length] = byte
        return broken
      }),
    )
    fc.assert(
      fc.property(bytes, (some) => {
        const scan = scanObject(Buffer.from(some))
        if (!scan.ok) return
        for (const member of scan.value.members) {
          expect(member.nameStart).toBeLessThan(member.valueStart)
          expect(member.valueStart).toBeLessThan(member.valueEnd)
          expect(member.valueEnd).toBeLessThanOrEqual(scan.value.closingBrace)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('that JSON.parse accepts as an object is always scanned, unless a name stands twice', () => {
    const nearJson = fc.string({
      unit: fc.constantFrom('{', '}', '"a"', '"b"', ':', ',', '1', '[', ']', ' ', '"\\""'),
      maxLength: 12,
    })
    fc.assert(
      fc.property(nearJson, (inner) => {
        const text = `{"a":${inner}}`
        let value: unknown
        try {
          value = JSON.parse(text)
        } catch {
          return
        }
        const scan = scanObject(Buffer.from(text))
        if (scan.ok) expect(scan.value.members.map(({ name }) => name)).toEqual(Object.keys(value as object))
        else expect(scan.error.kind).toBe('duplicate')
      }),
      { numRuns: 3_000 },
    )
  })
})

test('the scan of a large body is linear: long strings of quotes and backslashes, deep nesting', () => {
  const megabyte = 1_000_000
  const bodies = [
    `{"a":"${'\\\\'.repeat(megabyte)}"}`,
    `{"a":"${'\\"'.repeat(megabyte)}"}`,
    `{"a":${'['.repeat(megabyte)}${']'.repeat(megabyte)}}`,
    `{"a":"${'x'.repeat(8 * megabyte)}","b":1}`,
  ]
  const startedMs = performance.now()
  for (const body of bodies) expect(scanObject(Buffer.from(body)).ok).toBe(true)
  expect(performance.now() - startedMs).toBeLessThan(3_000)
})

test('memberOf finds a member by its name alone', () => {
  const scan = scanned(Buffer.from('{"a":1,"b":{"c":2}}'))
  expect(memberOf(scan, 'b')?.valueStart).toBe(11)
  expect(memberOf(scan, 'c')).toBeUndefined()
  expect(memberOf(scan, 'toString')).toBeUndefined()
})
