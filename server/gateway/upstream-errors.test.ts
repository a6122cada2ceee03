// What a client is told of an upstream's error: the request's own faults in the upstream's words, the operator's in ours.
import { describe, expect, test } from 'vitest'
import { ERRORS } from '../../contract/errors.ts'
import type { Sending } from './request.ts'
import { judgeStreamError, judgeUpstreamError, type UpstreamErrorVerdict } from './upstream-errors.ts'

interface Said {
  readonly message?: string
  readonly type?: string | null
  readonly param?: string | null
  readonly code?: string | number | null
}

function judge(
  status: number,
  body: string | Said,
  more: { headers?: object; alias?: string } = {},
): UpstreamErrorVerdict {
  const text = typeof body === 'string' ? body : JSON.stringify({ error: { param: null, ...body } })
  // Of a held request only its models are looked at.
  const held = {
    alias: more.alias,
    upstreamModel: 'gpt-6-sol',
    facts: { model: more.alias ?? 'gpt-6-sol' },
  } as Sending
  return judgeUpstreamError({ status, headers: { ...more.headers } }, Buffer.from(text), held)
}

/** The code that the client is told, or `pass` where it gets the upstream's own bytes. */
const told = (verdict: UpstreamErrorVerdict) => (verdict.kind === 'pass' ? 'pass' : verdict.refusal.code)

const BAD_REQUEST: Said = { message: 'Unsupported value.', type: 'invalid_request_error', code: null }

describe('an error about the request', () => {
  test.each([
    [400, BAD_REQUEST],
    [400, { ...BAD_REQUEST, code: 'context_length_exceeded' }],
    [400, { ...BAD_REQUEST, code: 'invalid_value' }],
    [404, { ...BAD_REQUEST, message: 'Item with id rs_1 not found.' }],
    [413, BAD_REQUEST],
    [422, BAD_REQUEST],
    [500, { message: 'The server had an error.', type: 'server_error', code: null }],
    [503, { message: 'The engine is overloaded.', type: 'service_unavailable_error', code: 'overloaded' }],
  ])('with status %i passes in the upstream’s words', (status, said) => {
    const code = typeof said.code === 'string' ? said.code : null
    expect(judge(status, said)).toEqual({ kind: 'pass', code, isOperators: false })
  })

  test('passes whatever else stands in it, and a code that is no text is none', () => {
    expect(judge(400, { ...BAD_REQUEST, code: 400 })).toEqual({
      kind: 'pass',
      code: null,
      isOperators: false,
    })
    expect(judge(400, { message: 'Ask our desk-top team about organic projects.' }).kind).toBe('pass')
  })
})

describe('an error about the operator’s account', () => {
  test.each([401, 402, 403, 407])('with status %i is ours to tell, whatever it says', (status) => {
    for (const body of [BAD_REQUEST, 'denied', '<html>', '', { code: 'rate_limit_exceeded' }]) {
      expect(judge(status, body)).toEqual({
        kind: 'replace',
        refusal: { code: 'upstream_rejected' },
        isOperators: true,
      })
    }
  })

  test.each([
    'invalid_api_key',
    'incorrect_api_key_provided',
    'invalid_organization',
    'insufficient_quota',
    'credit_balance_exhausted',
    'billing_hard_limit_reached',
    'billing_not_active',
    'account_deactivated',
    'access_terminated',
    'unsupported_country_region_territory',
    'ip_not_authorized',
    'organization_suspended',
  ])('with code %s is ours to tell, whatever its status', (code) => {
    for (const status of [400, 404, 429, 500, 200]) {
      expect(judge(status, { ...BAD_REQUEST, code })).toMatchObject({
        refusal: { code: 'upstream_rejected' },
        isOperators: true,
      })
    }
  })

  test('is known by its type as well', () => {
    const said = { message: 'You exceeded your current quota.', type: 'insufficient_quota', code: null }
    expect(judge(429, said)).toMatchObject({ refusal: { code: 'upstream_rejected' }, isOperators: true })
  })

  test('ends the client’s retries, and is never a 5xx', () => {
    expect(ERRORS.upstream_rejected).toMatchObject({ status: 400, shouldRetry: false })
  })

  test.each([
    'Project proj_AbCdEf123456 has no access.',
    'Organization org-AbCdEf123456 is over its limit.',
    'Key sk-proj-****abcd may not.',
    'Key sk-abcd1234.',
  ])('is ours to tell where it names the account: %s', (message) => {
    expect(told(judge(400, { ...BAD_REQUEST, message }))).toBe('upstream_rejected')
    expect(told(judge(500, { ...BAD_REQUEST, message }))).toBe('upstream_failed')
  })

  test('is found in any member of the error', () => {
    expect(told(judge(400, { ...BAD_REQUEST, param: 'org-AbCdEf123456' }))).toBe('upstream_rejected')
  })
})

describe('the operator’s rate limit', () => {
  const busy = (headers: object) => {
    const verdict = judge(
      429,
      { message: 'Rate limit reached for org-AbCdEf123456.', type: 'tokens', code: 'rate_limit_exceeded' },
      { headers },
    )
    return verdict.kind === 'replace' ? verdict.refusal : undefined
  }

  test.each([
    ['the milliseconds it names', { 'retry-after-ms': '1500', 'retry-after': '9' }, 1_500],
    ['the seconds it names', { 'retry-after': '2' }, 2_000],
    ['a fraction of a second', { 'retry-after': '0.25' }, 250],
    ['no time at all', { 'retry-after': '0' }, 0],
    ['a second where it names nothing', {}, 1_000],
    ['a second where it names a date', { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, 1_000],
    ['a second where it names nothing', { 'retry-after-ms': '', 'retry-after': ' ' }, 1_000],
    ['a second where it names nonsense', { 'retry-after-ms': 'soon', 'retry-after': '-5' }, 1_000],
    ['ten minutes where it names a year', { 'retry-after': '31536000' }, 600_000],
  ])('is told as busy, to be tried again after %s', (_what, headers, retryAfterMs) => {
    expect(busy(headers)).toEqual({ code: 'upstream_busy', retryAfterMs })
  })

  test('is busy whatever its body is', () => {
    for (const body of ['', '<html>', '{}', BAD_REQUEST]) expect(told(judge(429, body))).toBe('upstream_busy')
  })
})

describe('a model that the upstream does not have', () => {
  const missing = {
    message: 'The model `gpt-6-sol` does not exist.',
    type: 'invalid_request_error',
    code: 'model_not_found',
  }

  test('is named as the client named it', () => {
    expect(judge(404, missing, { alias: 'ours' })).toEqual({
      kind: 'replace',
      refusal: { code: 'model_not_found', details: { model: 'ours' }, param: 'model' },
      isOperators: false,
    })
    expect(told(judge(400, missing))).toBe('model_not_found')
    expect(told(judge(404, { ...missing, code: null }, { alias: 'ours' }))).toBe('model_not_found')
  })

  test('is not what a 404 about something else is', () => {
    const item = { message: 'Item with id rs_1 not found.', type: 'invalid_request_error', code: null }
    expect(judge(404, item, { alias: 'ours' }).kind).toBe('pass')
  })
})

describe('what is no OpenAI error', () => {
  const pages = [
    '<html>502 Bad Gateway</html>',
    '',
    'null',
    '[]',
    '{"detail":"Not Found"}',
    '{"error":"no"}',
    '{"error":null}',
    '{"error"',
  ]

  test.each([500, 502, 503, 504, 408, 200, 204, 301, 304])(
    'with status %i is the upstream’s failure',
    (status) => {
      for (const page of pages)
        expect(judge(status, page)).toMatchObject({
          refusal: { code: 'upstream_failed' },
          isOperators: false,
        })
    },
  )

  test.each([400, 404, 405, 410, 413, 415, 422])(
    'with status %i will not pass by itself: no 5xx is made of it, and the operator is told',
    (status) => {
      for (const page of pages)
        expect(judge(status, page)).toMatchObject({
          refusal: { code: 'upstream_rejected' },
          isOperators: true,
        })
    },
  )

  test('is an answer of 200 that says it is an error', () => {
    expect(told(judge(200, { message: 'Oh no.', type: 'server_error', code: null }))).toBe('upstream_failed')
  })
})

describe('an error inside a stream', () => {
  test.each([
    [{ code: 'insufficient_quota', message: 'x' }, 'upstream_rejected'],
    [{ type: 'insufficient_quota', code: null }, 'upstream_rejected'],
    [{ code: 'rate_limit_exceeded', message: 'x' }, 'upstream_busy'],
    [{ code: 'server_error', message: 'for org-AbCdEf123456' }, 'upstream_failed'],
    [{ code: 'server_error', message: 'x' }, undefined],
    [{ code: 'context_length_exceeded', message: 'too long' }, undefined],
    [{}, undefined],
  ])('%j is told as %s', (error, code) => {
    expect(judgeStreamError(error)?.code).toBe(code)
  })
})
