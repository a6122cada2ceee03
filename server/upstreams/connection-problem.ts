// Names what kept a connection to an upstream from working, from the error that Node hands over.
import type { UpstreamProblem, UpstreamProblemCode } from '../../contract/upstream-problem.ts'
import type { WireErrorCode } from '../wire/wire-error.ts'

const BY_WIRE_CODE: Readonly<Record<WireErrorCode, UpstreamProblemCode>> = {
  ERR_WIRE_CONNECT_TIMEOUT: 'connection_timeout',
  ERR_WIRE_ANSWER_TIMEOUT: 'answer_timeout',
  ERR_WIRE_CLOSED: 'connection_reset',
  ERR_WIRE_NOT_HTTP: 'not_http',
  ERR_WIRE_HEAD_TOO_LARGE: 'failed',
  ERR_WIRE_INVALID_REQUEST: 'failed',
  ERR_WIRE_BODY_LENGTH: 'failed',
  ERR_WIRE_ABORTED: 'failed',
  ERR_WIRE_DESTROYED: 'failed',
}

const BY_ERROR_CODE: ReadonlyMap<string, UpstreamProblemCode> = new Map([
  ...(Object.entries(BY_WIRE_CODE) as [string, UpstreamProblemCode][]), // the keys of a record are its strings
  ['ERR_FORBIDDEN_ADDRESS', 'address_forbidden'],
  ['ENOTFOUND', 'dns_not_found'],
  ['EAI_AGAIN', 'dns_failed'],
  ['EAI_FAIL', 'dns_failed'],
  ['ESERVFAIL', 'dns_failed'],
  ['ECONNREFUSED', 'connection_refused'],
  ['ETIMEDOUT', 'connection_timeout'],
  ['EHOSTUNREACH', 'network_unreachable'],
  ['ENETUNREACH', 'network_unreachable'],
  ['ENETDOWN', 'network_unreachable'],
  ['EADDRNOTAVAIL', 'network_unreachable'],
  ['ECONNRESET', 'connection_reset'],
  ['EPIPE', 'connection_reset'],
  ['CERT_HAS_EXPIRED', 'tls_expired'],
  ['CERT_NOT_YET_VALID', 'tls_expired'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls_wrong_name'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls_untrusted'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls_untrusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls_untrusted'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'tls_untrusted'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls_untrusted'],
  ['CERT_UNTRUSTED', 'tls_untrusted'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls_not_spoken'],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'tls_not_spoken'],
  ['EPROTO', 'tls_failed'],
])

const PREFIXES: readonly (readonly [string, UpstreamProblemCode])[] = [
  ['HPE_', 'not_http'],
  ['ERR_SSL_', 'tls_failed'],
  ['ERR_TLS_', 'tls_failed'],
  ['CERT_', 'tls_failed'],
]

/** `baseUrl` and `seconds` fill the text; nothing of the error's own words is carried over. */
export function connectionProblem(error: unknown, baseUrl: string, seconds: number): UpstreamProblem {
  const errorCode = errorCodeOf(error)
  const byPrefix = PREFIXES.find(([prefix]) => errorCode.startsWith(prefix))?.[1]
  const code = BY_ERROR_CODE.get(errorCode) ?? byPrefix ?? 'failed'
  return { code, details: { ...placeOf(baseUrl), seconds } }
}

/** Host and port, for people. */
export function placeOf(baseUrl: string): { readonly host: string; readonly port: number } {
  const url = new URL(baseUrl)
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  return { host: url.hostname, port }
}

/** Of several addresses that were tried, the first one's error; of a wrapped error, the one inside. */
function errorCodeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const { code } = error as { code?: unknown }
  if (error instanceof AggregateError && error.errors.length > 0) return errorCodeOf(error.errors[0])
  // OpenSSL's own words are the only sign that what answered has never heard of TLS.
  if (code === 'EPROTO' && /wrong version number|packet length/.test(error.message))
    return 'ERR_SSL_WRONG_VERSION_NUMBER'
  if (typeof code === 'string') return code
  return error.cause === undefined ? '' : errorCodeOf(error.cause)
}
