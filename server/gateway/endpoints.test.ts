// The paths that exist, and every trick to reach one that does not.
import { describe, expect, test } from 'vitest'
import { ENDPOINTS, endpointAt, isGatewayPath, rawPathOf } from './endpoints.ts'
import type { Received } from './request.ts'
import { findEndpoint } from './stages/receive.ts'

// Of a received request only its method and its target are looked at.
const find = (method: string | undefined, url: string | undefined) =>
  findEndpoint({ req: { method, url } } as Received)

function codeOf(method: string, url: string): string {
  const found = find(method, url)
  return found.ok ? 'found' : found.error.code
}

describe('an endpoint', () => {
  test.each([
    ['POST', '/v1/chat/completions', '/chat/completions'],
    ['POST', '/api/v1/chat/completions', '/chat/completions'],
    ['POST', '/v1/responses', '/responses'],
    ['POST', '/api/v1/responses', '/responses'],
    ['POST', '/v1/responses?beta=true', '/responses'],
    ['POST', '/v1/responses?', '/responses'],
    ['POST', '/v1/responses?x=/../../organization', '/responses'],
    ['GET', '/v1/models', '/models'],
    ['HEAD', '/api/v1/models', '/models'],
    ['GET', '/v1/models?client_version=0.169.0', '/models'],
  ])('answers %s %s', (method, url, path) => {
    const found = find(method, url)
    expect(found.ok && found.value.path).toBe(path)
  })

  test('is known by its path alone: another method is told which ones there are', () => {
    for (const method of ['GET', 'DELETE', 'PUT', 'PATCH', 'OPTIONS', 'post']) {
      expect(find(method, '/v1/responses')).toEqual({
        ok: false,
        error: { code: 'method_not_allowed', details: { method, path: '/v1/responses', allowed: 'POST' } },
      })
    }
    const found = find('POST', '/v1/models')
    expect(!found.ok && found.error.details?.allowed).toBe('GET, HEAD')
  })

  test('has an upstream path and a bound for its body where it is forwarded', () => {
    for (const endpoint of ENDPOINTS) {
      if (endpoint.kind === 'local') continue
      expect(endpoint.upstreamPath).toMatch(/^(\/[a-z]+)+$/)
      expect(endpoint.maxBodyBytes).toBeGreaterThan(1_000_000)
      expect(endpoint.methods).toEqual(['POST'])
    }
  })
})

describe('a path that is not in the table', () => {
  test.each([
    '/v1',
    '/v1/',
    '/v1/responses/',
    '/v1/responses/resp_1',
    '/v1/responses/compact',
    '/v1//responses',
    '//v1/responses',
    '/v1/./responses',
    '/v1/x/../responses',
    '/v1/../v1/responses',
    '/v1/../organization/costs',
    '/v1/%2e%2e/organization/costs',
    '/v1/%2E%2E/organization/costs',
    '/v1/.%2e/organization/costs',
    '/v1/..%2forganization',
    '/v1/res%70onses',
    '/%761/responses',
    '/v1%2fresponses',
    '/v1\\responses',
    '/v1/responses\\..\\..\\organization',
    '/v1/responses;x',
    '/v1/responses#x',
    '/v1/responses%3fbeta',
    '/v1/responses%00',
    '/v1/responses ',
    '/V1/responses',
    '/v1/Responses',
    '/v1/chat/completions/..',
    '/v2/responses',
    '/responses',
    '/openai/v1/responses',
    '/api/v1',
    '/api/v1/../v1/responses',
    'http://evil.test/v1/models',
    'http://127.0.0.1/v1/responses',
    'https://api.openai.com/v1/responses',
    'v1/responses',
    '*',
    '',
    '?',
    '/v1/organization/costs',
    '/v1/projects',
    '/v1/files',
    '/v1/batches',
    '/v1/realtime/client_secrets',
    '/v1/models/gpt-6-sol',
    '/v1/__proto__',
    '/v1/constructor',
  ])('%j does not exist, for any method', (url) => {
    for (const method of ['POST', 'GET']) expect(codeOf(method, url)).toBe('unknown_url')
  })

  test('is named in the refusal in printable characters, and not without end', () => {
    const found = find('GET', `/v1/\u00e9\n\u0000${'x'.repeat(5_000)}?secret=1`)
    const path = found.ok ? '' : String(found.error.details?.path)
    expect(path).toMatch(/^\/v1\/\?\?\?x+$/)
    expect(path.length).toBe(200)
  })

  test('breaks nothing where it is missing altogether', () => {
    expect(find(undefined, undefined)).toMatchObject({ ok: false, error: { code: 'unknown_url' } })
  })
})

describe('a raw path', () => {
  test('is everything before the first question mark, byte for byte', () => {
    expect(rawPathOf('/v1/models?a=1?b=2')).toBe('/v1/models')
    expect(rawPathOf('/v1/%6dodels')).toBe('/v1/%6dodels')
    expect(rawPathOf('?x')).toBe('')
  })

  test.each(['/v1', '/v1/', '/v1/anything', '/v1/../admin', '/api/v1', '/api/v1/x', '/v1/%2e%2e/admin'])(
    '%s belongs to the OpenAI side',
    (path) => expect(isGatewayPath(path)).toBe(true),
  )

  test.each([
    '/',
    '/admin',
    '/v1x',
    '/v10/models',
    '/api/me.get',
    '/api/v1x',
    '/api',
    '//v1/models',
    '/x/v1/models',
    'http://x/v1/models',
  ])('%s does not', (path) => expect(isGatewayPath(path)).toBe(false))

  test('leads to an endpoint only on the OpenAI side', () => {
    for (const { path } of ENDPOINTS) {
      expect(endpointAt(path)).toBeUndefined()
      expect(endpointAt(`/v1${path}`)).toBe(endpointAt(`/api/v1${path}`))
      expect(isGatewayPath(`/v1${path}`)).toBe(true)
    }
  })
})
