// Which pages may call the OpenAI side from a browser, and what a browser is told about that, over a real connection.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Settings, settingsSchema } from '../../contract/settings.ts'
import { allowOrigin, announcesApiKey, answerOptions } from './cors.ts'

const ALLOWED = 'https://chat.example.com'
const NONE = settingsSchema.parse({})
const SOME = settingsSchema.parse({ corsOrigins: [ALLOWED, 'http://localhost:3000', 'app://notes'] })

let settings: Settings = NONE
const server = createServer((req, res) => {
  allowOrigin(settings, req, res)
  if (req.method === 'OPTIONS') answerOptions(settings, req, res, 'req_1')
  else
    res
      .writeHead(200, { 'content-type': 'application/json', 'x-announces': String(announcesApiKey(req)) })
      .end('{}')
})
let url = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address with that port.
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

async function send(method: string, path: string, headers: Record<string, string>, by: Settings = SOME) {
  settings = by
  const response = await fetch(url + path, { method, headers })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

const ASKED = {
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'authorization, x-stainless-os',
}
const preflight = (
  origin: string,
  more: Record<string, string> = {},
  by?: Settings,
  path = '/v1/responses',
) => send('OPTIONS', path, { origin, ...ASKED, ...more }, by)

const corsHeadersOf = (headers: Headers) =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-'))

describe('a preflight', () => {
  test('of an origin that the operator named is granted, with the headers that it asks for', async () => {
    const { status, headers, text } = await preflight(ALLOWED)
    expect([status, text]).toEqual([204, ''])
    expect(Object.fromEntries(headers)).toMatchObject({
      'access-control-allow-origin': ALLOWED,
      'access-control-allow-methods': 'GET, HEAD, POST, DELETE',
      'access-control-allow-headers': 'authorization, x-stainless-os',
      'access-control-max-age': '7200',
      'x-request-id': 'req_1',
    })
    expect(headers.get('vary')).toContain('Origin')
    expect(headers.has('access-control-allow-credentials')).toBe(false)
    expect(headers.has('access-control-allow-private-network')).toBe(false)
  })

  test('into a private network is granted in so many words', async () => {
    const { headers } = await preflight(ALLOWED, { 'access-control-request-private-network': 'true' })
    expect(headers.get('access-control-allow-private-network')).toBe('true')
  })

  test('is granted to every named origin, also of an app, in whatever letters it is written', async () => {
    for (const origin of ['http://localhost:3000', 'app://notes', 'HTTPS://Chat.Example.com']) {
      const { status, headers } = await preflight(origin)
      expect([status, headers.get('access-control-allow-origin')]).toEqual([204, origin])
    }
  })

  test.each([
    'https://evil.example',
    'https://chat.example.com.evil.example',
    'https://evil.example/https://chat.example.com',
    'http://chat.example.com',
    'https://chat.example.com:8443',
    'https://sub.chat.example.com',
    'http://localhost:3001',
    'null',
    '*',
    '',
  ])('of %j is refused, and the refusal names the setting', async (origin) => {
    const { status, headers, text } = await preflight(origin)
    expect([status, corsHeadersOf(headers)]).toEqual([403, []])
    expect(JSON.parse(text).error).toMatchObject({ code: 'cors_origin_rejected' })
    expect(text).toContain('corsOrigins')
  })

  test('is refused to everyone where no origin is named, which is so unless someone changes it', async () => {
    const { status, headers } = await preflight(ALLOWED, {}, NONE)
    expect([status, corsHeadersOf(headers)]).toEqual([403, []])
  })

  test('that asks for something that is no list of headers is granted the usual ones', async () => {
    for (const asked of ['a(b)', 'x'.repeat(5_000)]) {
      const { headers } = await preflight(ALLOWED, { 'access-control-request-headers': asked })
      expect(headers.get('access-control-allow-headers')).toBe('authorization, content-type')
    }
  })

  test('to a path that is refused or does not exist is granted, so that the page can read why', async () => {
    for (const path of ['/v1/batches', '/v1/organization', '/v1/files/file-1/x']) {
      expect((await preflight(ALLOWED, {}, SOME, path)).status).toBe(204)
      expect((await preflight('https://evil.example', {}, SOME, path)).status).toBe(403)
      expect((await send('OPTIONS', path, { origin: ALLOWED })).status).toBe(404)
    }
  })
})

test('an OPTIONS that is no preflight is told the methods', async () => {
  const { status, headers } = await send('OPTIONS', '/v1/models', {})
  expect([status, headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS'])
  expect((await send('OPTIONS', '/v1/responses', { origin: ALLOWED })).headers.get('allow')).toBe(
    'POST, OPTIONS',
  )
})

describe('an answer', () => {
  test('is readable to a page of a named origin, with the headers that clients read', async () => {
    const { headers } = await send('POST', '/v1/responses', { origin: ALLOWED })
    expect(headers.get('access-control-allow-origin')).toBe(ALLOWED)
    expect(headers.get('vary')).toBe('Origin')
    const exposed = headers.get('access-control-expose-headers') ?? ''
    for (const name of [
      'x-request-id',
      'retry-after',
      'retry-after-ms',
      'x-ratelimit-remaining-tokens',
      'openai-model',
    ]) {
      expect(exposed.split(', ')).toContain(name)
    }
  })

  test('is readable to no other page, and says that it depends on who asks', async () => {
    for (const origin of ['https://evil.example', 'null']) {
      const { headers } = await send('POST', '/v1/responses', { origin })
      expect([corsHeadersOf(headers), headers.get('vary')]).toEqual([[], 'Origin'])
    }
  })

  test('carries nothing of all this where no origin is named', async () => {
    const { headers } = await send('POST', '/v1/responses', { origin: ALLOWED }, NONE)
    expect([corsHeadersOf(headers), headers.get('vary')]).toEqual([[], null])
  })
})

describe('a path without its prefix', () => {
  // Of a request only its method, its target and its headers are looked at.
  const announces = (method: string, path: string, headers: Record<string, string>) =>
    announcesApiKey({ method, url: path, headers } as unknown as Parameters<typeof announcesApiKey>[0])
  const asking = { origin: ALLOWED, 'access-control-request-headers': 'content-type, Authorization' }

  test('is the OpenAI side’s for a preflight that announces a key, and for nothing else', () => {
    expect(announces('OPTIONS', '/chat/completions', asking)).toBe(true)
    expect(
      announces('OPTIONS', '/models/x', { ...asking, 'access-control-request-headers': 'x-api-key' }),
    ).toBe(true)
    expect(announces('OPTIONS', '/batches', asking)).toBe(true)
    expect(announces('OPTIONS', '/', asking)).toBe(false)
    expect(announces('OPTIONS', '/api/me.get', asking)).toBe(false)
    expect(announces('POST', '/chat/completions', asking)).toBe(false)
    expect(announces('OPTIONS', '/chat/completions', { origin: ALLOWED })).toBe(false)
    expect(
      announces('OPTIONS', '/chat/completions', { 'access-control-request-headers': 'authorization' }),
    ).toBe(false)
  })
})

describe('the setting', () => {
  test('takes origins as browsers write them', () => {
    for (const origin of [
      'https://a.example',
      'http://192.168.1.4:3000',
      'http://[::1]:5173',
      'tauri://localhost',
    ]) {
      expect(settingsSchema.parse({ corsOrigins: [origin.toUpperCase()] }).corsOrigins).toEqual([origin])
    }
  })

  test.each([
    '*',
    'null',
    'https://*',
    'https://a.example/',
    'https://a.example/x',
    'a.example',
    'https://a@b',
    'https://a.example:443',
    '',
  ])('does not take %j', (origin) =>
    expect(settingsSchema.safeParse({ corsOrigins: [origin] }).success).toBe(false),
  )
})
