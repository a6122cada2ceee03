// What a client is told of an upstream's error: the request's own faults in the upstream's words, the operator's in ours.
import { describe, expect, test } from 'vitest'
import { ERRORS } from '../../contract/errors.ts'
import { shownReason } from './foreign-reason.ts'
import type { Sending } from './request.ts'
import {
  judgeErrorIn,
  judgePassingError,
  judgeStreamError,
  judgeUpstreamError,
  type UpstreamErrorVerdict,
} from './upstream-errors.ts'

interface Said {
  readonly message?: string
  readonly type?: string | null
  readonly param?: string | null
  readonly code?: string | number | null
}

function judge(
  status: number,
  body: string | Said,
  more: { headers?: object; alias?: string; apiKey?: string } = {},
): UpstreamErrorVerdict {
  const text = typeof body === 'string' ? body : JSON.stringify({ error: { param: null, ...body } })
  // Of a held request only its models are looked at.
  const held = {
    alias: more.alias,
    upstreamModel: 'gpt-6-sol',
    facts: { model: more.alias ?? 'gpt-6-sol' },
    upstream: { apiKey: more.apiKey, baseUrl: 'http://llm:8000/v1' },
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
    for (const message of [
      'Ask our desk-top team about organic projects.',
      'no xai-grok-4-fast or hf_model, ***so***',
    ])
      expect(judge(400, { message }).kind).toBe('pass')
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
    'Key gsk_abcdefghijklmnop0123.',
    'Key AIzaSyA1234567890abcdefghijkl.',
    'Key gsk_ab************yz.',
    'Token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc.',
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
    '{"detail":""}',
    '{"error":null}',
    '{"error":{"code":7}}',
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

describe('a reason in another shape than OpenAI’s', () => {
  const MANY = {
    error: { message: 'Only one system message is allowed.', code: 400, status: 'INVALID_ARGUMENT' },
  }
  const FIELD = {
    type: 'extra_forbidden',
    loc: ['body', 'messages', 0, 'name'],
    msg: 'Extra inputs',
    input: 'secret',
  }

  test.each([
    [{ detail: 'max_tokens is too large' }, 'max_tokens is too large'],
    [{ detail: [FIELD, { msg: 'Field required' }] }, 'messages.0.name: Extra inputs; Field required'],
    [{ object: 'error', message: { detail: [FIELD] } }, 'messages.0.name: Extra inputs'],
    [{ error: 'json: unknown field "n"' }, 'json: unknown field "n"'],
    [{ error: ['Error in `n`'] }, 'Error in `n`'],
    [{ code: 'invalid argument', error: 'n must be 1' }, 'n must be 1'],
    [{ error: 'Bad Request', message: 'body must have property x' }, 'body must have property x'],
    [{ object: 'error', message: 'too long', code: 400 }, 'too long'],
    [[MANY], MANY.error.message],
    [{ errors: [{ code: 5006, message: 'bad input' }], success: false }, 'bad input'],
    [{ error_code: 336, error_msg: 'prompt too long' }, 'prompt too long'],
  ])('%j is told in OpenAI’s', (body, reason) => {
    for (const status of [400, 413, 422]) {
      expect(judge(status, JSON.stringify(body))).toEqual({
        kind: 'replace',
        refusal: { code: 'refused_upstream', details: { reason } },
        isOperators: false,
      })
    }
    expect(ERRORS.refused_upstream).toMatchObject({ status: 400, shouldRetry: false })
  })

  test.each([
    'Incorrect API key provided: xa***XY.',
    'API key not valid. Please pass a valid API key.',
    'Insufficient Balance',
    'Your account is not active.',
    'This organization has been disabled.',
    'You have run out of credits.',
    'Key sk-abcd1234 may not.',
    'no such thing for proj_AbCdEf123456',
    '账户余额不足',
    'invalid_api_key',
    'OPENAI_API_KEY is not set',
    'INSUFFICIENT_QUOTA',
    'billing_not_active',
    'accountId 123 is locked',
    'insufficient funds',
    'gsk_abcdefghijklmnop0123 may not',
    'AIzaSyA1234567890abcdefghijkl is bad',
    'ab***yz may not',
  ])('is ours to tell where it speaks of the account: %s', (reason) => {
    for (const body of [{ detail: reason }, { error: reason }, { message: reason }]) {
      expect(judge(400, JSON.stringify(body))).toEqual({
        kind: 'replace',
        refusal: { code: 'upstream_rejected' },
        isOperators: true,
      })
    }
  })

  test('is ours to tell where it quotes the key, whatever that looks like', () => {
    const apiKey = 'gsk_0123456789abcdef'
    expect(told(judge(400, `{"error":"no ${apiKey}"}`, { apiKey }))).toBe('upstream_rejected')
    expect(told(judge(400, { ...BAD_REQUEST, message: `no ${apiKey}` }, { apiKey }))).toBe(
      'upstream_rejected',
    )
    expect(told(judge(400, '{"error":"no ollama"}', { apiKey: 'ollama' }))).toBe('refused_upstream')
  })

  test('is ours to tell where it quotes the key or an account in escapes', () => {
    const apiKey = 'gsk/0123456789abcdef'
    for (const shown of ['gsk\\/0123456789abcdef', '\\u0067sk/0123456789abcdef', 'org\\u002dAbCdEf123456'])
      expect(told(judge(400, `{"error":{"message":"no ${shown}"}}`, { apiKey }))).toBe('upstream_rejected')
  })

  test.each(['Not Found', 'Method Not Allowed', '404 page not found', 'Resource not found'])(
    'of a path that is not there is the operator’s to mend: %s',
    (detail) => {
      for (const status of [404, 405])
        expect(judge(status, JSON.stringify({ detail }))).toMatchObject({
          refusal: { code: 'upstream_rejected' },
          isOperators: true,
        })
    },
  )

  test('of a model that is not there is told by the name that the client sent', () => {
    for (const error of ['model "x" not found, try pulling it first', 'gpt-6-sol is gone']) {
      expect(judge(404, JSON.stringify({ error }), { alias: 'ours' })).toMatchObject({
        refusal: { code: 'model_not_found', details: { model: 'ours' } },
        isOperators: false,
      })
    }
  })

  test('that speaks of a model where none was asked for is of a path', () => {
    const held = { upstream: { apiKey: undefined, baseUrl: 'http://llm:8000/v1' }, facts: { model: '' } }
    const body = Buffer.from('{"error":"no model has stored this"}')
    const asked = { ...held, alias: undefined, upstreamModel: '' }
    expect(told(judgeUpstreamError({ status: 404, headers: {} }, body, asked))).toBe('upstream_rejected')
  })

  test('names an alias as it is written, whatever that has in it', () => {
    const verdict = judge(400, '{"error":"no gpt-6-sol here"}', { alias: "a$&$'" })
    expect(verdict).toMatchObject({ refusal: { details: { reason: "no a$&$' here" } } })
  })

  test('takes no long time to be shown, whatever it is', () => {
    const worst = ['a-', 'a.', '1:', 'eyJ-', '\\\\a', 'a:\\', 'hf_', '/a', 'a@', '~/', '[::'].map((piece) =>
      piece.repeat(60_000 / piece.length),
    )
    const startedMs = performance.now()
    for (const error of worst) judge(400, JSON.stringify({ error }))
    expect(performance.now() - startedMs).toBeLessThan(2_000)
  })

  test('shows neither where the upstream is nor what an alias stands for, and no end of it', () => {
    const reason = (error: string) => {
      const verdict = judge(400, JSON.stringify({ error }), { alias: 'ours' })
      return verdict.kind === 'replace' ? verdict.refusal.details?.reason : undefined
    }
    expect(reason('gpt-6-sol: see https://desk.example/a?b, 10.0.0.7:8000 or llm.local:8080')).toBe(
      'ours: see […] […] or […]',
    )
    expect(reason('cannot open /srv/models/big/x.gguf\n\u0007now')).toBe('cannot open […] now')
    for (const [said, shown] of [
      ['mail bob.b@corp.example for it', 'mail […] for it'],
      ['cannot resolve llm-3.gpu.internal', 'cannot resolve […]'],
      ['see docs.example.com', 'see […]'],
      ['gpu01:8000 and vllm-main:8000 are down', '[…] and […] are down'],
      ['getaddrinfo ENOTFOUND gpu', 'getaddrinfo ENOTFOUND […]'],
      ["HTTPConnectionPool(host='gpu', port=1)", "HTTPConnectionPool(host='[…]', port=1)"],
      ['LLM refused, llm:8000, not llms', '[…] refused, […], not llms'],
      ['dial tcp [::1]:11434: refused', 'dial tcp […]: refused'],
      ['dial 2001:db8::7 or [fe80::1%eth0]:80', 'dial […] or […]'],
      ['from ::ffff:10.0.0.1 on', 'from […] on'],
      ['open C:\\Program Files\\Ollama\\x.bin now', 'open […] now'],
      ['open D:/models/x.gguf or \\\\nas\\llm\\x', 'open […] or […]'],
      ['open /models/x.gguf or ~/big/x.gguf', 'open […] or […]'],
      ['arn:aws:bedrock:us-east-1:123456789012:x is off', '[…] is off'],
      ['projects/mine-123/locations/us is off', '[…] is off'],
    ] as const)
      expect(reason(said)).toBe(shown)
    for (const said of [
      'messages.0.content: bad at 12:30:45 of std::vector',
      'tool_call_id call_abcdef12345678901234567 not found',
      '/messages/0: the prompt has tokens:4096, a:b, [1:2] and **bold**',
      '"response_format.json_schema.schema" is missing in llama3:70b',
    ])
      expect(reason(said)).toBe(said)
    expect(reason('image/png and 1/2 of a/b are fine')).toBe('image/png and 1/2 of a/b are fine')
    expect(String(reason('x'.repeat(9_000)))).toHaveLength(501)
  })

  test.each([
    ['at [fd00::12]:11434, fe80::1%eth0 and ::1', 'at […], […] and […]'],
    ['2001:db8:1:2:3:4:5:6 is full', '[…] is full'],
    ["HTTPConnectionPool(host='vllm-back', port=80): no", "HTTPConnectionPool(host='[…]', port=80): no"],
    ['Cannot connect to host vllm-1:8000 ssl:default', 'Cannot connect to host […] ssl:default'],
    ['getaddrinfo ENOTFOUND big-box', 'getaddrinfo ENOTFOUND […]'],
    ['lookup models on 10.0.0.1:53: no such host', 'lookup […] on […]: no such host'],
    ['no answer of gpu.team.internal', 'no answer of […]'],
    ['ask bob@desk.example for it', 'ask […] for it'],
    ['cannot open C:\\Users\\bob\\m.gguf', 'cannot open […]'],
    ['cannot open \\\\nas\\models\\m.gguf', 'cannot open […]'],
    // What looks a little like it is shown.
    ['at 12:30:45, ratio 16:9, max_tokens:4096, std::vector', undefined],
    ['the host is busy; input[0]: too long, see a.b.c', undefined],
    [`${'x'.repeat(499)}😀😀`, `${'x'.repeat(499)}…`],
  ])('hides where the upstream is, however it is written: %s', (said, shown) => {
    expect(shownReason(said)).toBe(shown ?? said)
  })

  test('is told with an alias as it is written', () => {
    const verdict = judge(400, JSON.stringify({ error: 'no tools in gpt-6-sol' }), { alias: "a$&b$'" })
    expect(verdict).toMatchObject({ refusal: { details: { reason: "no tools in a$&b$'" } } })
  })

  test('is none however deep it lies', () => {
    const deep = '{"message":'.repeat(5_000)
    expect(told(judge(400, `${deep}"x"${'}'.repeat(5_000)}`))).toBe('upstream_rejected')
  })
})

describe('an error inside a stream', () => {
  test.each([
    [{ code: 'insufficient_quota', message: 'x' }, 'upstream_rejected'],
    [{ type: 'insufficient_quota', code: null }, 'upstream_rejected'],
    [{ code: 'rate_limit_exceeded', message: 'x' }, 'upstream_busy'],
    [{ code: 'server_error', message: 'for org-AbCdEf123456' }, 'upstream_failed'],
    [{ code: 'server_error', message: 'for gsk_abcdefghijklmnop0123' }, 'upstream_failed'],
    [{ code: 'server_error', message: 'x' }, undefined],
    [{ code: 'context_length_exceeded', message: 'too long' }, undefined],
    [{}, undefined],
  ])('%j is told as %s', (error, code) => {
    expect(judgeStreamError(error, undefined)?.code).toBe(code)
  })

  test('is not shown where it quotes the key, however large its event and whatever its shape', () => {
    const apiKey = '3f9a77aa10bb4cc5dd6e'
    const message = `no ${apiKey}`
    expect(judgeStreamError({ message }, apiKey)?.code).toBe('upstream_failed')
    expect(judgePassingError(JSON.stringify({ message }), apiKey)?.code).toBe('upstream_failed')
    expect(judgePassingError(JSON.stringify(message), apiKey)?.code).toBe('upstream_failed')
    expect(judgePassingError(JSON.stringify(message), undefined)).toBeUndefined()
  })
})

test.each([
  ['no more credits', 'upstream_rejected'],
  ['lost 10.0.0.7:8000', 'upstream_failed'],
  ['for org-AbCdEf123456', 'upstream_failed'],
  ['overloaded', undefined],
])('an error within a stream that is the text %j is judged as one, also in passing', (error, code) => {
  expect(judgeErrorIn({ error }, undefined)?.code).toBe(code)
  expect(judgePassingError(JSON.stringify(error), undefined)?.code).toBe(code)
})
