// The self-test finds what is wrong: each check fails for its own reason, and says it.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { runSelfTest } from './self-test.ts'

const USAGE = {
  input_tokens: 3,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 4,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 7,
}
const COMPACTION = {
  type: 'response.output_item.done',
  item: { type: 'compaction', encrypted_content: 'sealed' },
}
const completed = (usage: unknown) => ({ type: 'response.completed', response: { usage } })
const CREATED = { type: 'response.created' }

interface Gateway {
  readonly models?: unknown
  readonly answer: readonly unknown[] | ((res: ServerResponse) => void)
  readonly compaction: readonly unknown[]
  /** The frames that come over WebSocket; undefined where it is refused. */
  readonly socket: readonly unknown[] | undefined
}

/** Answers as it is told to, and reports what the self-test made of it, check by check. */
async function testOf(
  { models = { data: [{ id: 'm' }] }, answer, compaction, socket }: Gateway,
  heartbeatSeconds = 15,
) {
  const server = createServer(async (req, res) => {
    if (req.method === 'GET') return res.end(JSON.stringify(models))
    const events = (await text(req)).includes('compaction_trigger') ? compaction : answer
    if (typeof events === 'function') return events(res)
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    // Both ways to end a line, and a comment between, are the stream's own business.
    return res.end(
      events.map((event) => `: still here\r\n\r\nevent: x\r\ndata: ${JSON.stringify(event)}\n\n`).join(''),
    )
  })
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (req, connection, head) => {
    if (!socket) return void connection.end('HTTP/1.1 426 Upgrade Required\r\ncontent-length: 2\r\n\r\nno')
    sockets.handleUpgrade(req, connection, head, (ws) =>
      ws.once('message', () => {
        for (const frame of socket) ws.send(JSON.stringify(frame))
        ws.close()
      }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const checks = await runSelfTest({
    baseUrl: `http://127.0.0.1:${port}/v1`,
    key: 'k',
    model: 'm',
    heartbeatSeconds,
  })
  return Object.fromEntries(checks.map(({ name, outcome, detail }) => [name, `${outcome}: ${detail}`]))
}

const GOOD = {
  answer: [CREATED, completed(USAGE)],
  compaction: [CREATED, COMPACTION, completed(USAGE)],
  socket: [CREATED, { type: 'response.in_progress' }, completed(USAGE)],
}

test('a gateway that does as it should passes', async () => {
  expect(await testOf(GOOD)).toEqual({
    models: 'passed: 1',
    stream: 'passed: 2',
    usage: 'passed: 7',
    socket: 'passed: 3',
    compaction: 'passed: 1',
    heartbeat: expect.stringMatching(/^passed: \d+\.\d$/),
  })
})

test.each<[string, Gateway, string]>([
  ['models', { ...GOOD, models: { data: [] } }, 'm is not in the list of models.'],
  ['models', { ...GOOD, models: [] }, 'The list of models does not fit'],
  ['stream', { ...GOOD, answer: [CREATED] }, 'The stream ends with response.created.'],
  ['stream', { ...GOOD, answer: [completed(USAGE)] }, 'The stream begins with response.completed.'],
  ['usage', { ...GOOD, answer: [CREATED, completed({ ...USAGE, total_tokens: 8 })] }, 'not the sum'],
  [
    'usage',
    { ...GOOD, answer: [CREATED, completed(null)] },
    'The end of the answer does not fit: response.usage',
  ],
  ['socket', { ...GOOD, socket: undefined }, '426: no'],
  ['socket', { ...GOOD, socket: [CREATED] }, 'The connection was closed with 1005'],
  [
    'socket',
    {
      ...GOOD,
      socket: [{ type: 'error', status: 429, error: { code: 'insufficient_quota', message: 'Top up.' } }],
    },
    'insufficient_quota: Top up.',
  ],
  ['compaction', { ...GOOD, compaction: [CREATED, COMPACTION, COMPACTION] }, '2 compactions'],
  ['compaction', { ...GOOD, compaction: GOOD.answer }, '0 compactions'],
])('%s fails where it is wrong', async (name, gateway, reason) => {
  expect((await testOf(gateway))[name]).toMatch(new RegExp(`^failed: .*${reason}`))
})

test('a refusal is said in the words of the gateway, and heartbeats that are off are a failure', async () => {
  const refuse = (res: ServerResponse) => {
    res.writeHead(429, { 'content-type': 'application/json' })
    res.end(JSON.stringify({ error: { message: 'Top up.', code: 'insufficient_quota' } }))
  }
  expect(await testOf({ ...GOOD, answer: refuse }, 0)).toMatchObject({
    stream: 'failed: 429 insufficient_quota: Top up.',
    usage: 'failed: There was no answer to look at.',
    heartbeat: expect.stringMatching(/^failed: Heartbeats are off/),
  })
})
