// What a client is told whose base URL was set wrongly, or that speaks another vendor's API.
import { expect, test } from 'vitest'
import { messageOf } from '../../contract/errors.ts'
import { refusedAt } from './refused-endpoints.ts'

test.each([
  ['/v1/v1/chat/completions', '/v1/chat/completions'],
  ['/v1//chat/completions', '/v1/chat/completions'],
  ['//v1/chat/completions', '/v1/chat/completions'],
  ['/v1/chat/completions/', '/v1/chat/completions'],
  ['/v1/chat/completions/chat/completions', '/v1/chat/completions'],
  ['/v1/chat/completions/models', '/v1/models'],
  ['/v1/models/', '/v1/models'],
  ['/models/', '/v1/models'],
  ['/api/v1/v1/responses', '/v1/responses'],
  ['/api/openai/v1/embeddings', '/v1/embeddings'],
  ['/V1/Responses', '/v1/responses'],
])('%s is told that %s was meant, and still does not exist', (path, endpoint) => {
  const refused = refusedAt(path)
  expect(refused).toEqual({ code: 'unknown_url', details: { cause: 'base_url', path, endpoint } })
  expect(refused && messageOf(refused)).toBe(
    `This gateway has no ${path}. What was meant is at ${endpoint}: as the base URL, set the address of this gateway with /v1 behind it, once, and without a slash at the end.`,
  )
})

test.each([
  ['/v1/openai/deployments/gpt-6.1-sol/chat/completions', '/openai/deployments/gpt-6.1-sol/chat/completions'],
  ['/v1/deployments/gpt-6-sol/embeddings', '/openai/deployments/gpt-6-sol/embeddings'],
  ['/openai/openai/deployments/gpt-6-sol/completions', '/openai/deployments/gpt-6-sol/completions'],
  ['//openai/deployments/gpt-6-sol/audio/speech', '/openai/deployments/gpt-6-sol/audio/speech'],
  ['/v1/openai/responses', '/openai/responses'],
  ['/v1/openai/models', '/openai/models'],
])('%s, of a client for Azure, is told that %s was meant, and which endpoint to set', (path, endpoint) => {
  const refused = refusedAt(path)
  expect(refused).toEqual({ code: 'unknown_url', details: { cause: 'azure_endpoint', path, endpoint } })
  expect(refused && messageOf(refused)).toMatch(/client for Azure, set the address of this gateway alone/)
})

test.each(['/v1/messages', '/v1/messages/count_tokens', '/v1/v1/messages', '/api/chat', '/api/tags'])(
  '%s is told whose API it is',
  (path) => {
    const refused = refusedAt(path)
    expect(refused?.code).toBe('endpoint_not_offered')
    expect(refused && messageOf(refused)).toMatch(/Anthropic|Ollama/)
  },
)

test.each([
  '/v1',
  '/v1/',
  '/v1/organization/usage',
  '/v1/organization/usage/completions',
  '/v1/%2e%2e/models',
  '/v1/../models',
  '/v1/./models',
  '/x/embeddings',
  '/v1/openai/deployments/../chat/completions',
  '/v1/openai/deployments/.a/chat/completions',
  '/v1/openai/deployments/gpt-6-sol/organization/costs',
  '/v1/openai/deployments/gpt-6-sol/models',
  '/openai/deployments/gpt-6-sol/models',
  '/x/openai/deployments/gpt-6-sol/embeddings',
  '/api/me.get',
  '/v1/realtime/client_secrets',
  `/v1${'/v1'.repeat(100)}/models`,
])('%s is told nothing more', (path) => expect(refusedAt(path)).toBeUndefined())
