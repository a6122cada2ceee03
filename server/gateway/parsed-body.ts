// Makes a value of a body: first one pass over its bytes, which bounds what the parser is given, then the parser itself. The
// value is for reading only; its long texts are cut.
import { isUtf8 } from 'node:buffer'
import { type Refusal, refusal } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { MEMBERS_MAX } from './body-names.ts'
import {
  type BodyScan,
  type BodyScanProblem,
  DEPTH_MAX,
  NAME_BYTES_MAX,
  PARSED_BYTES_MAX,
  ScannedBody,
  SHORT_TEXT_BYTES_MAX,
  scanBody,
  VALUES_MAX,
} from './body-scan.ts'
import { cutText } from './body-text.ts'
import { isObject, type JsonObject } from './json-object.ts'
import { SMALL_BYTES_MAX, SmallJson } from './small-json.ts'

export interface ParsedBody {
  /** Where its members stand in the bytes. */
  readonly scan: BodyScan
  readonly value: JsonObject
}

export function parseBody(body: Buffer): Result<ParsedBody, Refusal> {
  if (!isUtf8(body)) return fail(invalidJson('it is not UTF-8.'))
  const small = body.length > SMALL_BYTES_MAX ? undefined : parseSmall(body)
  return small ? ok(small) : parseAny(body)
}

/** Each of them was read by itself. */
const NO_NAMES: readonly number[] = []

function parseSmall(body: Buffer): ParsedBody | undefined {
  const json = new SmallJson(body, SHORT_TEXT_BYTES_MAX)
  const value = json.object()
  return (
    value && {
      value,
      scan: new ScannedBody(body, json.places, json.start, json.closingBrace, json.longTexts, NO_NAMES),
    }
  )
}

function parseAny(body: Buffer): Result<ParsedBody, Refusal> {
  const scan = scanBody(body)
  if (!scan.ok) return fail(refusalFor(scan.error))
  const { longTexts, escapedNames } = scan.value
  let value: unknown
  try {
    value = JSON.parse(cutText(body, longTexts, escapedNames))
  } catch (error) {
    // V8 may quote a few characters of the body, which the client sent itself. A place in a text that was changed is nobody's.
    const message = error instanceof Error ? error.message : ''
    const isChanged = longTexts.length > 0 || escapedNames.length > 0
    const problem = !isChanged ? message : message.replace(/ (?:in JSON )?at position.*$/, '')
    return fail(invalidJson(problem.slice(0, 200)))
  }
  return isObject(value) ? ok({ scan: scan.value, value }) : fail(invalidJson(NOT_AN_OBJECT))
}

const NOT_AN_OBJECT = 'it has to be an object.'

const invalidJson = (problem: string): Refusal => refusal('invalid_json', { problem })

const tooComplex = (problem: string): Refusal => refusal('body_too_complex', { problem })

function refusalFor(problem: BodyScanProblem): Refusal {
  switch (problem.kind) {
    case 'not_an_object':
      return invalidJson(NOT_AN_OBJECT)
    case 'malformed':
      return invalidJson('a text, a list or an object in it has no end, or an end without a beginning.')
    case 'duplicate':
      return refusal('duplicate_member', undefined, { param: problem.name.slice(0, 100) })
    case 'name_too_long':
      return tooComplex(`the name of a member is longer than ${NAME_BYTES_MAX} bytes.`)
    case 'too_deep':
      return tooComplex(`it is nested more than ${DEPTH_MAX} levels deep.`)
    case 'too_many_values':
      return tooComplex(`it has more than ${VALUES_MAX} values.`)
    case 'too_many_members':
      return tooComplex(`an object in it has more than ${MEMBERS_MAX} members.`)
    case 'too_much_to_parse':
      return tooComplex(`short texts and structure take more than ${PARSED_BYTES_MAX} bytes of it.`)
  }
}
