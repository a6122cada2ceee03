// What a path was meant for that is none of ours: a known endpoint behind a base URL that was set wrongly, or another vendor's
// API. It is refused all the same, but its person is told what to set.
import { type Refusal, refusal } from '../../contract/errors.ts'
import { AT_ONE_PATH } from './endpoints.ts'

const PATH_LENGTH_MAX = 200
/** Plain characters alone: whoever encodes or climbs has not set a base URL wrongly. */
const PLAIN = /^\/[A-Za-z0-9_/-]*$/
/** What wrong base URLs put in front of an endpoint: prefixes twice, slashes twice, an endpoint before the endpoint. */
const BEFORE = /^(?:\/+(?:v1|api|openai|chat|completions|responses|embeddings|models))*$/

/** The longest first: `/completions` ends `/chat/completions` too. */
const ENDINGS = AT_ONE_PATH.map(({ path }) => path).sort((one, other) => other.length - one.length)

const OTHER_VENDORS: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:\/v1)*\/messages(?:\/count_tokens)?$/,
    'it is of Anthropic’s API, and this gateway speaks that of OpenAI. Use /v1/chat/completions or /v1/responses',
  ],
  [
    /^\/api\/(?:chat|generate|tags|show)$/,
    'it is of Ollama’s API, and this gateway speaks that of OpenAI. Choose an OpenAI-compatible provider in the client, with the base URL of this gateway, which ends in /v1',
  ],
]

/** The refusal that says so; undefined for every other path. */
export function meantElsewhere(rawPath: string): Refusal | undefined {
  if (rawPath.length > PATH_LENGTH_MAX || !PLAIN.test(rawPath)) return undefined
  for (const [form, reason] of OTHER_VENDORS)
    if (form.test(rawPath)) return refusal('endpoint_not_offered', { endpoint: rawPath, reason })
  const path = rawPath.replace(/\/+$/, '').toLowerCase()
  const ending = ENDINGS.find(
    (known) => path.endsWith(known) && BEFORE.test(path.slice(0, -known.length).replace(/\/+$/, '')),
  )
  return ending === undefined
    ? undefined
    : refusal('unknown_url', { cause: 'base_url', path: rawPath, endpoint: `/v1${ending}` })
}
