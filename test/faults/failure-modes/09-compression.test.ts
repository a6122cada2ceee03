// Failure mode 9. Answers are asked for uncompressed; an upstream, or a proxy before it, that compresses them all the same is
// unpacked: measured to the token, and relayed in plain bytes, as they would have come.
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { CHAT, DIALECTS, type OnePerson, startOnePerson } from '../support/one-person.ts'

let one: OnePerson

beforeAll(async () => {
  one = await startOnePerson()
})
afterAll(() => one.gateway.stop())
beforeEach(() => one.renew())

const CODINGS = ['gzip', 'br', 'deflate', 'zstd'] as const
/** The same answer twice: only what the upstream makes anew each time differs. */
const timeless = (text: string) =>
  text.replace(/"(id|item_id|created|created_at|completed_at|obfuscation)":("[^"]*"|\d+)/g, '"$1":0')

for (const { path, body } of DIALECTS) {
  for (const stream of [true, false]) {
    test.each(CODINGS)(
      `failure mode 9: ${path}, ${stream ? 'streamed' : 'whole'}, that comes in %s, is measured and relayed plain`,
      async (contentEncoding) => {
        const answer = { text: '月亮门 and some English.' }
        one.gateway.upstream.script({ answer })
        const plain = await (await one.ask(path, { ...body, stream })).text()
        await one.renew()
        one.gateway.upstream.script({ answer, contentEncoding })
        const response = await one.ask(path, { ...body, stream })
        expect(response.headers.has('content-encoding')).toBe(false)
        expect(timeless(await response.text())).toBe(timeless(plain))
        const [request] = one.gateway.upstream.requests
        expect(request?.headers['accept-encoding']).toBe('identity')
        expect(await one.theRow()).toMatchObject({
          reason: 'completed',
          inputTokens: request?.usage?.inputTokens,
          outputTokens: request?.usage?.outputTokens,
        })
      },
    )
  }
}

test('failure mode 9: a compressed stream arrives event by event, and not at its end', async () => {
  one.gateway.upstream.script({ contentEncoding: 'gzip', delays: { silence: { afterEvents: 4, ms: 1_500 } } })
  const response = await one.ask(CHAT, { ...DIALECTS[0].body, stream: true })
  const reader = response.body?.getReader()
  await reader?.read()
  expect(one.gateway.upstream.requests[0]?.outcome).toBe('open')
  while (!(await reader?.read())?.done);
  expect((await one.theRow()).reason).toBe('completed')
})

test('failure mode 9: an error that comes compressed is judged like any other', async () => {
  one.gateway.upstream.script({ contentEncoding: 'br', error: 401 })
  const response = await one.ask(CHAT, DIALECTS[0].body)
  expect([response.status, await response.json()]).toMatchObject([
    400,
    { error: { code: 'upstream_rejected' } },
  ])
})

test.each([
  ['in a coding that nobody knows', { 'content-encoding': 'lzma' }, Buffer.from('{}')],
  ['that is not what it says', { 'content-encoding': 'gzip' }, Buffer.from('{"id":"x"}')],
  ['that expands beyond reason', { 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(200 * 1024 * 1024))],
])(
  'failure mode 9: an answer %s is the upstream’s failure, and costs nothing',
  async (_what, headers, body) => {
    one.gateway.upstream.script({ headers: { 'content-type': 'application/json', ...headers }, body })
    const response = await one.ask(CHAT, DIALECTS[0].body)
    expect([response.status, await response.json()]).toMatchObject([
      502,
      { error: { code: 'upstream_failed' } },
    ])
    expect(await one.theRow()).toMatchObject({ costNanoUsd: 0, reason: 'upstream_failed' })
  },
)

test('failure mode 9: a client that leaves a compressed stream is charged its true usage', async () => {
  one.gateway.upstream.script({ contentEncoding: 'gzip', delays: { betweenEventsMs: 5 } })
  await one.hangUp(CHAT, DIALECTS[0].body)
  const row = await one.theRow()
  const [request] = one.gateway.upstream.requests
  expect(row).toMatchObject({ reason: 'client_left', outputTokens: request?.usage?.outputTokens })
})
