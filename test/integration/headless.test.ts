// The headless host as a process: what it prints where, how it ends, and that two of them never share a data folder.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bundlePath, ensureBundle } from '../../scripts/bundle.mjs'
import { type DemoUpstream, startDemoUpstream } from '../../server/demo-upstream/demo-upstream.ts'
import { ADMIN, sendTo } from './support/portal.ts'

const ROOT = join(import.meta.dirname, '..', '..')
/** As it is shipped: it is there in a quarter of the time that its sources take. */
const HEADLESS = bundlePath(ROOT)
const UPSTREAM_KEY = 'sk-upstream-test-headless-0123456789'

interface Running {
  readonly process: ChildProcess
  stdout: string
  stderr: string
  readonly ended: Promise<{ code: number | null; signal: string | null }>
}

beforeAll(() => ensureBundle(ROOT))

let dir = ''
let children: Running[] = []
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'codex-gateway-headless-'))
  children = []
})
afterEach(async () => {
  for (const child of children) child.process.kill('SIGKILL')
  await Promise.all(children.map(({ ended }) => ended))
  rmSync(dir, { recursive: true, force: true })
})

function start(flags: string[], env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [HEADLESS, ...flags], {
    env: { PATH: process.env.PATH, HOME: dir, CODEX_GATEWAY_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const running: Running = {
    process: child,
    stdout: '',
    stderr: '',
    ended: new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal }))),
  }
  child.stdout.on('data', (chunk) => {
    running.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    running.stderr += chunk
  })
  children.push(running)
  return running
}

async function waitFor<T>(found: () => T | undefined, what: string): Promise<T> {
  const deadline = performance.now() + 25_000
  while (performance.now() < deadline) {
    const value = found()
    if (value !== undefined && value !== false) return value
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`${what} did not come; stderr: ${children.map(({ stderr }) => stderr).join('\n---\n')}`)
}
const portOf = (running: Running) =>
  waitFor(() => {
    const port = /^codex-gateway ready http:\/\/127\.0\.0\.1:(\d+)\n/.exec(running.stdout)?.[1]
    return port === undefined ? undefined : Number(port)
  }, 'the ready line')

const inDir = (name: string) => ['--data-dir', join(dir, name)]
const withAdmin = {
  CODEX_GATEWAY_ADMIN_EMAIL: ADMIN.email,
  CODEX_GATEWAY_ADMIN_PASSWORD: ADMIN.password,
  CODEX_GATEWAY_UPSTREAM: 'demo',
}

async function call(port: number, name: string, input: unknown, cookie = '') {
  const reply = await sendTo(port, {
    method: 'POST',
    path: `/api/${name}`,
    headers: { 'content-type': 'application/json', 'x-requested-with': 'codex-gateway', cookie },
    body: JSON.stringify(input),
  })
  return { ...JSON.parse(reply.text), cookie: reply.headers['set-cookie']?.[0]?.split(';')[0] ?? '' }
}

test('stdout carries the ready line alone, stderr and files the log, and the token is told but never logged', async () => {
  const running = start(inDir('new'))
  await portOf(running)
  const token = await waitFor(() => /Set-up token: (\S+)/.exec(running.stderr)?.[1], 'the token')
  running.process.kill('SIGTERM')
  expect(await running.ended).toEqual({ code: 0, signal: null })
  expect(running.stdout).toMatch(/^codex-gateway ready http:\/\/127\.0\.0\.1:\d+\n$/)
  const logged = running.stderr.split('\n').filter((line) => line.startsWith('{'))
  expect(logged.map((line) => JSON.parse(line).msg)).toEqual(
    expect.arrayContaining(['ready', 'stopping', 'stopped']),
  )
  const logs = join(dir, 'new', 'logs')
  const file = readdirSync(logs)
    .map((name) => readFileSync(join(logs, name), 'utf8'))
    .join('')
  expect(file).toBe(`${logged.join('\n')}\n`)
  expect(file).not.toContain(token)
})

test('everything in the data folder is for its owner only', async () => {
  const running = start(inDir('private'), withAdmin)
  await portOf(running)
  const folder = join(dir, 'private')
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  for (const entry of readdirSync(folder, { recursive: true })) {
    // One that was there for a moment may be gone.
    const found = statSync(join(folder, String(entry)), { throwIfNoEntry: false })
    expect([entry, (found?.mode ?? 0) & 0o077]).toEqual([entry, 0])
  }
})

test('the set-up is completed by the environment, and the gateway answers with its demo', async () => {
  const port = await portOf(start(inDir('unattended'), withAdmin))
  expect((await sendTo(port, { path: '/readyz' })).status).toBe(200)
  expect((await call(port, 'auth.login', ADMIN)).data.user).toMatchObject({
    email: ADMIN.email,
    role: 'admin',
  })
})

describe('a second process', () => {
  test('on the same data folder is told who holds it, and the first goes on', async () => {
    const first = start(inDir('shared'), withAdmin)
    const port = await portOf(first)
    const second = start(inDir('shared'), withAdmin)
    expect(await second.ended).toEqual({ code: 1, signal: null })
    expect(second.stdout).toBe('')
    expect(second.stderr).toContain(`in use by process ${first.process.pid}`)
    expect(second.stderr).toContain(`http://127.0.0.1:${port}`)
    expect((await sendTo(port, { path: '/readyz' })).status).toBe(200)
  })

  test('may have the folder the moment the first was killed', async () => {
    const first = start(inDir('killed'), withAdmin)
    await portOf(first)
    first.process.kill('SIGKILL')
    await first.ended
    const port = await portOf(start(inDir('killed')))
    expect((await call(port, 'auth.login', ADMIN)).ok).toBe(true)
  })
})

describe('what cannot work', () => {
  test('a port in use is named, with the way out', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => holder.once('listening', resolve))
    const address = holder.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const running = start([...inDir('port'), '--port', String(port)])
    expect(await running.ended).toEqual({ code: 1, signal: null })
    expect(running.stderr).toContain(`Port ${port} on 127.0.0.1 is in use. Choose another one with --port`)
    expect(running.stdout).toBe('')
    holder.close()
  })

  test.each([
    [['--port', 'many'], {}, '--port'],
    [[], { CODEX_GATEWAY_ADMIN_EMAIL: ADMIN.email }, 'CODEX_GATEWAY_ADMIN_PASSWORD'],
  ])('%j %j ends with 2 and names %s', async (flags, env, name) => {
    const running = start([...inDir('bad'), ...flags], env)
    expect(await running.ended).toEqual({ code: 2, signal: null })
    expect(running.stderr).toContain(name)
    expect(running.stdout).toBe('')
  })

  test.each([
    [
      'gateway.db',
      'no database at all, but long enough to be taken for one'.repeat(100),
      'is damaged, or no database',
    ],
    ['secrets.json', '{', 'is not a file of secrets'],
    ['secrets.key', 'c2hvcnQ=', 'does not hold a key of 32 bytes'],
  ])('%s that cannot be read is named in one line, and kept as it is', async (name, content, said) => {
    const first = start(inDir('spoilt'), withAdmin)
    await portOf(first)
    first.process.kill('SIGTERM')
    await first.ended
    const path = join(dir, 'spoilt', name)
    writeFileSync(path, content)
    const running = start(inDir('spoilt'))
    expect(await running.ended).toEqual({ code: 1, signal: null })
    const [line, ...rest] = running.stderr.split('\n').filter((text) => text !== '' && !text.startsWith('{'))
    expect(line).toContain(`codex-gateway: ${path} ${said}`)
    expect(rest).toEqual([])
    expect(readFileSync(path, 'utf8')).toBe(content)
  })

  test.runIf(process.platform === 'linux')(
    'a data folder that its parent does not take is named',
    async () => {
      const running = start(['--data-dir', '/proc/none/of/it'])
      expect(await running.ended).toEqual({ code: 1, signal: null })
      expect(running.stderr).toContain('The data folder /proc/none/of/it cannot be used')
    },
  )

  test('a data folder that is a file is named', async () => {
    const running = start(['--data-dir', HEADLESS])
    expect(await running.ended).toEqual({ code: 1, signal: null })
    expect(running.stderr).toContain(`The data folder ${HEADLESS} cannot be used`)
  })
})

describe('with an answer under way', () => {
  let upstream: DemoUpstream
  beforeEach(async () => {
    upstream = await startDemoUpstream({ apiKey: UPSTREAM_KEY, acceptAnyModel: true })
  })
  afterEach(() => upstream.stop())

  /** A running gateway, and a stream through it of which the first bytes have arrived. */
  async function streaming(betweenEventsMs: number) {
    const running = start(inDir('draining'), {
      ...withAdmin,
      CODEX_GATEWAY_UPSTREAM: 'openai',
      OPENAI_API_KEY: UPSTREAM_KEY,
      OPENAI_BASE_URL: upstream.baseUrl,
    })
    const port = await portOf(running)
    const { cookie, data } = await call(port, 'auth.login', ADMIN)
    await call(port, 'users.adjustBalance', { userId: data.user.id, amountNanoUsd: 50_000_000_000 }, cookie)
    const price = { model: 'm', inputNanoUsdPerMTok: 1_000_000_000, outputNanoUsdPerMTok: 1_000_000_000 }
    await call(port, 'prices.upsert', price, cookie)
    const { secret } = (await call(port, 'keys.create', { name: 'k' }, cookie)).data
    upstream.script({ answer: { textTokens: 20 }, delays: { betweenEventsMs } })
    const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] }),
    })
    expect(answer.status).toBe(200)
    return { running, port, secret, answer }
  }

  test('SIGTERM lets it finish, takes nothing new, and ends with 0', async () => {
    const { running, port, answer } = await streaming(50)
    running.process.kill('SIGTERM')
    await waitFor(
      () => (running.stderr.includes('finishing 1 running request') ? true : undefined),
      'the drain',
    )
    await expect(sendTo(port, { path: '/healthz' })).rejects.toThrow()
    const text = await answer.text()
    expect(text.trim().endsWith('data: [DONE]')).toBe(true)
    expect(await running.ended).toEqual({ code: 0, signal: null })
    // It was charged before the end: after a restart the row is there.
    const again = await portOf(start(inDir('draining')))
    const { cookie } = await call(again, 'auth.login', ADMIN)
    const { rows } = (await call(again, 'usage.list', {}, cookie)).data
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({ status: 200, reason: 'completed', outputTokens: expect.any(Number) })
    expect((await call(again, 'me.overview', {}, cookie)).data.openHoldsNanoUsd).toBe(0)
  }, 90_000)

  test('the echo of a signal, which npm adds to the one of the terminal, cuts nothing off', async () => {
    const { running, answer } = await streaming(50)
    running.process.kill('SIGINT')
    setTimeout(() => running.process.kill('SIGINT'), 30)
    const text = await answer.text()
    expect(text.trim().endsWith('data: [DONE]')).toBe(true)
    expect(await running.ended).toEqual({ code: 0, signal: null })
  })

  test('a second signal ends it at once, with the request charged and no hold left', async () => {
    const { running, answer } = await streaming(2_000)
    const startedAt = performance.now()
    running.process.kill('SIGTERM')
    await waitFor(
      () => (running.stderr.includes('finishing 1 running request') ? true : undefined),
      'the drain',
    )
    running.process.kill('SIGINT')
    await answer.text().catch(() => undefined)
    expect((await running.ended).signal).toBeNull()
    expect(performance.now() - startedAt).toBeLessThan(8_000)
    const again = await portOf(start(inDir('draining')))
    const { cookie } = await call(again, 'auth.login', ADMIN)
    expect((await call(again, 'me.overview', {}, cookie)).data.openHoldsNanoUsd).toBe(0)
    expect((await call(again, 'usage.list', {}, cookie)).data.rows).toHaveLength(1)
  })
})
