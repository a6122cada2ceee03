// Mail through Resend's API, spoken with an endpoint that answers as Resend does.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createResendMailer } from './resend-mailer.ts'

interface Seen {
  readonly path: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: Record<string, unknown>
}

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  server = undefined
})

async function startResend(status: number, answer: string): Promise<{ baseUrl: string; seen: Seen[] }> {
  const seen: Seen[] = []
  const made = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      seen.push({ path: req.url, headers: req.headers, body: JSON.parse(Buffer.concat(chunks).toString()) })
      res.writeHead(status, { 'content-type': 'application/json' }).end(answer)
    })
  })
  server = made
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve))
  return { baseUrl: `http://127.0.0.1:${(made.address() as AddressInfo).port}`, seen }
}

const message = {
  id: 'mail-1',
  from: { name: 'Team "X" <evil@example.test>', address: 'gateway@example.test' },
  replyTo: undefined,
  to: 'ann@example.test',
  subject: '确认',
  text: 'text',
  html: '<p>html</p>',
}

test('a mail is one call, with the key, and with the id that keeps it from being sent twice', async () => {
  const { baseUrl, seen } = await startResend(200, '{"id":"re_1"}')
  const sent = await createResendMailer({ baseUrl: `${baseUrl}/`, apiKey: 're_secret' }).send(message)
  expect(sent.ok).toBe(true)
  expect(seen).toMatchObject([
    {
      path: '/emails',
      headers: { authorization: 'Bearer re_secret', 'idempotency-key': 'mail-1' },
      body: {
        from: '"Team X <evil@example.test>" <gateway@example.test>',
        to: ['ann@example.test'],
        subject: '确认',
        text: 'text',
        html: '<p>html</p>',
      },
    },
  ])
})

test.each([
  [401, 'authentication', false],
  [403, 'authentication', false],
  [422, 'rejected', true],
  [409, 'failed', false],
  [429, 'failed', false],
  [500, 'failed', false],
])('an answer %i is %s, for good: %s', async (status, kind, isPermanent) => {
  const { baseUrl } = await startResend(status, '{"name":"x","message":"what\\r\\n Resend says"}')
  const sent = await createResendMailer({ baseUrl, apiKey: 're_secret' }).send(message)
  expect(sent).toMatchObject({
    ok: false,
    error: { kind, isPermanent, reason: `${status} what Resend says` },
  })
})

test('what is no JSON, and nobody there, are told apart', async () => {
  const { baseUrl } = await startResend(502, `<html>${'x'.repeat(1000)}`)
  const sent = await createResendMailer({ baseUrl, apiKey: 'k' }).send(message)
  if (sent.ok) throw new Error('the mail was taken')
  expect(sent.error.kind).toBe('failed')
  expect(sent.error.reason.length).toBeLessThanOrEqual(300)
  server?.closeAllConnections()
  await new Promise((resolve) => server?.close(resolve))
  expect(await createResendMailer({ baseUrl, apiKey: 'k' }).send(message)).toMatchObject({
    error: { kind: 'unreachable' },
  })
})
