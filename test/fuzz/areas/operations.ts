// Every operation of the catalogue with inputs made from its own schema, from what is known to exist, and from junk; called
// by nobody, by a person and by an administrator.
import { z } from 'zod'
import { CATALOGUE, operationNames } from '../../../contract/catalogue.ts'
import { createSeeded, type Seeded } from '../../faults/support/seeded.ts'
import { ADMIN, type Portal, startPortal, USER } from '../../integration/support/portal.ts'
import { wrongEnvelope } from '../support/answers.ts'
import { type FuzzArea, runCases, seedOf, several } from '../support/area.ts'
import { type Json, junkJson, junkText, mutated } from '../support/junk.ts'
import { defectsIn } from '../support/openai-side.ts'

interface Schema {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly enum?: readonly Json[]
  readonly const?: Json
  readonly additionalProperties?: Schema | boolean
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
}

const SCHEMAS = new Map<string, Schema>(
  operationNames.map((name) => {
    const input = CATALOGUE.get(name)?.input ?? z.strictObject({})
    // What zod writes is a JSON schema; of it, the generator below knows the keywords that this contract uses.
    return [name, z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as Schema]
  }),
)

/** What a text may be: something that exists, something that does not, or junk. No address outside of this machine. */
const known: string[] = [
  USER.email,
  ADMIN.email,
  ADMIN.password,
  USER.password,
  'test-model',
  'demo-fast',
  'UTC',
]
const TEXTS = [
  'nobody',
  'http://127.0.0.1:9/v1',
  'sk-test-0123456789abcdef',
  '2026-11',
  '2026-02-30',
  'de',
  'zh-CN',
]

function inputOf(schema: Schema, seeded: Seeded, depth = 5): Json {
  if (depth === 0 || seeded.percent(4)) return junkJson(seeded, 2)
  if (schema.const !== undefined) return schema.const
  if (schema.enum && schema.enum.length > 0) return seeded.pick(schema.enum)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices && choices.length > 0) return inputOf(seeded.pick(choices), seeded, depth)
  if (schema.allOf?.[0]) return inputOf(schema.allOf[0], seeded, depth)
  const type = typeof schema.type === 'string' ? schema.type : schema.type?.[0]
  switch (type) {
    case 'object':
      return objectOf(schema, seeded, depth)
    case 'array':
      return several(seeded, 0, 3, () => inputOf(schema.items ?? {}, seeded, depth - 1))
    case 'string':
      return textOf(schema, seeded)
    case 'integer':
    case 'number':
      return numberOf(schema, seeded)
    case 'boolean':
      return seeded.percent(50)
    case 'null':
      return null
    default:
      return junkJson(seeded, 1)
  }
}

function objectOf(
  { properties = {}, required = [], additionalProperties }: Schema,
  seeded: Seeded,
  depth: number,
): Json {
  const members = Object.entries(properties)
    .filter(([name]) => (required.includes(name) ? seeded.percent(97) : seeded.percent(40)))
    .map(([name, member]) => [name, inputOf(member, seeded, depth - 1)] as const)
  if (typeof additionalProperties === 'object')
    members.push(
      ...several(
        seeded,
        0,
        2,
        () => [textOf({}, seeded), inputOf(additionalProperties, seeded, depth - 1)] as const,
      ),
    )
  return Object.fromEntries(members)
}

function textOf({ minLength = 0, maxLength = 40 }: Schema, seeded: Seeded): string {
  if (seeded.percent(55)) return seeded.pick(known)
  if (seeded.percent(40)) return seeded.pick(TEXTS)
  if (seeded.percent(50)) return junkText(seeded)
  const length = seeded.pick([minLength, minLength - 1, maxLength, maxLength + 1])
  return 'a'.repeat(Math.max(0, Math.min(length, 3_000)))
}

function numberOf({ minimum = -10, maximum = 1_000_000 }: Schema, seeded: Seeded): number {
  const edge = [minimum, minimum - 1, maximum, maximum + 1, 0, 1, 0.5, 2 ** 53, -1]
  return seeded.percent(50) ? seeded.pick(edge) : seeded.int(0, 1_000_000)
}

/** Ids and their like in an answer become known. */
function learn(text: string): void {
  for (const [, found = ''] of text.matchAll(
    /"(?:\w*[iI]d|nextCursor|email|code|model|fingerprint)":"([^"\\]{1,200})"/g,
  )) {
    if (known.includes(found)) continue
    known.push(found)
    if (known.length > 200) known.splice(7, 1)
  }
}

/** Work of minutes, or the end of everything for those that come after. */
const SELDOM = new Set(['backups.restore', 'backups.create', 'settings.testMail', 'setup.complete'])

export const operations: FuzzArea = {
  name: 'operations',
  async run({ seed, cases }) {
    const portal = await startPortal()
    const admin = await portal.setUp()
    await portal.call('users.create', USER, { cookie: admin })
    const cookies = new Map([
      ['admin', admin],
      ['user', await portal.signIn(USER)],
      ['nobody', ''],
    ])
    const problems: string[] = []
    try {
      problems.push(
        ...(await runCases(
          'operations',
          { seed, cases },
          (number) => caseOf(portal, cookies, seed, number),
          (parts) => JSON.stringify(Object.fromEntries(parts)),
        )),
      )
    } finally {
      await portal.stop().catch((error: unknown) => problems.push(String(error)))
    }
    return [...problems, ...defectsIn(portal.log)]
  },
}

function caseOf(portal: Portal, cookies: Map<string, string>, seed: number, number: number) {
  const seeded = createSeeded(seedOf(seed, number))
  // Each of them in its turn, whatever the seed.
  const name = operationNames[number % operationNames.length] ?? ''
  const isSeldom = SELDOM.has(name)
  const who = isSeldom && seeded.percent(80) ? 'user' : seeded.pick(['admin', 'admin', 'user', 'nobody'])
  let input = inputOf(SCHEMAS.get(name) ?? {}, seeded)
  if (seeded.percent(20)) input = mutated(input, seeded, ['userId', 'limit', 'cursor', 'keyId', 'name', 'id'])
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input)
  return {
    parts: isObject ? Object.entries(input as Record<string, Json>) : [['input', input] as const],
    async look(parts: readonly (readonly [string, Json])[]) {
      const body = isObject ? Object.fromEntries(parts) : parts[0]?.[1]
      const cookie = cookies.get(who) ?? ''
      const reply = await portal.send({
        method: 'POST',
        path: `/api/${name}`,
        headers: {
          'content-type': 'application/json',
          'x-requested-with': 'codex-gateway',
          ...(cookie === '' ? {} : { cookie }),
        },
        body: JSON.stringify(body ?? null),
      })
      learn(reply.text)
      const headers = Object.fromEntries(
        Object.entries(reply.headers).map(([header, value]) => [header, String(value)]),
      )
      const wrong = wrongEnvelope({ status: reply.status, headers, text: reply.text })
      await comeBack(portal, cookies, who, reply.text)
      return wrong === undefined ? undefined : `${name} by ${who}: ${wrong}`
    },
  }
}

/** Whoever was signed out by what was called signs in again, where that is still possible. */
async function comeBack(
  portal: Portal,
  cookies: Map<string, string>,
  who: string,
  text: string,
): Promise<void> {
  if (who === 'nobody' || !text.includes('"unauthenticated"')) return
  const cookie = await portal.signIn(who === 'admin' ? ADMIN : USER)
  if (cookie !== '') cookies.set(who, cookie)
}
