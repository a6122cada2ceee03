// ★ The one table of what the OpenAI side answers. A path that is not here does not exist; an upstream URL is built from
// the row, never from what a client sent. The rest of OpenAI's surface joins as rows.
import { type FileAction, fileRouteAt } from './files/file-endpoints.ts'

/** How a request is made sense of: which body it has, where its usage stands, which events it streams. */
export type Dialect =
  | 'chat'
  | 'completions'
  | 'responses'
  | 'compaction'
  | 'input_tokens'
  | 'embeddings'
  | 'moderations'
  | 'images'
  | 'variations'
  | 'transcriptions'
  | 'translations'
  | 'speech'

interface EndpointBase {
  /** The path behind `/v1`. */
  readonly path: string
  /** Both together: as usage rows, logs and counts name the endpoint. */
  readonly name: string
  readonly methods: readonly string[]
}

/** Forwarded, metered and charged. */
export interface MeteredEndpoint extends EndpointBase {
  readonly kind: 'metered'
  readonly dialect: Dialect
  /** Appended to the upstream's base URL. */
  readonly upstreamPath: string
  readonly maxBodyBytes: number
  /** Where it takes a form: how large that may be. */
  readonly form?: { readonly maxBytes: number; readonly isNeeded: boolean }
  /** Whether the upstream charges nothing for it, whichever model is named. It is limited and listed all the same. */
  readonly isFree: boolean
  /** Whether the same is answered over WebSocket, to an upgrade of the same path: a frame for each request. */
  readonly isOverSocket?: true
}

/** Answered from our own tables. */
export interface LocalEndpoint extends EndpointBase {
  readonly kind: 'local'
  readonly answer: 'models' | 'model' | 'usage'
}

/** Something that the upstream keeps for whoever made it, named by an id in the path. Nothing is charged for it. */
export interface StoredEndpoint extends EndpointBase {
  readonly kind: 'stored'
  /** Appended to the upstream's base URL, with the id in the place of `{response}`. */
  readonly upstreamPath: string
  /** Of the query, these members go along, as often as they stand there. */
  readonly query: readonly string[]
  /** Whether the answer lists items, which are from then on the asking person's own. */
  readonly hasItems: boolean
}

/** Files that the upstream keeps as inputs for whoever put them in. Nothing is charged for them. */
export interface FileEndpoint extends EndpointBase {
  readonly kind: 'files'
  readonly action: FileAction
  /** The id in the path; empty where it has none. */
  readonly id: string
}

export type Endpoint = MeteredEndpoint | LocalEndpoint | StoredEndpoint

const MEBIBYTE = 1024 * 1024
/** Codex sends some 70 KB a turn, vision requests tens of megabytes of base64. */
export const JSON_BODY_BYTES_MAX = 32 * MEBIBYTE

const named = (path: string) => ({ path, name: `/v1${path}` })

const forwarded = (path: string, dialect: Dialect, isFree = false): MeteredEndpoint => ({
  kind: 'metered',
  ...named(path),
  methods: ['POST'],
  dialect,
  upstreamPath: path,
  maxBodyBytes: JSON_BODY_BYTES_MAX,
  isFree,
})

/** What takes files as parts of a form (OpenAI API reference: sounds of 25 MB, images of 50 MB each). */
const withForm = (
  path: string,
  dialect: Dialect,
  maxMebibytes: number,
  isNeeded = true,
): MeteredEndpoint => ({
  ...forwarded(path, dialect),
  form: { maxBytes: maxMebibytes * MEBIBYTE, isNeeded },
})

/** The rest of its path is the model's id, whatever characters it has: it is looked up here, and never sent anywhere. */
const ONE_MODEL: LocalEndpoint = {
  kind: 'local',
  ...named('/models/{model}'),
  methods: ['GET', 'HEAD'],
  answer: 'model',
}

/** HEAD is a GET without its body (RFC 9110, "HEAD"), wherever there is one. */
const withHead = (methods: readonly string[]): readonly string[] =>
  methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : method))

const stored = (path: string, methods: readonly string[], query: readonly string[] = []): StoredEndpoint => ({
  kind: 'stored',
  ...named(path),
  methods: withHead(methods),
  upstreamPath: path,
  query,
  hasItems: path.endsWith('/input_items'),
})

/** Responses that were made with `store`, by whoever made them (OpenAI API reference, "Responses"). */
const STORED: readonly StoredEndpoint[] = [
  stored(
    '/responses/{response}',
    ['GET', 'DELETE'],
    ['include', 'include[]', 'stream', 'starting_after', 'include_obfuscation'],
  ),
  stored('/responses/{response}/cancel', ['POST']),
  stored(
    '/responses/{response}/input_items',
    ['GET'],
    ['after', 'before', 'limit', 'order', 'include', 'include[]'],
  ),
]

/** Those that have no id in their path. */
export const AT_ONE_PATH: readonly Endpoint[] = [
  forwarded('/chat/completions', 'chat'),
  { ...forwarded('/responses', 'responses'), isOverSocket: true },
  forwarded('/responses/compact', 'compaction'),
  forwarded('/responses/input_tokens', 'input_tokens', true),
  forwarded('/completions', 'completions'),
  forwarded('/embeddings', 'embeddings'),
  forwarded('/moderations', 'moderations', true),
  forwarded('/images/generations', 'images'),
  withForm('/images/edits', 'images', 256, false),
  withForm('/images/variations', 'variations', 26),
  withForm('/audio/transcriptions', 'transcriptions', 26),
  withForm('/audio/translations', 'translations', 26),
  forwarded('/audio/speech', 'speech'),
  { kind: 'local', ...named('/models'), methods: ['GET', 'HEAD'], answer: 'models' },
  { kind: 'local', ...named('/usage'), methods: ['GET', 'HEAD'], answer: 'usage' },
]

export const ENDPOINTS: readonly Endpoint[] = [...AT_ONE_PATH, ...STORED, ONE_MODEL]

/** The latter two are those of clients that are made for OpenAI at Azure, whose requests are the same behind them. */
const PREFIXES = ['/v1', '/api/v1', '/openai/v1', '/openai'] as const
/** Without any, for clients whose base URL lacks it: only where a request carries an API key does it come here. */
const ANY_PREFIX = [...PREFIXES, ''] as const

/**
 * Of what is answered here also as clients write it that join a base URL with a slash at its end as it is: they show an empty
 * list of models, and not why. What goes upstream is refused there, with what to set.
 */
const prefixesOf = ({ kind }: Endpoint): readonly string[] =>
  kind === 'local' ? [...ANY_PREFIX, ...PREFIXES.map((prefix) => `${prefix}/`)] : ANY_PREFIX

const BY_RAW_PATH = new Map(
  AT_ONE_PATH.flatMap((endpoint) =>
    prefixesOf(endpoint).map((prefix) => [prefix + endpoint.path, endpoint] as const),
  ),
)
const DEPLOYMENTS = '/openai/deployments/'
/** What a client calls a deployment: a model's name, with slashes or not. No segment of it climbs. */
const DEPLOYMENT = /^[\w~%:@+-][\w.~%:@+-]*(?:\/[\w~%:@+-][\w.~%:@+-]*){0,4}$/
const DEPLOYMENT_LENGTH_MAX = 200
const DEPLOYED = AT_ONE_PATH.filter(({ kind }) => kind === 'metered')

function deployedAt(rawPath: string): { readonly endpoint: Endpoint; readonly name: string } | undefined {
  if (!rawPath.startsWith(DEPLOYMENTS)) return undefined
  for (const endpoint of DEPLOYED) {
    if (!rawPath.endsWith(endpoint.path)) continue
    const name = rawPath.slice(DEPLOYMENTS.length, -endpoint.path.length)
    if (name.length <= DEPLOYMENT_LENGTH_MAX && DEPLOYMENT.test(name)) return { endpoint, name }
  }
  return undefined
}

/** The deployment that a raw path names, as it stands there: the model, whatever the body says. */
export const deploymentAt = (rawPath: string): string | undefined => deployedAt(rawPath)?.name

const BEFORE_MODELS = ANY_PREFIX.map((prefix) => `${prefix}/models/`)

/** The raw path of a request target: everything before `?`, compared byte for byte and never decoded. */
export function rawPathOf(target: string): string {
  const query = target.indexOf('?')
  return query < 0 ? target : target.slice(0, query)
}

/** What a raw path under `/files` and `/uploads` answers; undefined where it is none of them. */
export function filesAt(
  rawPath: string,
  method: string,
):
  | {
      readonly name: string
      readonly methods: readonly string[]
      readonly endpoint: FileEndpoint | undefined
    }
  | undefined {
  const prefix = ANY_PREFIX.find((start) => rawPath.startsWith(`${start}/`))
  const found = prefix === undefined ? undefined : fileRouteAt(rawPath.slice(prefix.length))
  if (!found) return undefined
  const { path, actions } = found.route
  const methods = withHead(Object.keys(actions))
  const meant = method === 'HEAD' ? 'GET' : method
  const action = Object.hasOwn(actions, meant) ? actions[meant] : undefined
  const row = named(path)
  const endpoint: FileEndpoint | undefined = action && {
    kind: 'files',
    ...row,
    methods,
    action,
    id: found.id,
  }
  return { name: row.name, methods, endpoint }
}

export const endpointAt = (rawPath: string): Endpoint | undefined =>
  BY_RAW_PATH.get(rawPath) ??
  deployedAt(rawPath)?.endpoint ??
  storedAt(rawPath)?.endpoint ??
  (modelIdAt(rawPath) === undefined ? undefined : ONE_MODEL)

/** The methods that a raw path answers; undefined where nothing is there. */
export const methodsAt = (rawPath: string): readonly string[] | undefined =>
  endpointAt(rawPath)?.methods ?? filesAt(rawPath, '')?.methods

/** As usage rows, logs and counts name what a raw path leads to, whatever is asked of it; undefined where nothing is there. */
export const endpointNameAt = (rawPath: string): string | undefined =>
  (endpointAt(rawPath) ?? filesAt(rawPath, ''))?.name

const BEFORE_RESPONSES = ANY_PREFIX.map((prefix) => `${prefix}/responses/`)
/** An id as the upstream makes them, and at most one word behind it. Anything else, however encoded, names nothing. */
const STORED_FORM = /^([A-Za-z0-9_-]{1,200})(\/[a-z_]+)?$/

/** The row of something stored, and the id that a raw path names. */
export function storedAt(
  rawPath: string,
): { readonly endpoint: StoredEndpoint; readonly id: string } | undefined {
  const before = BEFORE_RESPONSES.find((start) => rawPath.startsWith(start))
  const form = before === undefined ? null : STORED_FORM.exec(rawPath.slice(before.length))
  const [, id, behind = ''] = form ?? []
  const endpoint = STORED.find(({ path }) => path === `/responses/{response}${behind}`)
  return endpoint && id !== undefined ? { endpoint, id } : undefined
}

/** What stands behind `/models/` in a raw path, as it stands there; undefined where nothing does. */
export function modelIdAt(rawPath: string): string | undefined {
  const before = BEFORE_MODELS.find((start) => rawPath.startsWith(start))
  return before !== undefined && rawPath.length > before.length ? rawPath.slice(before.length) : undefined
}

/** Whether a raw path belongs to the OpenAI side whatever the request carries. */
export const isGatewayPath = (rawPath: string): boolean =>
  PREFIXES.some((prefix) => rawPath === prefix || rawPath.startsWith(`${prefix}/`))
