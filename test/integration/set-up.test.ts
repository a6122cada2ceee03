// From a fresh clone to the ready line as a newcomer has it: the Node of the system, npm 10 which came with it, an empty
// home, no compiler. An installation that is cut short comes first, because the next run has to mend it.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..', '..')
const NPM_10 = join(ROOT, 'test', 'clients', 'node_modules', 'npm', 'bin', 'npm-cli.js')
const TOOLCHAIN = ['cc', 'gcc', 'g++', 'c++', 'clang', 'make', 'cmake', 'python', 'python3', 'node-gyp']
const INSTALL_MS_MAX = 300_000
const READY_MS_MAX = 5_000

let dir: string
let app: string
const started: ChildProcess[] = []

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'fresh-clone-'))
  app = join(dir, 'app')
  for (const name of ['app', 'home', 'bin', 'temp']) mkdirSync(join(dir, name))
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
  })
  for (const file of files.toString('utf8').split('\0')) {
    if (file !== '' && existsSync(join(ROOT, file))) cpSync(join(ROOT, file), join(app, file))
  }
  symlinkSync(systemNode(), join(dir, 'bin', 'node'))
  writeProgram('npm', `exec "${join(dir, 'bin', 'node')}" "${NPM_10}" "$@"`)
  for (const name of TOOLCHAIN)
    writeProgram(name, `echo "${name} $*" >> "${join(dir, 'toolchain-calls')}"; exit 1`)
})
afterAll(() => {
  for (const child of started) killGroup(child)
  // Some thirty thousand files, on which Node's own rmSync takes many times as long.
  execFileSync('rm', ['-rf', dir])
}, INSTALL_MS_MAX)

function writeProgram(name: string, script: string): void {
  writeFileSync(join(dir, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
}

/** The Node on PATH before npm put ours in front of it. */
function systemNode(): string {
  const places = (process.env.PATH ?? '').split(delimiter).filter((place) => !place.includes('node_modules'))
  return places.map((place) => join(place, 'node')).find((path) => existsSync(path)) ?? process.execPath
}

/** A newcomer's environment: what this run knows of npm and of CI is not in it. */
function newcomersEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|CI$|NODE$|NODE_(ENV|OPTIONS|PATH)$|VITEST|CODEX_|OPENAI_)/.test(name),
  )
  const path = [join(dir, 'bin'), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter)
  return { ...Object.fromEntries(kept), PATH: path, HOME: join(dir, 'home'), TMPDIR: join(dir, 'temp') }
}

function startHeadless() {
  const args = ['run', 'headless', '--', '--port', '0', '--data-dir', join(dir, 'data')]
  const child = spawn(join(dir, 'bin', 'npm'), args, {
    cwd: app,
    env: newcomersEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, to be cut short as a whole.
    detached: true,
  })
  started.push(child)
  return child
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // The group has ended by itself.
  }
}

interface Ready {
  readonly url: string
  readonly stdout: string
  readonly stderr: string
}

/** Rejects, with all that was said until then, where the server ends before it is ready. */
function readyLine(child: ReturnType<typeof startHeadless>): Promise<Ready> {
  let stdout = ''
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')))
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8')
      const url = /^codex-gateway ready (http:\/\/\S+)\n/m.exec(stdout)?.[1]
      if (url !== undefined) resolve({ url, stdout, stderr })
    })
    child.on('close', (code) => reject(new Error(`ended with code ${code}\n${stdout}\n${stderr}`)))
  })
}

/** All of the server has ended, and not just the npm that started it. */
async function hasStopped(url: string): Promise<boolean> {
  for (let tries = 0; tries < 50; tries += 1) {
    const isUp = await fetch(`${url}/healthz`).then(
      () => true,
      () => false,
    )
    if (!isUp) return true
    await sleep(100)
  }
  return false
}

test(
  'an installation is cut short in the middle',
  async () => {
    const child = startHeadless()
    const modules = join(app, 'node_modules')
    while (!existsSync(modules) || readdirSync(modules).length < 50) {
      expect(child.exitCode).toBeNull()
      await sleep(100)
    }
    killGroup(child)
    expect(existsSync(join(modules, '.package-lock.json'))).toBe(false)
  },
  INSTALL_MS_MAX,
)

test(
  'the next run mends it and gets to the ready line, with progress on stderr and nothing else on stdout',
  async () => {
    const child = startHeadless()
    const { url, stdout, stderr } = await readyLine(child)
    expect(stderr).toContain('Installing packages')
    expect(stderr).toContain('Fetching Node')
    expect(stderr).toContain('Building the server')
    // npm itself announces what it runs, in lines that begin with ">".
    const lines = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('>'))
    expect(lines).toEqual([`codex-gateway ready ${url}`])
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    child.kill('SIGTERM')
    expect(await hasStopped(url)).toBe(true)
  },
  INSTALL_MS_MAX,
)

test('nobody called a compiler, and the database driver works under the Node that came along', () => {
  const toolchainCalls = join(dir, 'toolchain-calls')
  expect(existsSync(toolchainCalls) ? readFileSync(toolchainCalls, 'utf8') : '').toBe('')
  expect(existsSync(join(app, 'node_modules', 'better-sqlite3', 'build'))).toBe(false)
  const node = join(app, 'node_modules', '.bin', 'node')
  const script =
    "console.log(process.version, new (require('better-sqlite3'))(':memory:').prepare('select 1 + 1').pluck().get())"
  const said = execFileSync(node, ['-e', script], { cwd: app, encoding: 'utf8' })
  expect(said).toMatch(/^v24\.\d+\.\d+ 2\n$/)
})

test('what npm start installs has none of the foreign clients in it', () => {
  expect(existsSync(join(app, 'test', 'clients', 'node_modules'))).toBe(false)
})

test('once installed and built, the server is ready within five seconds', async () => {
  const startedAt = performance.now()
  const child = startHeadless()
  const { url, stderr } = await readyLine(child)
  const readyMs = performance.now() - startedAt
  expect(stderr).not.toContain('[set-up]')
  expect(readyMs).toBeLessThan(READY_MS_MAX)
  child.kill('SIGTERM')
  expect(await hasStopped(url)).toBe(true)
}, 30_000)
