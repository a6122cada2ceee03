// What is measured side by side: the way without a proxy, nginx where it is installed, the bare Node proxy, the gateway of
// another house, and this gateway with everything on.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundlePath } from '../../scripts/bundle.mjs'
import { type Child, startChild } from './child.ts'
import { prepareGateway } from './gateway-account.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const PORTKEY = join(ROOT, 'test/clients/node_modules/@portkey-ai/gateway/build/start-server.js')
const UPSTREAM_KEY = 'sk-bench-operator-0000000000000000000000'

export type TargetName =
  | 'direct'
  | 'nginx'
  | 'e'
  | 'portkey'
  | 'gateway'
  | 'gateway-normal'
  | 'gateway-full-tables'

export interface Target {
  readonly name: TargetName
  readonly port: number
  readonly path: string
  readonly headers: readonly string[]
  /** The process whose processor time and memory count; undefined for `direct`. */
  readonly pid: number | undefined
  stop(): Promise<void>
}

export async function startUpstream(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const script = join(import.meta.dirname, 'load', 'mock-upstream.ts')
  const child = startChild(process.execPath, [script], { core: 'load' })
  return { port: await announcedPort(child), stop: child.stop }
}

const announcedPort = async (child: Child): Promise<number> =>
  Number((await child.waitFor(/\{"port":(\d+)\}/))[1])

const CHAT_PATH = '/v1/chat/completions'
const bearer = (key: string) => `Authorization: Bearer ${key}`

export function directTarget(upstreamPort: number): Target {
  return {
    name: 'direct',
    port: upstreamPort,
    path: CHAT_PATH,
    headers: [bearer(UPSTREAM_KEY)],
    pid: undefined,
    stop: () => Promise.resolve(),
  }
}

export async function startBareProxy(upstreamPort: number): Promise<Target> {
  const script = join(import.meta.dirname, 'targets', 'bare-proxy.ts')
  const child = startChild(process.execPath, [script, String(upstreamPort)], { core: 'measured' })
  const port = await announcedPort(child)
  return {
    name: 'e',
    port,
    path: CHAT_PATH,
    headers: [bearer(UPSTREAM_KEY)],
    pid: child.pid,
    stop: child.stop,
  }
}

export const hasNginx = spawnSync('nginx', ['-v']).status === 0

/** One worker, connections to the upstream kept, streams not buffered. */
export async function startNginx(upstreamPort: number): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), 'codex-gateway-nginx-'))
  const port = await freePort()
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(' ')
  writeFileSync(
    join(folder, 'nginx.conf'),
    `worker_processes 1; daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 8192; }
http {
  access_log off; keepalive_requests 100000000; keepalive_timeout 300s; tcp_nodelay on; client_max_body_size 32m; client_body_buffer_size 256k;
  ${temp}
  upstream up { server 127.0.0.1:${upstreamPort}; keepalive 1024; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ''; proxy_buffering off; }
  }
}
`,
  )
  const child = startChild('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { core: 'measured' })
  await untilListening(port)
  return {
    name: 'nginx',
    port,
    path: CHAT_PATH,
    headers: [bearer(UPSTREAM_KEY)],
    pid: child.pid,
    async stop() {
      await child.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export async function startPortkey(upstreamPort: number): Promise<Target> {
  const port = await freePort()
  const child = startChild(process.execPath, [PORTKEY, `--port=${port}`, '--headless'], {
    core: 'measured',
    env: { NODE_ENV: 'production' },
  })
  await untilListening(port)
  const headers = [
    bearer(UPSTREAM_KEY),
    'x-portkey-provider: openai',
    `x-portkey-custom-host: http://127.0.0.1:${upstreamPort}/v1`,
  ]
  return { name: 'portkey', port, path: CHAT_PATH, headers, pid: child.pid, stop: child.stop }
}

export const BENCH_ACCOUNT = { email: 'bench@example.com', password: 'a password for the bench' }

export interface GatewayOptions {
  readonly name: 'gateway' | 'gateway-normal' | 'gateway-full-tables'
  readonly upstreamPort: number
  /** A folder that was filled before; a new one otherwise. */
  readonly dataDir?: string
}

/** The built server, as it is shipped: keys, limits, holds, metering and the durable ledger. */
export async function startGateway(options: GatewayOptions): Promise<Target & { readonly readyMs: number }> {
  const folder = options.dataDir ?? mkdtempSync(join(tmpdir(), 'codex-gateway-bench-'))
  const relaxed = join(import.meta.dirname, 'targets', 'relax-durability.mjs')
  const hook = options.name === 'gateway-normal' ? ['--import', relaxed] : []
  const startedAt = performance.now()
  const child = startChild(process.execPath, [...hook, bundlePath(ROOT), '--data-dir', folder], {
    core: 'measured',
    env: {
      CODEX_GATEWAY_PORT: '0',
      CODEX_GATEWAY_UPSTREAM: 'openai',
      OPENAI_API_KEY: UPSTREAM_KEY,
      OPENAI_BASE_URL: `http://127.0.0.1:${options.upstreamPort}/v1`,
      CODEX_GATEWAY_ADMIN_EMAIL: BENCH_ACCOUNT.email,
      CODEX_GATEWAY_ADMIN_PASSWORD: BENCH_ACCOUNT.password,
    },
  })
  const url = (await child.waitFor(/^codex-gateway ready (\S+)\n/m))[1] ?? ''
  const readyMs = performance.now() - startedAt
  const key = await prepareGateway(url, BENCH_ACCOUNT)
  return {
    name: options.name,
    port: Number(new URL(url).port),
    path: CHAT_PATH,
    headers: [bearer(key)],
    pid: child.pid,
    readyMs,
    async stop() {
      await child.stop()
      if (options.dataDir === undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

async function untilListening(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
    if (isOpen) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`nothing listens on port ${port}`)
}
