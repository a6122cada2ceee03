// ★ The one table of what the OpenAI side answers. A path that is not here does not exist; an upstream URL is built from
// the row, never from what a client sent. The rest of OpenAI's surface joins as rows.

/** How a request is made sense of: which body it has, where its usage stands, which events it streams. */
export type Dialect = 'chat' | 'responses'

interface EndpointBase {
  /** The path behind `/v1`; usage rows and logs name the endpoint by both. */
  readonly path: string
  readonly methods: readonly string[]
}

/** Forwarded, metered and charged. */
export interface MeteredEndpoint extends EndpointBase {
  readonly kind: 'metered'
  readonly dialect: Dialect
  /** Appended to the upstream's base URL. */
  readonly upstreamPath: string
  readonly maxBodyBytes: number
}

/** Answered from our own tables. */
export interface LocalEndpoint extends EndpointBase {
  readonly kind: 'local'
  readonly answer: 'models'
}

export type Endpoint = MeteredEndpoint | LocalEndpoint

const MEBIBYTE = 1024 * 1024
/** Codex sends some 70 KB a turn, vision requests tens of megabytes of base64. */
const JSON_BODY_BYTES_MAX = 32 * MEBIBYTE

export const ENDPOINTS: readonly Endpoint[] = [
  {
    kind: 'metered',
    path: '/chat/completions',
    methods: ['POST'],
    dialect: 'chat',
    upstreamPath: '/chat/completions',
    maxBodyBytes: JSON_BODY_BYTES_MAX,
  },
  {
    kind: 'metered',
    path: '/responses',
    methods: ['POST'],
    dialect: 'responses',
    upstreamPath: '/responses',
    maxBodyBytes: JSON_BODY_BYTES_MAX,
  },
  { kind: 'local', path: '/models', methods: ['GET', 'HEAD'], answer: 'models' },
]

const PREFIXES = ['/v1', '/api/v1'] as const

const BY_RAW_PATH = new Map(
  ENDPOINTS.flatMap((endpoint) => PREFIXES.map((prefix) => [prefix + endpoint.path, endpoint] as const)),
)

/** The raw path of a request target: everything before `?`, compared byte for byte and never decoded. */
export function rawPathOf(target: string): string {
  const query = target.indexOf('?')
  return query < 0 ? target : target.slice(0, query)
}

export const endpointAt = (rawPath: string): Endpoint | undefined => BY_RAW_PATH.get(rawPath)

/** Whether a raw path belongs to the OpenAI side whatever the request carries. */
export const isGatewayPath = (rawPath: string): boolean =>
  PREFIXES.some((prefix) => rawPath === prefix || rawPath.startsWith(`${prefix}/`))
