// Forms as they come over the wire: cut anywhere, and made so that one server might read another model in them than we do.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formJson } from './form-json.ts'
import { boundaryOf, FormScan } from './form-scan.ts'

const BOUNDARY = 'a-Boundary_1'

const part = (header: string, value: string | Buffer) =>
  Buffer.concat([Buffer.from(`--${BOUNDARY}\r\n${header}\r\n\r\n`), Buffer.from(value), Buffer.from('\r\n')])
const field = (name: string, value: string) => part(`Content-Disposition: form-data; name="${name}"`, value)
const file = (name: string, bytes: string | Buffer) =>
  part(`Content-Disposition: form-data; name="${name}"; filename="x.wav"\r\nContent-Type: audio/wav`, bytes)
const END = Buffer.from(`--${BOUNDARY}--\r\n`)
const form = (...parts: Buffer[]) => Buffer.concat([...parts, END])

/** What a form says, or the problem with it, when it comes in these pieces. */
function scanned(body: Buffer, sizes: readonly number[] = [body.length]) {
  const watched: Buffer[] = []
  const scan = new FormScan(BOUNDARY, () => ({ push: (piece) => void watched.push(Buffer.from(piece)) }))
  let at = 0
  for (let turn = 0; at < body.length; turn += 1) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1)
    const refused = scan.push(body.subarray(at, at + size))
    if (refused) return { problem: refused.code }
    at += size
  }
  const end = scan.end()
  if (!end.ok) return { problem: end.error.code }
  return { ...end.value, watched: Buffer.concat(watched) }
}

test('a form says the same however it is cut, and its files pass whole', () => {
  const bytes = fc.uint8Array({ maxLength: 3_000 }).map((value) => Buffer.from(value))
  const texts = fc.string({ unit: 'binary', maxLength: 200 }).filter((text) => !text.includes(BOUNDARY))
  fc.assert(
    fc.property(
      bytes,
      texts,
      fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }),
      (sound, text, sizes) => {
        const body = form(file('file', sound), field('prompt', text), field('model', 'whisper-1'))
        const read = scanned(body, sizes)
        expect(read).toMatchObject({
          fields: [
            { name: 'prompt', value: text },
            { name: 'model', value: 'whisper-1' },
          ],
          files: [{ name: 'file', bytes: sound.length }],
        })
        if (!('fields' in read)) return
        expect(read.watched).toEqual(sound)
        const model = read.fields[1]
        expect(body.toString('latin1', model?.start, model?.end)).toBe('whisper-1')
      },
    ),
    { numRuns: 30 },
  )
})

test('a form that is cut off anywhere is none, and no bytes whatever stop the reading', () => {
  const whole = form(file('file', 'sound'), field('model', 'm'))
  for (let length = 1; length < whole.length - 2; length += 1)
    expect(scanned(whole.subarray(0, length))).toMatchObject({ problem: 'invalid_form' })
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), fc.nat(whole.length), (junk, at) => {
      const body = Buffer.concat([whole.subarray(0, at), Buffer.from(junk), whole.subarray(at)])
      const read = scanned(body, [97])
      // Whatever was put in, there is one model at most, and it is in its place.
      if ('fields' in read) expect(read.fields.filter(({ name }) => name === 'model').length).toBeLessThan(2)
    }),
  )
})

test('headers full of space are read as quickly as others', () => {
  // Looked at from each of its spaces, one such form keeps a machine busy for the time that all of them have here.
  const spaced = (_: unknown, number: number) =>
    part(`Content-Disposition: form-data; name="n${number}"\r\nContent-Type: a${' '.repeat(8_000)}b`, 'x')
  const whole = form(...Array.from({ length: 250 }, spaced))
  for (let time = 0; time < 6; time += 1) expect(scanned(whole)).toHaveProperty('fields.249.value', 'x')
})

describe('a form that somebody else might read otherwise', () => {
  test.each([
    ['two models', form(field('model', 'cheap'), field('model', 'dear')), 'duplicate_member'],
    [
      'two models, one without quotes',
      form(part('Content-Disposition: form-data; name=model', 'cheap'), field('model', 'dear')),
      'duplicate_member',
    ],
    ['half a quote', form(part('Content-Disposition: form-data; name=model"', 'x')), 'invalid_form'],
    [
      'a model of another case',
      form(part('Content-Disposition: form-data; NAME=model', 'x')),
      'invalid_form',
    ],
    ['something before it', Buffer.concat([Buffer.from('x\r\n'), form(field('model', 'm'))]), 'invalid_form'],
    ['something behind it', Buffer.concat([form(field('model', 'm')), field('model', 'n')]), 'invalid_form'],
    ['a boundary behind a bare line feed', form(field('model', `m\n--${BOUNDARY}\r\n`)), 'invalid_form'],
    ['a boundary in the middle of a line', form(field('model', `m--${BOUNDARY}\r\n`)), 'invalid_form'],
    ['a boundary with more behind it', form(field('model', `m\r\n--${BOUNDARY}x`)), 'invalid_form'],
    [
      'a boundary right at the beginning of a value',
      form(field('model', `--${BOUNDARY}--\r\n`)),
      'invalid_form',
    ],
    [
      'an encoded part',
      form(part('Content-Disposition: form-data; name="model"\r\nContent-Transfer-Encoding: base64', 'bQ==')),
      'invalid_form',
    ],
    [
      'two names in one part',
      form(part('Content-Disposition: form-data; name="n"; name="model"', 'm')),
      'invalid_form',
    ],
    [
      'two dispositions',
      form(
        part('Content-Disposition: form-data; name="n"\r\nContent-Disposition: form-data; name="model"', 'm'),
      ),
      'invalid_form',
    ],
    ['a folded header', form(part('Content-Disposition: form-data;\r\n name="model"', 'm')), 'invalid_form'],
    [
      'a field that is not UTF-8',
      form(part('Content-Disposition: form-data; name="model"', Buffer.from([0xff]))),
      'invalid_form',
    ],
    [
      'a boundary without its dashes in a file',
      form(file('file', `sound\r\n[-${BOUNDARY}--\r\n`), field('model', 'm')),
      'invalid_form',
    ],
    ['no parts', END, 'invalid_form'],
  ])('is refused: %s', (_name, body, problem) => {
    expect(scanned(body)).toEqual({ problem })
    expect(scanned(body, [1])).toEqual({ problem })
  })

  test.each([
    ['a list of models', [field('model[]', 'm')], 'invalid_parameter'],
    ['a model within something', [field('model[name]', 'm')], 'invalid_parameter'],
    ['a file for a model', [file('model', 'm')], 'invalid_parameter'],
    ['a stream that is maybe', [field('stream', 'True')], 'invalid_parameter'],
    ['a number that is none', [field('n', '0x10')], 'invalid_parameter'],
  ])('is refused: %s', (_name, parts, problem) => {
    const read = scanned(form(...parts))
    if (!('fields' in read)) throw new Error('the form itself is fine')
    const body = formJson(read, undefined)
    expect(body.ok ? 'read' : body.error.code).toBe(problem)
  })
})

test('a form whose names have no quotes, as .NET writes it, says the same', () => {
  const read = scanned(
    form(
      part("Content-Disposition: form-data; name=file; filename=a.wav; filename*=utf-8''a.wav", 'sound'),
      part('Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=model', 'm'),
      part(
        `Content-Disposition: form-data; name=other; filename="=?utf-8?B?5L2g?="; filename*=utf-8''%E4%BD%A0`,
        'x',
      ),
    ),
  )
  expect(read).toMatchObject({
    fields: [{ name: 'model', value: 'm' }],
    files: [
      { name: 'file', filename: 'a.wav', bytes: 5 },
      { name: 'other', filename: '=?utf-8?B?5L2g?=', bytes: 1 },
    ],
  })
})

test('a form becomes the JSON that says the same', () => {
  const read = scanned(
    form(
      file('image[]', 'one'),
      file('image[]', 'two'),
      field('n', '2'),
      field('stream', 'true'),
      field('svg[model]', 'author'),
      field('svg[reasoning][effort]', 'low'),
      field('include[]', 'logprobs'),
      field('__proto__', 'x'),
    ),
  )
  if (!('fields' in read)) throw new Error('the form is fine')
  const body = formJson(read, 40)
  expect(body.ok && JSON.parse(body.value.toString())).toEqual(
    JSON.parse(`{"n":2,"stream":true,"svg":{"model":"author","reasoning":{"effort":"low"}},"include":["logprobs"],
      "__proto__":"x","image":[{"file":{"bytes":3,"sound_ms":40}},{"file":{"bytes":3,"sound_ms":40}}]}`),
  )
})

test.each([
  ['multipart/form-data; boundary=abc', 'abc'],
  ['Multipart/Form-Data;boundary="a b"', undefined],
  ['multipart/form-data; boundary="abc"', 'abc'],
  ['multipart/form-data; boundary=abc; boundary=def', undefined],
  ['multipart/form-data;charset=UTF-8;boundary=abc', 'abc'],
  ['multipart/form-data; boundary=abc; charset=utf-8', 'abc'],
  ['multipart/form-data; charset=utf-16; boundary=abc', undefined],
  ['multipart/form-data; boundary=abc; boundary*=def', undefined],
  ['multipart/mixed; boundary=abc', undefined],
  ['multipart/form-data', undefined],
  [`multipart/form-data; boundary=${'x'.repeat(71)}`, undefined],
])('%s has the boundary %s', (type, boundary) => {
  expect(boundaryOf(type)).toBe(boundary)
})
