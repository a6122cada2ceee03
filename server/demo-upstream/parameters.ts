// Checks a request's parameters as OpenAI does: an unknown one is refused by name, a wrong type or range with its text.
import { asObject, type JsonObject } from './json.ts'
import {
  integerAbove,
  integerBelow,
  missingParameter,
  type Refused,
  unknownParameter,
  wrongType,
  wrongValue,
} from './openai-error.ts'

/** Undefined where a value is fine. Null stands for "left out" everywhere and is never handed to a check. */
export type Check = (value: unknown, param: string) => Refused | undefined

export const anything: Check = () => undefined

const typed =
  (expected: string, fits: (value: unknown) => boolean): Check =>
  (value, param) =>
    fits(value) ? undefined : wrongType(param, expected, value)

export const aBoolean = typed('a boolean', (value) => typeof value === 'boolean')
export const aString = typed('a string', (value) => typeof value === 'string')
export const aNumber = typed('a number', (value) => typeof value === 'number')
export const anArray = typed('an array', Array.isArray)
export const anObject = typed('an object', (value) => asObject(value) !== undefined)
export const textOrArray = typed(
  'a string or an array',
  (value) => typeof value === 'string' || Array.isArray(value),
)
export const textOrObject = typed(
  'a string or an object',
  (value) => typeof value === 'string' || asObject(value) !== undefined,
)

const isInteger = typed('an integer', Number.isInteger)

export function integerFrom(min: number, max = Number.MAX_SAFE_INTEGER): Check {
  return (value, param) => {
    if (typeof value !== 'number') return isInteger(value, param)
    if (value < min) return integerBelow(param, min, value)
    return value > max ? integerAbove(param, max, value) : isInteger(value, param)
  }
}

export function oneOf(...choices: readonly string[]): Check {
  return (value, param) => {
    if (typeof value !== 'string') return aString(value, param)
    return choices.includes(value) ? undefined : wrongValue(param, value, choices)
  }
}

export const serviceTier = oneOf('auto', 'default', 'flex', 'scale', 'priority', 'fast', 'ultrafast')
export const reasoningEffort = oneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max')

/** An object that may have only these members. */
export function objectOf(members: Readonly<Record<string, Check>>): Check {
  return (value, param) => {
    const object = asObject(value)
    return object ? checkMembers(object, members, `${param}.`) : anObject(value, param)
  }
}

/** The first thing that is wrong with `object`, if anything is. */
export function checkMembers(
  object: JsonObject,
  members: Readonly<Record<string, Check>>,
  prefix = '',
): Refused | undefined {
  for (const [name, value] of Object.entries(object)) {
    const check = Object.hasOwn(members, name) ? members[name] : undefined
    if (!check) return unknownParameter(prefix + name)
    const refused = value === null ? undefined : check(value, prefix + name)
    if (refused) return refused
  }
  return undefined
}

export function missingOf(object: JsonObject, required: readonly string[]): Refused | undefined {
  const name = required.find((one) => object[one] === undefined || object[one] === null)
  return name === undefined ? undefined : missingParameter(name)
}
