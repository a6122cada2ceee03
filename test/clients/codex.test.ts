// The real Codex CLI against a running gateway: a turn that uses a tool, and one that stops at once on an empty balance.
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CODEX_PROFILE_FILE, codexProfile } from '../../contract/codex-profile.ts'
import {
  costByHand,
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
} from '../integration/support/running-gateway.ts'

const CODEX = join(
  dirname(createRequire(import.meta.url).resolve('@openai/codex/package.json')),
  'bin/codex.js',
)
const TURN_MS_MAX = 60_000

let gateway: RunningGateway
let home: string

beforeAll(async () => {
  gateway = await startGateway()
  home = await mkdtemp(join(tmpdir(), 'codex-home-'))
})
afterAll(async () => {
  await gateway.stop()
  await rm(home, { recursive: true, force: true })
})

interface Turn {
  readonly exitCode: number | null
  readonly output: string
}

/** What the person has set up already: another provider, which these turns must neither use nor change. */
const OWN_CONFIG = 'model = "a-model-of-their-own"\n'

/** One `codex exec` with this person's key and the profile that the connect page gives, in a home and a folder of its own. */
async function codexExec(person: Person, prompt: string, ...providerLines: string[]): Promise<Turn> {
  return codexExecAt(gateway.url, {}, person, prompt, ...providerLines)
}

async function codexExecAt(
  url: string,
  env: Readonly<Record<string, string>>,
  person: Person,
  prompt: string,
  ...providerLines: string[]
): Promise<Turn> {
  await writeFile(join(home, 'config.toml'), OWN_CONFIG)
  const profile = codexProfile(`${url}/v1`, TEST_MODEL)
  await writeFile(join(home, CODEX_PROFILE_FILE), [profile, ...providerLines].join('\n'))
  const flags = [
    ...['exec', '--profile', 'gateway', '--skip-git-repo-check'],
    ...['--dangerously-bypass-approvals-and-sandbox', prompt],
  ]
  const child = spawn(process.execPath, [CODEX, ...flags], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, CODEX_HOME: home, GATEWAY_API_KEY: person.key, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TURN_MS_MAX,
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { exitCode, output }
}

test(
  'a turn of Codex runs a tool, ends well, and each of its requests is charged to the token',
  async () => {
    gateway.upstream.reset()
    const person = await gateway.createPerson()
    const turn = await codexExec(person, 'run `echo hello-from-the-gateway`')
    expect(turn.output).toContain('hello-from-the-gateway')
    expect(turn.exitCode).toBe(0)
    expect(await readFile(join(home, 'config.toml'), 'utf8')).toBe(OWN_CONFIG)
    const rows = await gateway.usageOf(person)
    expect(rows.length).toBeGreaterThanOrEqual(2)
    for (const row of rows) {
      expect(row).toMatchObject({ endpoint: '/v1/responses', stream: true, status: 200, reason: 'completed' })
      expect(row.costNanoUsd).toBe(costByHand(row))
    }
    const spent = rows.reduce((sum, row) => sum + row.costNanoUsd, 0)
    expect(await gateway.balanceOf(person)).toBe(100_000_000_000 - spent)
    // The tool's output went back to the model, and the operator's key went with it in place of the person's.
    expect(
      gateway.upstream.requests.some((request) => String(request.body).includes('function_call_output')),
    ).toBe(true)
    expect(
      gateway.upstream.requests.every((request) => !JSON.stringify(request.headers).includes(person.key)),
    ).toBe(true)
  },
  TURN_MS_MAX * 1.5,
)

const OVER_SOCKET = 'supports_websockets = true'
const opened = () => gateway.log.lines().filter(({ event }) => event === 'socket')

test(
  'over WebSocket a turn of Codex runs a tool, sends what is new alone, and is charged for the whole of it',
  async () => {
    gateway.upstream.reset()
    const person = await gateway.createPerson()
    const turn = await codexExec(person, 'run `echo hello-from-the-gateway`', OVER_SOCKET)
    expect(turn.output).toContain('hello-from-the-gateway')
    expect(turn.exitCode).toBe(0)
    // All of it on one connection: Codex warms up, and goes on twice from what was said there.
    await expect.poll(opened).toMatchObject([{ turns: 3 }])
    const rows = await gateway.usageOf(person)
    expect(rows).toHaveLength(2)
    for (const row of rows) {
      expect(row).toMatchObject({ endpoint: '/v1/responses', stream: true, status: 200, reason: 'completed' })
      expect(row.costNanoUsd).toBe(costByHand(row))
    }
    const inputs = gateway.upstream.requests.map(({ body }) => JSON.parse(String(body)).input as object[])
    expect(inputs).toHaveLength(2)
    expect(inputs[1]?.slice(0, inputs[0]?.length)).toEqual(inputs[0])
    expect(JSON.stringify(inputs[1]?.at(-1))).toContain('function_call_output')
  },
  TURN_MS_MAX * 1.5,
)

test(
  'where WebSockets are switched off, Codex that asks for one goes on over HTTP at once',
  async () => {
    gateway.upstream.reset()
    const person = await gateway.createPerson()
    await gateway.admin('settings.update', { webSockets: 'off' })
    const turn = await codexExec(person, 'say hello', OVER_SOCKET)
    await gateway.admin('settings.update', { webSockets: 'on' })
    expect(turn.exitCode).toBe(0)
    expect(await gateway.usageOf(person)).toMatchObject([{ status: 200 }])
    const refused = gateway.log.lines().filter(({ errorCode }) => errorCode === 'websocket_not_offered')
    expect(refused).toHaveLength(1)
  },
  TURN_MS_MAX * 1.5,
)

test(
  'over WebSocket on an empty balance Codex stops after one request, too',
  async () => {
    gateway.upstream.reset()
    const person = await gateway.createPerson(0)
    const turn = await codexExec(person, 'say hello', OVER_SOCKET)
    expect(turn.exitCode).not.toBe(0)
    expect(turn.output).toMatch(/quota exceeded/i)
    expect(gateway.upstream.requests).toHaveLength(0)
    expect(await gateway.usageOf(person)).toMatchObject([{ status: 429, errorCode: 'insufficient_quota' }])
  },
  TURN_MS_MAX * 1.5,
)

test(
  'on an empty balance Codex stops after one request and says that the quota is exceeded',
  async () => {
    gateway.upstream.reset()
    const person = await gateway.createPerson(0)
    const turn = await codexExec(person, 'say hello')
    expect(turn.exitCode).not.toBe(0)
    expect(turn.output).toMatch(/quota exceeded/i)
    expect(gateway.upstream.requests).toHaveLength(0)
    const rows = await gateway.usageOf(person)
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({ status: 429, errorCode: 'insufficient_quota', reason: 'refused' })
  },
  TURN_MS_MAX * 1.5,
)

test(
  'Codex sends a web search unasked, which passes; where it is closed, Codex says so after one request',
  async () => {
    gateway.upstream.reset()
    const person = await gateway.createPerson()
    expect((await codexExec(person, 'say hello')).exitCode).toBe(0)
    expect(String(gateway.upstream.requests[0]?.body)).toMatch(/"type":"web_search"/)
    await gateway.admin('policies.update', {
      scope: 'key',
      subjectId: person.keyId,
      policy: { webSearch: false },
    })
    const turn = await codexExec(person, 'say hello')
    expect(turn.exitCode).not.toBe(0)
    expect(turn.output).toMatch(/web_search.*is not open to you here/)
    const rows = await gateway.usageOf(person)
    expect(rows.filter(({ errorCode }) => errorCode === 'tool_not_permitted')).toHaveLength(1)
  },
  TURN_MS_MAX * 2,
)

test(
  'a silence that Codex would take for a dead stream is kept alive by heartbeats, and nothing is sent again',
  async () => {
    gateway.upstream.reset()
    await gateway.admin('settings.update', { heartbeatSeconds: 1 })
    const person = await gateway.createPerson()
    gateway.upstream.script({ delays: { silence: { afterEvents: 5, ms: 8_000 } } })
    const turn = await codexExec(person, 'say hello', 'stream_idle_timeout_ms = 3000')
    expect(turn.exitCode).toBe(0)
    expect(gateway.upstream.requests).toHaveLength(1)
    const rows = await gateway.usageOf(person)
    expect(rows).toMatchObject([{ status: 200, reason: 'completed' }])
  },
  TURN_MS_MAX * 1.5,
)

test(
  'over HTTPS Codex answers where it is told of the gateway’s authority',
  async () => {
    gateway.upstream.reset()
    await gateway.admin('settings.update', { https: 'beside_http' })
    const person = await gateway.createPerson()
    const url = gateway.url.replace('http:', 'https:')
    const file = join(home, 'ca.crt')
    await writeFile(file, await (await fetch(`${gateway.url}/ca.crt`)).text())
    const turn = await codexExecAt(url, { CODEX_CA_CERTIFICATE: file }, person, 'say hello')
    expect(turn.exitCode).toBe(0)
    expect(await gateway.usageOf(person)).toHaveLength(1)
  },
  TURN_MS_MAX * 1.5,
)
