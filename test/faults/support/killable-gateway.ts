// The gateway as a process of its own on a data folder that outlives it: started, killed without warning, started again.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundlePath, ensureBundle } from '../../../scripts/bundle.mjs'
import { ADMIN, UPSTREAM_KEY } from '../../integration/support/running-gateway.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const READY_MS_MAX = 60_000

export interface KillableGateway {
  readonly databasePath: string
  /** Where forms lie while they are needed. */
  readonly spoolPath: string
  /** Of the process that runs. */
  pid(): number | undefined
  /** Resolves with its address when it is ready; undefined where it was killed before. */
  start(): Promise<string | undefined>
  /** Ends it at once, and waits until it is gone. */
  kill(): Promise<void>
  /** Ends it, and removes the folder. */
  remove(): Promise<void>
  /** Calls an operation as the administrator, who is signed in at the first call. */
  admin<T>(url: string, name: string, input: unknown): Promise<T>
}

/** Starts the built server, which is there in a quarter of the time; builds it where it is not that of these sources. */
export async function createKillableGateway(upstreamBaseUrl: string): Promise<KillableGateway> {
  await ensureBundle(ROOT)
  const folder = mkdtempSync(join(tmpdir(), 'codex-gateway-killed-'))
  const dataDir = join(folder, 'data')
  let running: { readonly child: ChildProcess; readonly gone: Promise<unknown> } | undefined
  let cookie = ''

  async function kill(): Promise<void> {
    running?.child.kill('SIGKILL')
    await running?.gone
    running = undefined
  }

  return {
    databasePath: join(dataDir, 'gateway.db'),
    spoolPath: join(dataDir, 'uploads'),
    pid: () => running?.child.pid,
    kill,
    async start() {
      const child = spawn(process.execPath, [bundlePath(ROOT), '--data-dir', dataDir], {
        env: {
          PATH: process.env.PATH,
          HOME: folder,
          CODEX_GATEWAY_PORT: '0',
          CODEX_GATEWAY_UPSTREAM: 'openai',
          OPENAI_API_KEY: UPSTREAM_KEY,
          OPENAI_BASE_URL: upstreamBaseUrl,
          CODEX_GATEWAY_ADMIN_EMAIL: ADMIN.email,
          CODEX_GATEWAY_ADMIN_PASSWORD: ADMIN.password,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      running = { child, gone: once(child, 'close') }
      return ready(child)
    },
    async remove() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
    async admin<T>(url: string, name: string, input: unknown): Promise<T> {
      if (cookie === '') cookie = await signIn(url)
      const response = await post(url, name, input, cookie)
      // Operations answer in one envelope; which data is in it, the caller knows.
      const envelope = (await response.json()) as { ok: boolean; data: T; error?: unknown }
      if (!envelope.ok) throw new Error(`${name}: ${JSON.stringify(envelope.error)}`)
      return envelope.data
    },
  }
}

const post = (url: string, name: string, input: unknown, cookie: string): Promise<Response> =>
  fetch(`${url}/api/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-requested-with': 'codex-gateway', cookie },
    body: JSON.stringify(input),
  })

async function signIn(url: string): Promise<string> {
  const response = await post(url, 'auth.login', ADMIN, '')
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0]
  if (cookie === undefined) throw new Error(`cannot sign in: ${await response.text()}`)
  return cookie
}

/** Resolves with the address of the ready line, or with undefined where the process was killed before it. */
function ready(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let out = ''
    let errors = ''
    const timer = setTimeout(() => reject(new Error(`not ready in time: ${errors}`)), READY_MS_MAX)
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      const url = /^codex-gateway ready (\S+)\n/.exec(out)?.[1]
      if (url === undefined) return
      clearTimeout(timer)
      resolve(url)
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-4_000)
    })
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      if (signal === 'SIGKILL') resolve(undefined)
      else reject(new Error(`ended with ${code ?? signal} before it was ready: ${errors}`))
    })
  })
}
