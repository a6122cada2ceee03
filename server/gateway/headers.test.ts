// Which headers cross the gateway: nothing of a client's account goes up, nothing of the operator's comes down.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  answerHeaders,
  carriesApiKey,
  clientHeaders,
  credentialsOf,
  refuseRepeated,
  upstreamHeaders,
} from './headers.ts'

const OPERATOR_KEY = 'sk-upstream-test-operator'

/** The flat list as an object; a name that stands twice is an error. */
function sentUp(client: IncomingHttpHeaders): Record<string, string> {
  const flat = upstreamHeaders(client, OPERATOR_KEY)
  const headers: Record<string, string> = {}
  for (let at = 0; at < flat.length; at += 2) {
    const name = flat[at] ?? ''
    expect(headers).not.toHaveProperty(name)
    headers[name] = flat[at + 1] ?? ''
  }
  return headers
}

const GATEWAYS_OWN = {
  authorization: `Bearer ${OPERATOR_KEY}`,
  'accept-encoding': 'identity',
  'content-type': 'application/json',
}

describe('on the way up', () => {
  test('what a client says about its request and itself crosses', () => {
    const client = {
      accept: 'text/event-stream',
      'user-agent': 'codex_exec/0.169.0',
      'openai-beta': 'responses=v1',
      'x-client-request-id': 'abc',
      'session-id': '0190',
      'thread-id': '0191',
      originator: 'codex_exec',
      version: '0.169.0',
      'x-openai-internal-codex-responses-lite': 'true',
      'x-codex-turn-metadata': '{"request_kind":"turn"}',
      'x-codex-window-id': '0:1',
      'x-stainless-retry-count': '0',
      'x-stainless-os': 'Linux',
      traceparent: '00-abc-def-01',
    }
    expect(sentUp(client)).toEqual({ ...GATEWAYS_OWN, ...client })
  })

  test.each([
    'authorization',
    'api-key',
    'x-api-key',
    'cookie',
    'proxy-authorization',
    'openai-organization',
    'openai-project',
    'host',
    'connection',
    'keep-alive',
    'transfer-encoding',
    'te',
    'trailer',
    'upgrade',
    'expect',
    'content-length',
    'content-encoding',
    'accept-encoding',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-real-ip',
    'forwarded',
    'via',
    'origin',
    'referer',
    'sec-fetch-site',
    'x-requested-with',
    'x-something-new',
    'x-stainless',
    'x-codex',
  ])('%s does not cross', (name) => {
    expect(sentUp({ [name]: 'sk-cg-client-secret' })).toEqual(GATEWAYS_OWN)
  })

  test('nothing of any value crosses under a name that is not on the list', () => {
    const name = fc.string({
      unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz-'),
      minLength: 1,
      maxLength: 20,
    })
    fc.assert(
      fc.property(fc.dictionary(name, fc.constant('sk-cg-client-secret')), (client) => {
        for (const crossed of Object.keys(sentUp(client))) {
          if (crossed in GATEWAYS_OWN) continue
          expect(crossed).toMatch(
            /^(accept|user-agent|session[-_]id|thread-id|version|originator|trace(parent|state)|conversation_id|x-stainless-.*|x-codex-.*)$/,
          )
        }
        expect(sentUp(client).authorization).toBe(`Bearer ${OPERATOR_KEY}`)
      }),
    )
  })

  test('the body is sent as JSON, in whatever words the client named that', () => {
    for (const type of [
      'application/json; charset=utf-8',
      'application/vnd.api+json',
      'application/json;x="\u0001"',
    ]) {
      expect(sentUp({ 'content-type': type })).toEqual(GATEWAYS_OWN)
    }
  })

  test.each(['a\r\nauthorization: Bearer x', 'a\nb', 'a\u0000', 'a\u007f', 'a\u001fb', '\u0001', 'a\u0100'])(
    'a value with characters that no header has does not cross: %j',
    (value) => expect(sentUp({ 'x-codex-turn-metadata': value })).toEqual(GATEWAYS_OWN),
  )

  test.each(['user-agent', 'x-client-request-id', 'traceparent', 'x-stainless-lang'])(
    'a key that stands in %s stays here with it',
    (name) => {
      expect(sentUp({ [name]: 'curl sk-cg-AAAAAAAAAAAA-secret' })).toEqual(GATEWAYS_OWN)
    },
  )

  test('a value with a tab or with letters beyond ASCII crosses as it is', () => {
    expect(sentUp({ 'x-codex-a': 'a\tb \u00e9' })['x-codex-a']).toBe('a\tb \u00e9')
  })

  test('the answer is asked for uncompressed, whatever the client takes', () => {
    expect(sentUp({ 'accept-encoding': 'gzip, deflate, br, zstd' })['accept-encoding']).toBe('identity')
  })

  test('a header that came more than once goes up as one', () => {
    expect(sentUp({ 'x-codex-beta-features': ['a', 'b'] })['x-codex-beta-features']).toBe('a, b')
  })
})

describe('on the way down', () => {
  test('what an upstream says about its answer crosses', () => {
    const upstream = {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'retry-after': '2',
      'retry-after-ms': '1500',
      'x-should-retry': 'false',
      'x-codex-turn-state': 'opaque',
      'openai-processing-ms': '120',
      'openai-model': 'gpt-6-sol-2026-09-01',
      'openai-version': '2020-10-01',
    }
    expect(clientHeaders(upstream, undefined)).toEqual(upstream)
  })

  test.each([
    'set-cookie',
    'openai-organization',
    'openai-project',
    'x-request-id',
    'x-ratelimit-limit-requests',
    'x-ratelimit-remaining-tokens',
    'x-ratelimit-reset-requests',
    'x-codex-primary-used-percent',
    'x-codex-credits-balance',
    'cf-ray',
    'cf-cache-status',
    'server',
    'via',
    'alt-svc',
    'strict-transport-security',
    'content-length',
    'content-encoding',
    'transfer-encoding',
    'connection',
    'keep-alive',
    'trailer',
    'date',
    'www-authenticate',
    'access-control-allow-origin',
    'location',
    'x-something-new',
  ])('%s does not cross', (name) => {
    const value = name === 'set-cookie' ? ['__cf_bm=operator'] : 'org-operator'
    expect(clientHeaders({ [name]: value }, undefined)).toEqual({})
  })

  test('a value with characters that no header has does not cross', () => {
    expect(clientHeaders({ 'openai-version': 'a\r\nset-cookie: b', 'retry-after': '2' }, undefined)).toEqual({
      'retry-after': '2',
    })
  })

  test('an aliased model keeps its upstream name to itself', () => {
    expect(clientHeaders({ 'openai-model': 'gpt-6-sol' }, 'ours')).toEqual({ 'openai-model': 'ours' })
    const named = answerHeaders({ requestId: 'req_1', alias: 'ours' }, { 'openai-model': 'gpt-6-sol' })
    expect(named).toEqual(['x-request-id', 'req_1', 'openai-model', 'ours'])
  })

  test('an alias in letters that no header can carry is left out, and so is the name behind it', () => {
    for (const alias of ['团队默认', 'a\nb']) {
      expect(clientHeaders({ 'openai-model': 'gpt-6-sol' }, alias)).toEqual({})
      const named = answerHeaders({ requestId: 'req_1', alias }, { 'openai-model': 'gpt-6-sol' })
      expect(named).toEqual(['x-request-id', 'req_1'])
    }
    expect(clientHeaders({}, 'ours')).toEqual({})
  })
})

describe('a credential', () => {
  test.each([
    ['authorization', 'Bearer sk-cg-a'],
    ['authorization', 'bearer   sk-cg-a  '],
    ['authorization', 'Bearer\tsk-cg-a\t'],
    ['authorization', 'sk-cg-a'],
    ['authorization', 'sk-cg-a '],
    ['x-api-key', 'sk-cg-a'],
    ['x-api-key', ' sk-cg-a '],
    ['api-key', 'sk-cg-a'],
  ])('is found in %s: %j', (name, value) => {
    expect(credentialsOf({ [name]: value })).toEqual(['sk-cg-a'])
    expect(carriesApiKey({ [name]: value })).toBe(true)
  })

  test.each([
    ['authorization', 'Basic c2stY2ctYTo='],
    ['authorization', 'eyJhbGciOi'],
    ['authorization', 'sk-cg-a sk-cg-b'],
    ['authorization', 'Basic sk-cg-a'],
    ['authorization', 'Bearersk-cg-a'],
    ['authorization', 'Bearer'],
    ['authorization', 'Bearer '],
    ['authorization', 'Bearer sk-cg-a sk-cg-b'],
    ['x-api-key', ''],
    ['cookie', 'cg_session=sk-cg-a'],
    ['x-other-key', 'sk-cg-a'],
  ])('is not found in %s: %j', (name, value) => {
    expect(credentialsOf({ [name]: value })).toEqual([])
    expect(carriesApiKey({ [name]: value })).toBe(false)
  })

  test('is found in every header that carries one', () => {
    expect(credentialsOf({ authorization: 'Bearer a', 'x-api-key': 'b', 'api-key': 'c' })).toEqual([
      'a',
      'b',
      'c',
    ])
  })

  test('that was sent twice under one name is found twice', () => {
    expect(credentialsOf({ 'x-api-key': 'sk-cg-a, sk-cg-b' })).toEqual(['sk-cg-a', 'sk-cg-b'])
    expect(credentialsOf({ 'api-key': 'sk-cg-a,sk-cg-a' })).toEqual(['sk-cg-a', 'sk-cg-a'])
  })

  test('that is no API key leaves the path to the portal', () => {
    expect(carriesApiKey({ authorization: 'Bearer eyJhbGciOi' })).toBe(false)
    expect(carriesApiKey({ authorization: 'Bearer eyJhbGciOi', 'api-key': 'sk-anything' })).toBe(true)
  })
})

describe('a header that stands more than once', () => {
  /** As Node parses it: of some it keeps the first, others it joins. */
  const refused = (...lines: readonly (readonly [string, string])[]) => {
    const headers: Record<string, string> = {}
    for (const [name, value] of lines) headers[name.toLowerCase()] ??= value
    return refuseRepeated({ headers, rawHeaders: lines.flat() } as unknown as IncomingMessage)
  }

  test.each([
    'Authorization',
    'X-API-Key',
    'api-key',
    'Host',
    'Content-Type',
    'Content-Encoding',
    'Content-Length',
    'Transfer-Encoding',
    'Expect',
    'Origin',
  ])('with two values is refused where it decides something: %s', (name) => {
    expect(refused(['Accept', 'x'], [name, 'a'], ['User-Agent', 'y'], [name.toUpperCase(), 'b'])).toEqual({
      code: 'repeated_header',
      details: { header: name.toLowerCase() },
    })
  })

  test('with one value twice says nothing new, and others may say several things', () => {
    expect(refused(['Authorization', 'Bearer a'], ['authorization', 'Bearer a'])).toBeUndefined()
    expect(refused(['x-codex-beta-features', 'a'], ['x-codex-beta-features', 'b'])).toBeUndefined()
    expect(refused(['Authorization', 'Bearer a'], ['X-Api-Key', 'b'])).toBeUndefined()
  })

  test('a third time is seen as well', () => {
    const same = ['Authorization', 'Bearer a'] as const
    expect(refused(same, same, ['Authorization', 'Bearer b'])?.code).toBe('repeated_header')
  })
})
