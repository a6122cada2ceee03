// How far a connection test came, told from what was wrong: each problem belongs to one stage, and those before it passed.
import type { UpstreamProblemCode } from '../../../../contract/upstream-problem.ts'
import type { Status } from '../../../kit/shape.tsx'

const STAGES = ['address', 'connection', 'secure', 'answer', 'key', 'models'] as const
export type Stage = (typeof STAGES)[number]

const STAGE_OF: Readonly<Record<UpstreamProblemCode, Stage>> = {
  address_forbidden: 'address',
  dns_not_found: 'address',
  dns_failed: 'address',
  connection_refused: 'connection',
  connection_timeout: 'connection',
  network_unreachable: 'connection',
  connection_reset: 'connection',
  tls_untrusted: 'secure',
  tls_expired: 'secure',
  tls_wrong_name: 'secure',
  tls_not_spoken: 'secure',
  tls_failed: 'secure',
  not_http: 'answer',
  answer_timeout: 'answer',
  answer_too_large: 'models',
  redirected: 'answer',
  answered_html: 'answer',
  not_openai: 'models',
  key_missing: 'key',
  key_rejected: 'key',
  access_denied: 'key',
  wrong_path: 'models',
  quota_exhausted: 'key',
  rate_limited: 'key',
  upstream_error: 'answer',
  failed: 'connection',
}

export const stageOf = (code: UpstreamProblemCode): Stage => STAGE_OF[code]

/** Every stage with its state; `undefined` for a test that found nothing wrong. Without TLS there is no secure connection. */
export function stagesOf(
  code: UpstreamProblemCode | undefined,
  isSecure: boolean,
): readonly { readonly stage: Stage; readonly status: Status }[] {
  const stages = STAGES.filter((stage) => stage !== 'secure' || isSecure)
  const failedAt = code === undefined ? stages.length : stages.indexOf(stageOf(code))
  return stages.map((stage, index) => ({ stage, status: statusAt(index, failedAt) }))
}

function statusAt(index: number, failedAt: number): Status {
  if (index < failedAt) return 'ok'
  return index === failedAt ? 'bad' : 'off'
}
