// A form as the JSON object that would say the same: what decides about a request is then read in one way, however it came.
// Only read; what is sent is the form, byte for byte.
import type { Refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import { invalidParameter } from '../walk.ts'
import type { FormContent } from './form-scan.ts'
import { invalidForm } from './part-header.ts'

const NUMBERS = new Set(['n', 'partial_images', 'frame_count', 'output_compression', 'temperature'])
const BOOLEANS = new Set(['stream'])
/** Members that decide something. By any other spelling, some reader might find one where we find none. */
const DECIDING = new Set([
  ...NUMBERS,
  ...BOOLEANS,
  'model',
  'size',
  'quality',
  'response_format',
  'output_format',
  'purpose',
  'user',
])
const PLAIN_NUMBER = /^-?\d{1,15}(?:\.\d{1,15})?$/
const LIST = /^([^[\]]+)\[\]$/
const NESTED = /^([^[\]]+)\[([^[\]]+)\](?:\[([^[\]]+)\])?$/

type Members = Map<string, unknown>

/** A file stands in it as `{"file":{"bytes":…}}`, with the length of its sound where that is known. */
export function formJson(content: FormContent, soundMs: number | undefined): Result<Buffer, Refusal> {
  const members: Members = new Map()
  for (const { name, value } of content.fields) {
    const refused = putField(members, name, value)
    if (refused) return fail(refused)
  }
  for (const { name, bytes } of content.files) {
    const base = LIST.exec(name)?.[1] ?? name
    if (DECIDING.has(base)) return fail(invalidParameter(base, 'it is no file.'))
    const known = members.get(base)
    if (known !== undefined && !Array.isArray(known))
      return fail(invalidForm(`"${base.slice(0, 100)}" is both a file and a text.`))
    const file = { file: { bytes, ...(soundMs === undefined ? {} : { sound_ms: soundMs }) } }
    members.set(base, [...(known ?? []), file])
  }
  return ok(Buffer.from(JSON.stringify(toObject(members))))
}

function putField(members: Members, name: string, text: string): Refusal | undefined {
  const list = LIST.exec(name)?.[1]
  const nested = list === undefined ? NESTED.exec(name) : null
  const base = list ?? nested?.[1] ?? name
  if (base !== name && DECIDING.has(base))
    return invalidParameter(base, `it is called "${base}" and nothing else.`)
  if (list !== undefined) {
    const known = members.get(list) ?? []
    if (!Array.isArray(known)) return invalidForm(`"${list.slice(0, 100)}" is both one and a list.`)
    members.set(list, [...known, text])
    return undefined
  }
  if (nested)
    return putNested(
      members,
      nested.slice(1).filter((step) => step !== undefined),
      text,
    )
  if (/[[\]]/.test(name)) return invalidForm(`"${name.slice(0, 100)}" is no name of a field.`)
  if (members.has(name)) return invalidForm(`"${name.slice(0, 100)}" stands there twice.`)
  const value = readValue(name, text)
  if (value === undefined) return invalidParameter(name, `"${text.slice(0, 40)}" cannot be read.`)
  members.set(name, value)
  return undefined
}

function readValue(name: string, text: string): unknown {
  if (NUMBERS.has(name)) return PLAIN_NUMBER.test(text) ? Number(text) : undefined
  if (!BOOLEANS.has(name)) return text
  return text === 'true' || text === 'false' ? text === 'true' : undefined
}

function putNested(members: Members, steps: readonly string[], text: string): Refusal | undefined {
  let at = members
  for (const step of steps.slice(0, -1)) {
    const inner = at.get(step) ?? new Map<string, unknown>()
    if (!(inner instanceof Map)) return invalidForm(`"${step.slice(0, 100)}" is both a text and an object.`)
    at.set(step, inner)
    at = inner
  }
  const last = steps.at(-1) ?? ''
  if (at.has(last)) return invalidForm(`"${steps.join('.').slice(0, 100)}" stands there twice.`)
  at.set(last, text)
  return undefined
}

const toObject = (members: Members): object =>
  Object.fromEntries(
    [...members].map(([name, value]) => [name, value instanceof Map ? toObject(value) : value]),
  )
