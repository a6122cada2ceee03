// Values, texts and JSON as nobody writes them on purpose.
import type { Seeded } from '../../faults/support/seeded.ts'
import { several } from './area.ts'

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

const TEXTS: readonly string[] = [
  '',
  ' ',
  'Hello',
  '测试网关',
  '👩‍👩‍👧‍👦',
  '\ud800',
  'a\u0000b',
  '\u202eabc',
  '\r\nx-injected: 1',
  '../../etc/passwd',
  "'; DROP TABLE users; --",
  '__proto__',
  'constructor',
  'toString',
  '[DONE]',
  'data: {"usage":null}\n\n',
  '%00%2e%2e%2f',
  '0',
  '-1',
  'NaN',
  'true',
  'null',
  '{"a":1}',
  'ﬀ',
  '\ufeff',
  'x'.repeat(5_000),
]
const NUMBERS: readonly number[] = [
  0,
  -0,
  1,
  -1,
  0.5,
  1e-300,
  1e21,
  1e308,
  2 ** 31,
  2 ** 53,
  -(2 ** 53),
  Number.MAX_SAFE_INTEGER,
  4_294_967_296,
  99_999_999,
]

export function junkText(seeded: Seeded): string {
  if (seeded.percent(70)) return seeded.pick(TEXTS)
  return String.fromCharCode(...several(seeded, 1, 12, () => seeded.int(0, 0xffff)))
}

export const junkNumber = (seeded: Seeded): number =>
  seeded.percent(60) ? seeded.pick(NUMBERS) : seeded.int(-1_000, 100_000)

export function junkJson(seeded: Seeded, depth = 3): Json {
  return seeded.weighted<() => Json>([
    [2, () => null],
    [2, () => seeded.percent(50)],
    [4, () => junkNumber(seeded)],
    [5, () => junkText(seeded)],
    [depth > 0 ? 2 : 0, () => several(seeded, 0, 4, () => junkJson(seeded, depth - 1))],
    [
      depth > 0 ? 2 : 0,
      () =>
        Object.fromEntries(
          several(seeded, 0, 4, () => [junkText(seeded), junkJson(seeded, depth - 1)] as const),
        ),
    ],
  ])()
}

/** Numbers as they may stand in JSON and in no program. */
const NUMBER_TEXTS: readonly string[] = ['1E5', '-0', '1e999', '12345678901234567890123', '0.1e-7', '1.0']

/** JSON of the same meaning, or nearly so: escapes, white space, members twice, numbers in odd forms. */
export function jsonText(value: Json, seeded: Seeded): string {
  const space = () => (seeded.percent(8) ? seeded.pick([' ', '\n', '\t', '\r\n  ']) : '')
  const inner = (part: Json): string => {
    if (typeof part === 'string') return stringText(part, seeded)
    if (typeof part === 'number' && seeded.percent(4)) return seeded.pick(NUMBER_TEXTS)
    if (Array.isArray(part)) return `[${part.map((item) => space() + inner(item) + space()).join(',')}]`
    if (typeof part !== 'object' || part === null) return JSON.stringify(part)
    const members = Object.entries(part).map(
      ([name, member]) => `${space()}${stringText(name, seeded)}${space()}:${space()}${inner(member)}`,
    )
    if (members.length > 0 && seeded.percent(3)) members.push(seeded.pick(members))
    return `{${members.join(',')}${space()}}`
  }
  return inner(value)
}

function stringText(text: string, seeded: Seeded): string {
  const json = JSON.stringify(text)
  if (!seeded.percent(10)) return json
  return json.replace(/[a-z](?![^\\]*\\)/g, (letter) =>
    seeded.percent(20) ? `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}` : letter,
  )
}

/** Damages bytes in one place or a few. */
export function damaged(bytes: Buffer, seeded: Seeded): Buffer {
  let result = bytes
  for (let times = seeded.int(1, 3); times > 0; times -= 1) {
    const at = seeded.int(0, result.length)
    result = seeded.weighted<() => Buffer>([
      [3, () => result.subarray(0, at)],
      [3, () => Buffer.concat([result.subarray(0, at), randomBytes(seeded), result.subarray(at)])],
      [3, () => Buffer.concat([result.subarray(0, at), result.subarray(at + seeded.int(1, 8))])],
      [1, () => Buffer.concat([Buffer.from('\ufeff'), result])],
      [1, () => Buffer.concat([result, result])],
      [1, () => Buffer.concat([Buffer.from('['.repeat(seeded.int(1, 5_000))), result])],
    ])()
  }
  return result
}

const SIGNS = ['{', '}', '[', ']', '"', ':', ',', '\\', '\0', '\u007f', '/*', '0', 'e', '-', '\n']

const randomBytes = (seeded: Seeded): Buffer =>
  seeded.percent(60)
    ? Buffer.from(seeded.pick(SIGNS))
    : Buffer.from(several(seeded, 1, 6, () => seeded.int(0, 255)))

/** Changes a value in one place: a member gone, another one in its place, or one more. */
export function mutated(value: Json, seeded: Seeded, names: readonly string[]): Json {
  if (typeof value !== 'object' || value === null || seeded.percent(10)) return junkJson(seeded)
  if (Array.isArray(value)) {
    if (value.length === 0 || seeded.percent(20)) return [...value, junkJson(seeded)]
    const at = seeded.int(0, value.length - 1)
    return value.map((item, index) => (index === at ? mutated(item, seeded, names) : item))
  }
  const own = Object.keys(value)
  return seeded.weighted<() => Json>([
    [3, () => ({ ...value, [seeded.pick(names)]: junkJson(seeded) })],
    [1, () => ({ ...value, [junkText(seeded)]: junkJson(seeded) })],
    [
      own.length > 0 ? 2 : 0,
      () => {
        const gone = seeded.pick(own)
        return Object.fromEntries(Object.entries(value).filter(([name]) => name !== gone))
      },
    ],
    [
      own.length > 0 ? 6 : 0,
      () => {
        const name = seeded.pick(own)
        return { ...value, [name]: mutated(value[name] ?? null, seeded, names) }
      },
    ],
  ])()
}
