// Makes a value that fits a JSON Schema, from what the prompt says: arguments for tools and answers with a fixed shape.
import { asArray, asInteger, asObject, asString, type JsonObject } from './json.ts'

export interface Hints {
  readonly prompt: string
  /** Values for members that are known by name, such as the command to run. */
  readonly known: JsonObject
}

const DEPTH_MAX = 8
const ITEMS_MAX = 16

/** A value that fits `schema`; members that nothing requires and nothing is known of are left out. */
export function sampleOf(schema: JsonObject, hints: Hints): unknown {
  return sample(schema, '', hints, schema, 0)
}

/** Arguments for a tool: always an object, with everything that is required. */
export function argumentsFor(parameters: JsonObject, hints: Hints): JsonObject {
  return objectOf(parameters, hints, parameters, 0)
}

function sample(schema: JsonObject, name: string, hints: Hints, root: JsonObject, depth: number): unknown {
  if (depth > DEPTH_MAX) return null
  if (schema.const !== undefined) return schema.const
  const choices = asArray(schema.enum)
  if (choices.length > 0) return choices.find((choice) => isNamed(choice, hints.prompt)) ?? choices[0]
  const inner = alternativeOf(schema, root)
  if (inner) return sample(inner, name, hints, root, depth + 1)
  switch (typeOf(schema)) {
    case 'object':
      return objectOf(schema, hints, root, depth)
    case 'array':
      return arrayOf(schema, name, hints, root, depth)
    case 'integer':
    case 'number':
      return numberOf(schema, hints.prompt)
    case 'boolean':
      return schema.default === true
    case 'null':
      return null
    default:
      return textOf(schema, name, hints.prompt)
  }
}

const isNamed = (choice: unknown, prompt: string): boolean =>
  typeof choice === 'string' && choice !== '' && prompt.toLowerCase().includes(choice.toLowerCase())

function typeOf(schema: JsonObject): string | undefined {
  if (Array.isArray(schema.type))
    return schema.type.find((one): one is string => typeof one === 'string' && one !== 'null')
  return asString(schema.type) ?? (asObject(schema.properties) ? 'object' : undefined)
}

function alternativeOf(schema: JsonObject, root: JsonObject): JsonObject | undefined {
  const reference = asString(schema.$ref)
  if (reference?.startsWith('#/')) {
    const steps = reference.slice(2).split('/')
    return asObject(steps.reduce<unknown>((value, step) => asObject(value)?.[step], root))
  }
  const alternatives = [...asArray(schema.anyOf), ...asArray(schema.oneOf), ...asArray(schema.allOf)]
  return alternatives.map(asObject).find((one) => one !== undefined && one.type !== 'null')
}

function objectOf(schema: JsonObject, hints: Hints, root: JsonObject, depth: number): JsonObject {
  const properties = asObject(schema.properties) ?? {}
  const required = new Set(asArray(schema.required))
  const value: Record<string, unknown> = {}
  for (const [name, raw] of Object.entries(properties)) {
    const known = hints.known[name]
    if (known !== undefined) value[name] = known
    else if (required.has(name)) value[name] = sample(asObject(raw) ?? {}, name, hints, root, depth + 1)
  }
  return value
}

function arrayOf(schema: JsonObject, name: string, hints: Hints, root: JsonObject, depth: number): unknown[] {
  const count = Math.min(asInteger(schema.minItems) ?? 1, ITEMS_MAX)
  const items = asObject(schema.items) ?? {}
  return Array.from({ length: count }, () => sample(items, name, hints, root, depth + 1))
}

function numberOf(schema: JsonObject, prompt: string): number {
  const found = Number(/-?\d+(?:\.\d+)?/.exec(prompt)?.[0] ?? Number.NaN)
  const min = typeof schema.minimum === 'number' ? schema.minimum : Number.NEGATIVE_INFINITY
  const max = typeof schema.maximum === 'number' ? schema.maximum : Number.POSITIVE_INFINITY
  const wanted = Number.isFinite(found) ? found : Math.max(min, Math.min(1, max))
  const value = Math.max(min, Math.min(wanted, max))
  return typeOf(schema) === 'integer' ? Math.round(value) : value
}

function textOf(schema: JsonObject, name: string, prompt: string): string {
  const preset = asString(schema.default)
  if (preset !== undefined) return preset
  if (/city|location|place|country|address|destination|town/i.test(name)) return placeIn(prompt) ?? 'Berlin'
  if (/path|file|dir|folder/i.test(name)) return pathIn(prompt) ?? '.'
  if (/date/i.test(name)) return /\d{4}-\d{2}-\d{2}/.exec(prompt)?.[0] ?? '2026-11-01'
  return quotedIn(prompt) ?? (prompt === '' ? 'demo' : prompt.slice(0, 200))
}

const quotedIn = (prompt: string): string | undefined =>
  /["“'「`]([^"”'」`]{1,200})["”'」`]/.exec(prompt)?.[1]

/** The place that a prompt names, such as Paris in "the weather in Paris?" and 北京 in 北京的天气. */
export const placeIn = (prompt: string): string | undefined =>
  /\b(?:in|at|for|near|of|to)\s+((?:[A-Z][\p{L}'-]*)(?:[ ,]+[A-Z][\p{L}'-]*)*)/u.exec(prompt)?.[1] ??
  /([\u4e00-\u9fff]{2,4}?)(?:的|现在|今天|明天|天气)/.exec(prompt)?.[1]

/** The path that a prompt names, such as src/main.ts or /etc/hosts. */
export const pathIn = (prompt: string): string | undefined =>
  /(?:^|[\s`"'“])((?:[~.\w-]*\/)*[\w-][\w.-]*\.[A-Za-z]\w{0,7}|[~.]{0,2}(?:\/[\w.-]+)+)/.exec(prompt)?.[1]
