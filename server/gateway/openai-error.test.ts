// How the OpenAI side says no, over a real connection.
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { ERRORS, type ErrorCode, refusal } from '../../contract/errors.ts'
import { answerRefusal, openAiErrorOf, retryHeaders } from './openai-error.ts'

let close = () => Promise.resolve()
afterEach(() => close())

async function answered(answer: (res: ServerResponse) => void, method = 'POST') {
  const server = createServer((_req, res) => answer(res))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close = () =>
    new Promise((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  // A server that listens on a port has an address with that port.
  const { port } = server.address() as AddressInfo
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ port, host: '127.0.0.1', method }, resolve).on('error', reject).end()
  })
  let text = ''
  for await (const part of response) text += String(part)
  return { status: response.statusCode, headers: response.headers, text }
}

describe('a refusal', () => {
  test('has all four members of OpenAI’s error, its status, and the id of the request', async () => {
    const refused = refusal('missing_parameter', undefined, { param: 'model' })
    const { status, headers, text } = await answered((res) => answerRefusal(res, 'req_1', refused))
    expect(status).toBe(400)
    expect(headers).toMatchObject({
      'x-request-id': 'req_1',
      'content-type': 'application/json; charset=utf-8',
      'x-should-retry': 'false',
    })
    expect(JSON.parse(text)).toEqual({
      error: {
        message: 'The parameter "model" is missing.',
        type: 'invalid_request_error',
        param: 'model',
        code: 'missing_parameter',
      },
    })
  })

  test('of a HEAD request has no body, and the same length', async () => {
    const { text, headers } = await answered(
      (res) => answerRefusal(res, 'req_1', refusal('missing_api_key')),
      'HEAD',
    )
    expect(text).toBe('')
    expect(Number(headers['content-length'])).toBeGreaterThan(50)
  })

  test('does not touch an answer that has begun', async () => {
    const { status, text } = await answered((res) => {
      res.writeHead(200)
      res.write('begun')
      answerRefusal(res, 'req_1', refusal('internal_error'))
      res.end()
    })
    expect({ status, text }).toEqual({ status: 200, text: 'begun' })
  })

  test('is given once', async () => {
    const { status } = await answered((res) => {
      answerRefusal(res, 'req_1', refusal('account_suspended'))
      answerRefusal(res, 'req_1', refusal('internal_error'))
    })
    expect(status).toBe(401)
  })
})

describe('what a client shall do next', () => {
  test.each([
    ['insufficient_quota', 'false'],
    ['upstream_rejected', 'false'],
    ['model_not_priced', 'false'],
    ['invalid_api_key', 'false'],
    ['balance_on_hold', 'true'],
    ['upstream_busy', 'true'],
    ['gateway_stopping', 'true'],
    ['upstream_failed', undefined],
  ] as const)('on %s is said as x-should-retry: %s', (code, expected) => {
    expect(retryHeaders(refusal(code))['x-should-retry']).toBe(expected)
  })

  test('is said with a time, in whole seconds rounded up and in milliseconds', () => {
    expect(retryHeaders(refusal('upstream_busy', undefined, { retryAfterMs: 1_200.4 }))).toMatchObject({
      'retry-after': '2',
      'retry-after-ms': '1201',
    })
    expect(retryHeaders(refusal('upstream_busy', undefined, { retryAfterMs: 0 }))).toMatchObject({
      'retry-after': '0',
    })
    expect(retryHeaders(refusal('upstream_busy'))).not.toHaveProperty('retry-after')
  })

  test('is never to try a permanent failure again: none of them is a 5xx', () => {
    for (const [code, entry] of Object.entries(ERRORS)) {
      if (entry.shouldRetry === false) expect(`${code} ${entry.status}`).not.toMatch(/ 5\d\d$/)
    }
  })

  test('is told in a message without a hole in it', () => {
    const details = {
      model: 'm',
      method: 'GET',
      path: '/x',
      allowed: 'POST',
      problem: 'p',
      tool: 't',
      tier: 'flex',
      id: 'i',
      maxBytes: 1,
      encoding: 'gzip',
      requestId: 'req_1',
    }
    const codes: ErrorCode[] = [
      'unknown_url',
      'method_not_allowed',
      'unsupported_tool',
      'unsupported_service_tier',
      'model_not_found',
      'request_too_large',
      'unsupported_content_encoding',
      'internal_error',
    ]
    for (const code of codes)
      expect(openAiErrorOf(refusal(code, details, { param: 'p' })).message).not.toMatch(/[{}]/)
  })
})
