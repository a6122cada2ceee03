// The test button's request: what is sent, what is read of the answer, and how each failure is told apart.
import { afterEach, expect, test, vi } from 'vitest'
import { sendTestRequest } from './test-request.ts'

afterEach(() => vi.unstubAllGlobals())

const chunk = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`

function streamed(...pieces: readonly string[]): Response {
  const bytes = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(bytes.encode(piece))
      controller.close()
    },
  })
  return new Response(body, { headers: { 'x-request-id': 'req_1' } })
}

async function run(answer: () => Promise<Response>, stop = new AbortController()) {
  const sent = vi.fn((_url: string, _init: RequestInit) => answer())
  vi.stubGlobal('fetch', sent)
  let nowMs = 0
  const texts: string[] = []
  const outcome = await sendTestRequest({
    secret: 'sk-cg-a-b',
    model: 'demo-smart',
    prompt: 'Hello',
    signal: stop.signal,
    onText: (text) => texts.push(text),
    now: () => {
      nowMs += 100
      return nowMs
    },
  })
  return { outcome, texts, sent }
}

test('the answer is told as it grows, however its bytes are cut, with the request it belongs to', async () => {
  const whole = `: waiting\n\ndata: {"choices":[{"delta":{"role":"assistant"}}]}\n\n${chunk('Hel')}${chunk('lo 你')}data: {"choices":[],"usage":{}}\n\ndata: [DONE]\n\n`
  const { outcome, texts, sent } = await run(() => Promise.resolve(streamed(...whole.split(/(?<=[e:l])/))))
  expect(texts).toEqual(['Hel', 'Hello 你'])
  expect(outcome).toEqual({ kind: 'answered', requestId: 'req_1', firstTokenMs: 100, totalMs: 200 })
  const [url, init] = sent.mock.calls[0] ?? []
  expect(url).toBe('/v1/chat/completions')
  expect(init).toMatchObject({ credentials: 'omit', headers: { authorization: 'Bearer sk-cg-a-b' } })
  expect(JSON.parse(String(init?.body))).toMatchObject({ model: 'demo-smart', stream: true })
})

test('a refusal carries its code and message, before the answer and in the middle of it', async () => {
  const error = JSON.stringify({ error: { code: 'insufficient_quota', message: 'Empty.' } })
  const before = await run(() => Promise.resolve(new Response(error, { status: 429 })))
  expect(before.outcome).toEqual({
    kind: 'refused',
    status: 429,
    code: 'insufficient_quota',
    message: 'Empty.',
  })
  const middle = await run(() => Promise.resolve(streamed(chunk('Hel'), `data: ${error}\n\n`)))
  expect([middle.texts, middle.outcome]).toEqual([
    ['Hel'],
    { kind: 'refused', status: 200, code: 'insufficient_quota', message: 'Empty.' },
  ])
  const foreign = await run(() => Promise.resolve(new Response('<html>', { status: 502 })))
  expect(foreign.outcome).toEqual({ kind: 'refused', status: 502, code: '', message: '' })
})

test('no gateway, an answer that breaks off, and a person who stops are three things', async () => {
  const unreachable = await run(() => Promise.reject(new TypeError('Failed to fetch')))
  const broken = await run(() => Promise.resolve(streamed(chunk('Hel'))))
  const stop = new AbortController()
  stop.abort()
  const stopped = await run(() => Promise.reject(stop.signal.reason), stop)
  expect([unreachable, broken, stopped].map(({ outcome }) => outcome.kind)).toEqual([
    'transport',
    'broken',
    'stopped',
  ])
})
