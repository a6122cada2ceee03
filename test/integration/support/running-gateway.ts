// A whole gateway for one test: the real server on port 0, a database file in a temporary folder, the scripted upstream
// as its OpenAI, and a user with a key and a balance. Everything is ended by `stop`.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DemoUpstream, startDemoUpstream } from '../../../server/demo-upstream/demo-upstream.ts'
import type { Clock } from '../../../server/ports.ts'
import { startServer } from '../../../server/start-server.ts'
import { SecretSearch } from './secret-search.ts'
import { MemoryLog, testPorts } from './test-ports.ts'

export const ADMIN = { email: 'admin@example.test', password: 'correct horse battery staple' }
export const UPSTREAM_KEY = 'sk-upstream-test-0123456789abcdef'
/** A model that every test gateway has a price for. */
export const TEST_MODEL = 'test-model'
const DOLLAR = 1_000_000_000

export interface Answer<T = Record<string, unknown>> {
  readonly status: number
  readonly ok: boolean
  readonly data: T
  readonly error: {
    readonly code: string
    readonly message: string
    readonly details?: Record<string, unknown>
  }
}

export interface Person {
  readonly id: string
  readonly email: string
  readonly key: string
  readonly keyId: string
}

export interface RunningGateway {
  readonly url: string
  readonly upstream: DemoUpstream
  readonly dataDir: string
  readonly log: MemoryLog
  /** Knows the secrets of this run, and fails it in `stop` where one of them was shown. */
  readonly secrets: SecretSearch
  /** Calls an operation as the administrator. */
  admin<T = Record<string, unknown>>(name: string, input?: unknown): Promise<Answer<T>>
  /** Calls an operation with the session of `cookie`, or with none. */
  call<T = Record<string, unknown>>(name: string, input?: unknown, cookie?: string): Promise<Answer<T>>
  signIn(email: string, password: string): Promise<string>
  /** An active user with one key and this balance (100 dollars unless said otherwise). */
  createPerson(balanceNanoUsd?: number): Promise<Person>
  /** Waits until nothing is held any more and returns the user's usage rows, newest first. */
  usageOf(person: Person): Promise<UsageRowView[]>
  balanceOf(person: Person): Promise<number>
  /** Gives what runs two seconds to end, unless said otherwise. */
  stop(drainMs?: number): Promise<void>
}

export interface UsageRowView {
  readonly requestId: string
  readonly endpoint: string
  readonly model: string
  readonly inputTokens: number
  readonly cachedInputTokens: number
  readonly cacheWriteTokens: number
  readonly outputTokens: number
  readonly reasoningTokens: number
  readonly costNanoUsd: number
  readonly status: number
  readonly reason: string
  readonly errorCode: string | null
  readonly stream: boolean
  readonly firstTokenMs: number | null
}

export interface GatewayOptions {
  readonly settings?: Record<string, unknown>
  /** Another server in the upstream's place. */
  readonly upstreamBaseUrl?: string
  readonly upstreamKey?: string
  readonly dataDir?: string
  /** The real one, unless a test moves its own. */
  readonly clock?: Clock
}

const NOT_SAID = { kind: undefined, baseUrl: undefined, apiKey: undefined }

export async function startGateway(options: GatewayOptions = {}): Promise<RunningGateway> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'codex-gateway-test-')))
  const upstream = await startDemoUpstream({ apiKey: UPSTREAM_KEY, acceptAnyModel: true })
  const openAi = {
    kind: 'openai',
    apiKey: options.upstreamKey ?? UPSTREAM_KEY,
    baseUrl: options.upstreamBaseUrl ?? upstream.baseUrl,
  } as const
  const log = new MemoryLog()
  const { ports, told } = testPorts(dataDir, log, options.clock)
  const server = await startServer(
    {
      dataDir,
      host: '127.0.0.1',
      port: 0,
      // A data folder that was used before names an upstream that is gone; the environment wins over it.
      upstream: options.dataDir === undefined ? NOT_SAID : openAi,
      admin: { email: undefined, password: undefined },
      remoteAdministration: 'loopback',
      metricsToken: undefined,
      locale: 'en',
    },
    ports,
  )
  const url = server.addresses[0]
  if (url === undefined) throw new Error('the server listens nowhere')
  const secrets = new SecretSearch(log)
  secrets.watch(Number(new URL(url).port))
  secrets.used('the operator’s key', options.upstreamKey ?? UPSTREAM_KEY)
  secrets.used('a password', ADMIN.password)

  async function call<T>(name: string, input: unknown = {}, cookie?: string): Promise<Answer<T>> {
    const response = await fetch(`${url}/api/${name}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-requested-with': 'codex-gateway',
        ...(cookie === undefined ? {} : { cookie }),
      },
      body: JSON.stringify(input),
    })
    const envelope = (await response.json()) as Omit<Answer<T>, 'status'>
    secrets.usedIn(envelope.data)
    return { ...envelope, status: response.status }
  }

  async function signIn(email: string, password: string): Promise<string> {
    const response = await fetch(`${url}/api/auth.login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-requested-with': 'codex-gateway' },
      body: JSON.stringify({ email, password }),
    })
    const cookie = response.headers.getSetCookie()[0]?.split(';')[0]
    if (response.status !== 200 || cookie === undefined)
      throw new Error(`cannot sign in: ${await response.text()}`)
    secrets.used('a session', cookie)
    secrets.used('a password', password)
    return cookie
  }

  const token = told.map((text) => /token[^\n]*?([A-Za-z0-9_-]{16,})/i.exec(text)?.[1]).find((found) => found)
  const completed = await call('setup.complete', {
    ...(token === undefined ? {} : { token }),
    admin: ADMIN,
    upstream: openAi,
    ...(options.settings === undefined ? {} : { settings: options.settings }),
  })
  if (!completed.ok && completed.error.code !== 'setup_already_done')
    throw new Error(JSON.stringify(completed))
  const adminCookie = await signIn(ADMIN.email, ADMIN.password)
  await call('prices.upsert', { model: TEST_MODEL, ...TEST_RATES }, adminCookie)
  const admin = <T>(name: string, input?: unknown) => call<T>(name, input, adminCookie)
  let people = 0

  async function balanceOf(person: Person): Promise<number> {
    const answer = await admin<{ balanceNanoUsd: number }>('users.get', { userId: person.id })
    return answer.data.balanceNanoUsd
  }

  return {
    url,
    upstream,
    dataDir,
    log,
    secrets,
    admin,
    call,
    signIn,
    balanceOf,
    async createPerson(balanceNanoUsd = 100 * DOLLAR) {
      people += 1
      const email = `person-${people}-${Date.now()}@example.test`
      const created = await admin<{ id: string }>('users.create', {
        email,
        password: 'a long enough password',
      })
      if (!created.ok) throw new Error(JSON.stringify(created))
      const userId = created.data.id
      if (balanceNanoUsd !== 0) {
        const topUp = await admin('users.adjustBalance', {
          userId,
          amountNanoUsd: balanceNanoUsd,
          note: 'for a test',
        })
        if (!topUp.ok) throw new Error(JSON.stringify(topUp))
      }
      const key = await admin<{ id: string; secret: string }>('keys.create', { userId, name: 'test' })
      if (!key.ok) throw new Error(JSON.stringify(key))
      return { id: userId, email, key: key.data.secret, keyId: key.data.id }
    },
    async usageOf(person) {
      for (let tries = 0; tries < 1_000; tries += 1) {
        const user = await admin<{ openHoldsNanoUsd: number }>('users.get', { userId: person.id })
        if (user.data.openHoldsNanoUsd === 0) break
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      const answer = await admin<{ rows: UsageRowView[] }>('usage.list', { userId: person.id })
      return answer.data.rows
    },
    async stop(drainMs = 2_000) {
      await server.stop({ drainMs })
      await upstream.stop()
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
      secrets.stop()
    },
  }
}

/** The rates that tests price their models at: dollars per million tokens, in nano-dollars. */
export const TEST_RATES = {
  inputNanoUsdPerMTok: 2 * DOLLAR,
  cachedInputNanoUsdPerMTok: DOLLAR / 5,
  cacheWriteNanoUsdPerMTok: 2.5 * DOLLAR,
  outputNanoUsdPerMTok: 10 * DOLLAR,
  webSearchNanoUsdPerCall: DOLLAR / 100,
  contextWindowTokens: 128_000,
  maxOutputTokens: 8_192,
}

/** What a row has to cost at `TEST_RATES`, computed by hand: in integers, rounded up once. */
export function costByHand(row: UsageRowView, webSearchCalls = 0): number {
  const plain = BigInt(row.inputTokens - row.cachedInputTokens - row.cacheWriteTokens)
  const total =
    plain * 2_000_000_000n +
    BigInt(row.cachedInputTokens) * 200_000_000n +
    BigInt(row.cacheWriteTokens) * 2_500_000_000n +
    BigInt(row.outputTokens) * 10_000_000_000n
  return Number((total + 999_999n) / 1_000_000n) + webSearchCalls * 10_000_000
}
