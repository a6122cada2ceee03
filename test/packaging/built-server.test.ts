// The server as it is shipped for plain Node: built, with its demo upstream, started, used, stopped and started again.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { bundlePath } from '../../scripts/bundle.mjs'
import { ADMIN } from '../integration/support/portal.ts'

/** One of the demo. */
const MODEL = 'demo-fast'
const ROOT = join(import.meta.dirname, '..', '..')
const dir = mkdtempSync(join(tmpdir(), 'codex-gateway-built-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

/** Rejects where it ends before it is ready. */
async function start() {
  const child = spawn(process.execPath, [bundlePath(ROOT), '--data-dir', join(dir, 'data')], {
    env: {
      PATH: process.env.PATH,
      HOME: dir,
      CODEX_GATEWAY_PORT: '0',
      CODEX_GATEWAY_UPSTREAM: 'demo',
      CODEX_GATEWAY_ADMIN_EMAIL: ADMIN.email,
      CODEX_GATEWAY_ADMIN_PASSWORD: ADMIN.password,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = once(child, 'exit')
  const [said] = await Promise.race([
    once(child.stdout, 'data'),
    ended.then(([code]) => {
      throw new Error(`The built server ended with ${code} before it was ready.`)
    }),
  ])
  const url = /^codex-gateway ready (http:\S+)\n$/.exec(String(said))?.[1]
  const stop = async () => {
    child.kill('SIGTERM')
    return (await ended)[0]
  }
  return { url, stop }
}

async function call<T>(url: string, name: string, input: object, cookie = '') {
  const response = await fetch(`${url}/api/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-requested-with': 'codex-gateway', origin: url, cookie },
    body: JSON.stringify(input),
  })
  // What the operation answers, as its contract says.
  const { ok, data } = (await response.json()) as { ok: boolean; data: T }
  return { ok, data, cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '' }
}

test('the built server starts with its demo, answers, and starts again on what it left', async () => {
  for (const isFirst of [true, false]) {
    const { url = '', stop } = await start()
    const { data, cookie } = await call<{ user: { id: string } }>(url, 'auth.login', ADMIN)
    if (isFirst) {
      const gift = { userId: data.user.id, amountNanoUsd: 1_000_000_000 }
      expect(await call(url, 'users.adjustBalance', gift, cookie)).toMatchObject({ ok: true })
    }
    const { secret } = (await call<{ secret: string }>(url, 'keys.create', { name: 'k' }, cookie)).data
    const authorization = `Bearer ${secret}`
    const models = await fetch(`${url}/v1/models`, { headers: { authorization } })
    expect(((await models.json()) as { data: { id: string }[] }).data.map(({ id }) => id)).toContain(MODEL)
    const response = await fetch(`${url}/v1/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ model: MODEL, input: 'Hello.', stream: true }),
    })
    expect(await response.text()).toContain('response.completed')
    const usage = await call<{ rows: unknown[] }>(url, 'usage.list', {}, cookie)
    expect(usage.data.rows).toHaveLength(isFirst ? 1 : 2)
    expect(await stop()).toBe(0)
  }
})
