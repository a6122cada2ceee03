// Tells an upstream people apart without naming anyone: every person's requests carry a pseudonym, and share a prompt cache with
// nobody else's by a key of the client's choosing. All of it is spliced, and only for upstreams that know these members.
import type { Pseudonyms } from '../settings/pseudonyms.ts'
import type { Dialect, MeteredEndpoint } from './endpoints.ts'
import type { JsonObject } from './json-object.ts'
import { additionOf, type JsonObjectScan, memberOf, type Splice } from './json-scan.ts'
import type { FormField } from './media/form-scan.ts'

/** OpenAI takes no more for `prompt_cache_key`, and for `safety_identifier` (API reference, "Create a model response"). */
const LENGTH_MAX = 64

/** What a member becomes: where it stands, or, with `isAdded`, in any case. */
interface Rule {
  readonly name: 'safety_identifier' | 'prompt_cache_key' | 'user'
  readonly isAdded: boolean
}

const FOR_ANSWERS: readonly Rule[] = [
  { name: 'safety_identifier', isAdded: true },
  { name: 'prompt_cache_key', isAdded: true },
  { name: 'user', isAdded: false },
]
const FOR_OTHERS: readonly Rule[] = [{ name: 'user', isAdded: false }]

const RULES: Readonly<Record<Dialect, readonly Rule[]>> = {
  responses: FOR_ANSWERS,
  chat: FOR_ANSWERS,
  compaction: [{ name: 'prompt_cache_key', isAdded: false }],
  completions: FOR_OTHERS,
  embeddings: FOR_OTHERS,
  images: FOR_OTHERS,
  variations: FOR_OTHERS,
  transcriptions: [],
  translations: [],
  speech: [],
  input_tokens: [],
  moderations: [],
}

/** `null` is as good as missing; a value of the wrong kind separates nobody, and is replaced like any other. */
export function identitySplices(
  pseudonyms: Pseudonyms,
  { dialect }: Pick<MeteredEndpoint, 'dialect'>,
  userId: string,
  body: JsonObject,
  scan: JsonObjectScan,
): readonly Splice[] {
  const pseudonym = pseudonyms.of(userId)
  const splices: Splice[] = []
  for (const { name, isAdded } of RULES[dialect]) {
    const member = memberOf(scan, name)
    const value = name === 'prompt_cache_key' ? cacheKey(pseudonyms, pseudonym, body[name]) : pseudonym
    const text = JSON.stringify(value)
    const isThere = body[name] !== undefined && body[name] !== null
    if (member && (isThere || isAdded)) splices.push({ start: member.valueStart, end: member.valueEnd, text })
    else if (!member && isAdded) splices.push(additionOf(scan, `"${name}":${text}`))
  }
  return splices
}

/** Of a form: where its own bytes change. What is missing in it is missing still. */
export function formIdentitySplices(
  pseudonyms: Pseudonyms,
  { dialect }: Pick<MeteredEndpoint, 'dialect'>,
  userId: string,
  fields: readonly FormField[],
): readonly Splice[] {
  const names = new Set<string>(RULES[dialect].map(({ name }) => name))
  return fields
    .filter(({ name }) => names.has(name))
    .map(({ start, end }) => ({ start, end, text: pseudonyms.of(userId) }))
}

/** The client's own key behind the person's pseudonym: two people who name the same key share nothing by it. */
function cacheKey(pseudonyms: Pseudonyms, pseudonym: string, named: unknown): string {
  if (typeof named !== 'string' || named === '') return pseudonym
  const whole = `${pseudonym}-${named}`
  return whole.length <= LENGTH_MAX ? whole : `${pseudonym}-${pseudonyms.digest(named)}`
}
