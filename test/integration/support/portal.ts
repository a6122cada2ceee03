// A server to try the portal side on: real HTTP with any header, host and body, and the operations called as each person.
import { mkdtempSync, rmSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StartConfig } from '../../../server/config.ts'
import type { Ports } from '../../../server/ports.ts'
import { type RunningServer, startServer } from '../../../server/start-server.ts'
import { SecretSearch } from './secret-search.ts'
import { MemoryLog, testPorts } from './test-ports.ts'

export const ADMIN = { email: 'admin@example.test', password: 'correct horse battery staple' }
export const USER = { email: 'user@example.test', password: 'a long enough password' }

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export interface Sent {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  readonly localAddress?: string
}

// What an envelope carries differs by operation; a test looks at what it expects.
// biome-ignore lint/suspicious/noExplicitAny: the shapes under test are checked by the expectations themselves
type Loose = any

export interface Envelope {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly ok: boolean
  readonly data: Loose
  readonly error: { readonly code: string; readonly message: string; readonly details?: Loose }
}

export interface Portal {
  readonly server: RunningServer
  readonly url: string
  readonly port: number
  readonly dataDir: string
  readonly log: MemoryLog
  /** Knows the secrets of this run, and fails it in `stop` where one of them was shown. */
  readonly secrets: SecretSearch
  readonly told: readonly string[]
  readonly token: string | undefined
  send(sent: Sent): Promise<Reply>
  /** Calls an operation over HTTP as a page of ours would. */
  call(
    name: string,
    input?: unknown,
    more?: { cookie?: string; headers?: Record<string, string> },
  ): Promise<Envelope>
  /** Completes the set-up with the demo upstream and returns the administrator's cookie. */
  setUp(): Promise<string>
  signIn(who: { email: string; password: string }): Promise<string>
  stop(): Promise<void>
}

export interface PortalOptions {
  readonly config?: Partial<StartConfig>
  readonly ports?: Partial<Ports>
  readonly dataDir?: string
}

export async function startPortal(options: PortalOptions = {}): Promise<Portal> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'codex-gateway-portal-'))
  const log = new MemoryLog()
  const { ports, told } = testPorts(dataDir, log)
  const server = await startServer(
    {
      dataDir,
      host: '127.0.0.1',
      port: 0,
      upstream: { kind: undefined, baseUrl: undefined, apiKey: undefined },
      admin: { email: undefined, password: undefined },
      remoteAdministration: 'loopback',
      metricsToken: undefined,
      locale: 'en',
      ...options.config,
    },
    { ...ports, ...options.ports },
  )
  const url = server.addresses[0] ?? ''
  const port = Number(new URL(url).port)
  const send = (sent: Sent) => sendTo(port, sent)

  const call: Portal['call'] = async (name, input = {}, { cookie, headers } = {}) => {
    const reply = await send({
      method: 'POST',
      path: `/api/${name}`,
      headers: {
        'content-type': 'application/json',
        'x-requested-with': 'codex-gateway',
        ...(cookie === undefined ? {} : { cookie }),
        ...headers,
      },
      body: JSON.stringify(input),
    })
    const envelope = JSON.parse(reply.text)
    secrets.usedIn(envelope.data)
    return { ...envelope, status: reply.status, headers: reply.headers }
  }
  const cookieOf = ({ headers }: { headers: IncomingHttpHeaders }) =>
    headers['set-cookie']?.[0]?.split(';')[0] ?? ''
  const token = /Set-up token: (\S+)/.exec(told.join('\n'))?.[1]
  const secrets = new SecretSearch(log)
  secrets.watch(port)
  secrets.used('the set-up token', token ?? '')
  for (const { password } of [ADMIN, USER]) secrets.used('a password', password)
  const cookieOfUse = (answer: { headers: IncomingHttpHeaders }): string => {
    const cookie = cookieOf(answer)
    secrets.used('a session', cookie)
    return cookie
  }

  return {
    server,
    url,
    port,
    dataDir,
    log,
    secrets,
    told,
    token,
    send,
    call,
    async setUp() {
      return cookieOfUse(await call('setup.complete', { token, admin: ADMIN, upstream: { kind: 'demo' } }))
    },
    signIn: async ({ email, password }) => cookieOfUse(await call('auth.login', { email, password })),
    async stop() {
      await server.stop({ drainMs: 1000 })
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true })
      secrets.stop()
    },
  }
}

/** One request on a connection of its own; the host header is ours to choose. */
export function sendTo(
  port: number,
  { method = 'GET', path, headers = {}, body, localAddress }: Sent,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const sent = request({
      port,
      host: '127.0.0.1',
      method,
      path,
      headers: { ...length, ...headers },
      agent: false,
      ...(localAddress === undefined ? {} : { localAddress }),
    })
    sent.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      )
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
