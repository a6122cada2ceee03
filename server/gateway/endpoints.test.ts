// The paths that exist, and every trick to reach one that does not.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ENDPOINTS, endpointAt, filesAt, isGatewayPath, modelIdAt, rawPathOf, storedAt } from './endpoints.ts'
import { REFUSED_ENDPOINTS } from './refused-endpoints.ts'
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
    ['POST', '/v1/responses/compact', '/responses/compact'],
    ['POST', '/api/v1/responses/input_tokens', '/responses/input_tokens'],
    ['POST', '/v1/completions', '/completions'],
    ['POST', '/v1/embeddings', '/embeddings'],
    ['POST', '/v1/moderations', '/moderations'],
    // Some clients leave the version out of their base URL.
    ['POST', '/chat/completions', '/chat/completions'],
    ['POST', '/responses', '/responses'],
    // A base URL with a slash at its end, joined as it is.
    ['GET', '/v1//models', '/models'],
    ['GET', '/api/v1//usage', '/usage'],
    // What the Azure classes of OpenAI's SDKs ask for.
    [
      'POST',
      '/openai/deployments/gpt-6-sol/chat/completions?api-version=2025-04-01-preview',
      '/chat/completions',
    ],
    ['POST', '/openai/deployments/ours/best-1.5/chat/completions', '/chat/completions'],
    ['POST', '/openai/deployments/ours%2Fbest/embeddings', '/embeddings'],
    ['POST', '/openai/deployments/gpt-6-sol/audio/transcriptions', '/audio/transcriptions'],
    ['POST', '/openai/deployments/gpt-6-sol/completions', '/completions'],
    ['POST', '/openai/responses?api-version=2025-04-01-preview', '/responses'],
    ['POST', '/openai/v1/responses', '/responses'],
    ['GET', '/openai/v1/models', '/models'],
    ['GET', '/openai/models/gpt-6-sol?api-version=1', '/models/{model}'],
    ['GET', '/models', '/models'],
    ['GET', '/v1/models', '/models'],
    ['GET', '/v1/models/gpt-6-sol', '/models/{model}'],
    ['HEAD', '/api/v1/models/gpt-6-sol', '/models/{model}'],
    ['GET', '/models/gpt-6-sol?x=/../y', '/models/{model}'],
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
      if (endpoint.kind !== 'metered') continue
      expect(endpoint.upstreamPath).toMatch(/^(\/[a-z_]+)+$/)
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
    '/v1//responses',
    '/v1///models',
    '/v1//models/',
    '/v1//chat/completions',
    '/v1//responses/resp_1',
    '/v1//files',
    '/v1//../responses',
    '/v1/v1//responses',
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
    '/openai/v2/responses',
    '/openai',
    '/openai/deployments',
    '/openai/deployments//chat/completions',
    '/openai/deployments/gpt-6-sol',
    '/openai/deployments/gpt-6-sol/models',
    '/openai/deployments/gpt-6-sol/organization/costs',
    '/openai/deployments/../chat/completions',
    '/openai/deployments/a/../chat/completions',
    '/openai/deployments/a/./chat/completions',
    '/openai/deployments/a?b/chat/completions',
    '/openai/deployments/a\\b/chat/completions',
    '/x/openai/deployments/a/chat/completions',
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
    '/v1/files/',
    '/v1/files/a/../b',
    '/v1/files/%2e%2e',
    '/v1/files/file-1/content/more',
    '/v1/uploads/up_1',
    '/v1/batches/../organization',
    '/v1/batches%2f..',
    '/v1//batches',
    '/v1/realtime/client_secrets',
    '/v1/models/',
    '/models/',
    '/v1//models/gpt-6-sol',
    '/v1/embeddings/',
    '/v1/embeddings/..',
    '/v1/embeddings%2f..%2fmodels',
    '/v1/./embeddings',
    '/v1/completions\\..\\models',
    '/v1/responses/compact/../../organization',
    '/v1/responses/%63ompact',
    '/v1/responses//compact',
    '/v1/moderations;x',
    'http://evil.test/v1/embeddings',
    '//evil.test/v1/embeddings',
    '/embeddings/',
    '/x/embeddings',
    '/v1/responses/resp_1/',
    '/v1/responses/resp_1/output_items',
    '/v1/responses/resp_1/cancel/',
    '/v1/responses/resp_1/input_items/x',
    '/v1/responses/resp_1/../../organization',
    '/v1/responses/resp_1%2fcancel',
    '/v1/responses/resp%5f1',
    '/v1/responses/resp_1;x',
    '/v1/responses/../files',
    `/v1/responses/${'r'.repeat(201)}`,
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
    for (const { path: named } of ENDPOINTS) {
      const path = named.replace('{response}', 'resp_1')
      const endpoint = endpointAt(`/v1${path}`)
      expect(endpoint?.path).toBe(named)
      expect(endpointAt(`/api/v1${path}`)).toBe(endpoint)
      // Without its prefix it is the portal's path, unless the request carries an API key.
      expect(endpointAt(path)).toBe(endpoint)
      expect([isGatewayPath(`/v1${path}`), isGatewayPath(path)]).toEqual([true, false])
    }
  })
})

describe('the path of a stored response', () => {
  test.each([
    ['/v1/responses/resp_68af4030', 'resp_68af4030', '/responses/{response}'],
    ['/api/v1/responses/a-B_9/cancel', 'a-B_9', '/responses/{response}/cancel'],
    ['/responses/resp_1/input_items', 'resp_1', '/responses/{response}/input_items'],
  ])('%s names %s', (path, id, row) => {
    expect(storedAt(path)).toMatchObject({ id, endpoint: { path: row } })
    expect(endpointAt(path)?.path).toBe(row)
  })

  test('is read and deleted, and nothing else', () => {
    expect(codeOf('GET', '/v1/responses/resp_1')).toBe('found')
    expect(codeOf('DELETE', '/v1/responses/resp_1')).toBe('found')
    for (const method of ['POST', 'PUT', 'PATCH']) {
      expect(codeOf(method, '/v1/responses/resp_1')).toBe('method_not_allowed')
    }
  })

  test('gives way to the endpoints that have a path of their own', () => {
    expect(endpointAt('/v1/responses/compact')?.kind).toBe('metered')
    expect(endpointAt('/v1/responses/input_tokens')?.kind).toBe('metered')
  })
})

describe('the path of a file', () => {
  test.each([
    ['POST', '/v1/files', 'create', ''],
    ['GET', '/api/v1/files', 'list', ''],
    ['GET', '/files/file-1_A', 'read', 'file-1_A'],
    ['DELETE', '/v1/files/file-1', 'delete', 'file-1'],
    ['GET', '/v1/files/file-1/content', 'content', 'file-1'],
    ['POST', '/v1/uploads', 'start_upload', ''],
    ['POST', '/v1/uploads/upload_1/parts', 'add_part', 'upload_1'],
    ['POST', '/v1/uploads/upload_1/complete', 'complete_upload', 'upload_1'],
    ['POST', '/v1/uploads/upload_1/cancel', 'cancel_upload', 'upload_1'],
  ])('%s %s does %s with %s', (method, path, action, id) => {
    expect(filesAt(path, method)?.endpoint).toMatchObject({ kind: 'files', action, id })
    expect(codeOf(method, path)).toBe('found')
    expect(codeOf('PATCH', path)).toBe('method_not_allowed')
  })
})

test('the page of what is not offered has the reasons of the table', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/request-journey.md'), 'utf8')
  const [, section = ''] = /### What is not offered\n([\s\S]*?)\n### /.exec(page) ?? []
  for (const name of REFUSED_ENDPOINTS.keys()) {
    expect(section).toContain(`\`/v1/${name}\``)
    expect(codeOf('POST', `/v1/${name}`)).toBe('endpoint_not_offered')
  }
})

describe('the path of one model', () => {
  test.each([
    ['/v1/models/gpt-6-sol', 'gpt-6-sol'],
    ['/api/v1/models/a/b:c', 'a/b:c'],
    ['/models/a%2Fb', 'a%2Fb'],
    // Whatever it says, it is only ever compared with names; nothing of it goes anywhere.
    ['/v1/models/../organization/costs', '../organization/costs'],
    ['/v1/models/%2e%2e/organization', '%2e%2e/organization'],
    ['/v1/models//', '/'],
  ])('%s names %s, byte for byte', (path, id) => {
    expect(modelIdAt(path)).toBe(id)
    expect(endpointAt(path)).toMatchObject({ kind: 'local', answer: 'model' })
  })

  test.each(['/v1/models', '/v1/models/', '/v2/models/x', 'models/x', '/V1/models/x'])(
    '%s names none',
    (path) => {
      expect(modelIdAt(path)).toBeUndefined()
    },
  )
})
