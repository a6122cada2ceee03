// What a path was meant for that is none of ours: a known endpoint behind a base URL that was set wrongly, or another vendor's
// API. It is refused all the same, but its person is told what to set.
import { type Refusal, refusal } from '../../contract/errors.ts'
import { AT_ONE_PATH, endpointAt } from './endpoints.ts'

const PATH_LENGTH_MAX = 200
/** Plain characters alone: whoever encodes or climbs has not set a base URL wrongly. */
const PLAIN = /^\/[A-Za-z0-9_/-]*$/
/**
 * A client for OpenAI at Azure puts `/openai` behind its endpoint by itself and mostly a deployment behind that, whose name may
 * have dots and never climbs. Behind an endpoint that ends as a base URL does, it asks for nothing that there is.
 */
const FOR_AZURE =
  /^(?:\/+(?:v1|api))*(?:\/+openai)*\/+deployments\/([\w-][\w.-]*)((?:\/[a-z]+)+)$|^(?:\/+api)?\/+v1\/+openai((?:\/[a-z]+)+)$/
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
  if (rawPath.length > PATH_LENGTH_MAX) return undefined
  const atAzure = meantAtAzure(rawPath)
  if (atAzure !== undefined)
    return refusal('unknown_url', { cause: 'azure_endpoint', path: rawPath, endpoint: atAzure })
  if (!PLAIN.test(rawPath)) return undefined
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

/** Where it is answered, with the endpoint set as it has to be. */
function meantAtAzure(rawPath: string): string | undefined {
  const [, deployment, asked, undeployed] = FOR_AZURE.exec(rawPath) ?? []
  const behind = deployment === undefined ? undeployed : `/deployments/${deployment}${asked}`
  const meant = `/openai${behind}`
  return behind === undefined || endpointAt(meant) === undefined ? undefined : meant
}
