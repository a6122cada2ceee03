// The desktop app under test: the built main process and preload on the stand-in, with a folder of its own, a page to drive,
// and a way to look into the main process.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright'
import { onTestFinished } from 'vitest'
import { findNeed } from '../../scripts/system-needs.ts'
import type { StandIn } from './stand-in/electron.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const REGISTER = join(import.meta.dirname, 'stand-in', 'register.mjs')
const SCREENS_DIR = join(ROOT, 'test-results', 'screens')
const PATIENCE_MS = 30_000
const NO_KEYCHAIN = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/dev/null/no-bus', XDG_RUNTIME_DIR: '/dev/null' }
/** The button "Use an encrypted file" of the question that appears without a keychain. */
export const USE_FILE = 1

export interface DesktopOptions {
  /** Where the app lies; the repository where left out. */
  readonly root?: string
  readonly dataDir?: string
  readonly language?: string
  /** What the app is started with, such as `--hidden` at login. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** The answers of the dialogs that appear before a test could say them. */
  readonly dialogAnswers?: readonly number[]
}

export interface DesktopApp {
  readonly dataDir: string
  readonly exited: Promise<number | null>
  /** As a crash or the system would. */
  kill(): void
  /** The page in the window, loaded. */
  page(): Promise<Page>
  /** Runs `ask` in the main process. It is sent as text: it sees its arguments and nothing else. */
  inMain<Result, Arg = undefined>(
    ask: (electron: StandIn, arg: Arg) => Result | Promise<Result>,
    arg?: Arg,
  ): Promise<Result>
  /** Starts the app once more, as a person might; resolves to its exit code. */
  startAgain(): Promise<number | null>
  /** All that the processes have printed. */
  printed(): string
}

/** Ended and cleaned up with the test. */
export function startDesktop(options: DesktopOptions = {}): DesktopApp {
  const { root = ROOT, dataDir = newDataDir() } = options
  let printed = ''
  const run = (): ChildProcess => {
    const child = fork(join(root, 'dist', 'electron', 'main.mjs'), options.args ?? [], {
      cwd: root,
      execArgv: ['--import', REGISTER, '--enable-source-maps'],
      // A group of its own, so that its browser ends with it, however it ends.
      detached: true,
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...process.env,
        // The tests never touch the keychain of whoever runs them: without a private one there is none.
        ...NO_KEYCHAIN,
        CODEX_GATEWAY_DATA_DIR: dataDir,
        CODEX_GATEWAY_PORT: '0',
        // Nor the settings of whoever runs them.
        CODEX_HOME: join(dataDir, 'codex'),
        ELECTRON_HOST_ROOT: root,
        ELECTRON_HOST_CHROMIUM: findNeed('chromium') ?? '',
        ELECTRON_HOST_LANGUAGE: options.language ?? 'en-US',
        ELECTRON_HOST_DIALOG_ANSWERS: (options.dialogAnswers ?? []).join(','),
        ...options.env,
      },
    })
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        printed += chunk.toString()
      })
    return child
  }

  const child = run()
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const { endpoint, ask } = speakWith(child, () => printed)
  let browser: Browser | undefined
  onTestFinished(async () => {
    await browser?.close().catch(() => undefined)
    killGroup(child)
    await exited
  })

  return {
    dataDir,
    exited,
    kill: () => killGroup(child),
    printed: () => printed,
    async page() {
      // Without Playwright's own defaults, under which a page never becomes hidden.
      browser ??= await chromium.connectOverCDP(await endpoint, { noDefaults: true })
      const [context] = browser.contexts()
      if (context === undefined) throw new Error('the browser has no context')
      context.setDefaultTimeout(PATIENCE_MS)
      const page = context.pages()[0] ?? (await context.waitForEvent('page'))
      await page.waitForURL((url) => url.protocol !== 'about:')
      await page.waitForLoadState()
      return page
    },
    inMain: (question, arg) => ask(String(question), arg),
    async startAgain() {
      const second = run()
      const [code] = await once(second, 'exit')
      return code
    },
  }
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // All of it has ended.
  }
}

/** Removed with the test. */
export function newDataDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'codex-gateway-desktop-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }))
  return dir
}

/** Where the gateway of the app listens, once it has said so. */
export const addressOf = (app: DesktopApp): string => /"address":"([^"]+)"/.exec(app.printed())?.[1] ?? ''

/** A function's text goes over, its result comes back. */
function speakWith(child: ChildProcess, printed: () => string) {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  const endpoint = Promise.withResolvers<string>()
  endpoint.promise.catch(() => undefined)
  let count = 0
  child.on('message', (message: { endpoint?: string; id: number; isOk: boolean; value: unknown }) => {
    if (message.endpoint !== undefined) return endpoint.resolve(message.endpoint)
    const answer = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.isOk) answer?.resolve(message.value)
    else answer?.reject(new Error(String(message.value)))
  })
  child.once('exit', (code) => {
    const gone = new Error(`the app ended with ${code}:\n${printed()}`)
    endpoint.reject(gone)
    for (const answer of waiting.values()) answer.reject(gone)
  })
  async function ask<Result>(source: string, arg: unknown): Promise<Result> {
    await endpoint.promise
    const answer = Promise.withResolvers<unknown>()
    count += 1
    waiting.set(count, answer)
    child.send({ id: count, source, arg })
    // The question's own type says what it resolves to.
    return (await answer.promise) as Result
  }
  return { endpoint: endpoint.promise, ask }
}

/** A port that something else holds, and so may the one above it. */
export async function takenPort(): Promise<number> {
  const holder = createServer()
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void holder.close())
  return (holder.address() as AddressInfo).port
}

/** A data folder whose preferences somebody has chosen before. */
export function dataDirWith(preferences: Readonly<Record<string, unknown>>): string {
  const dataDir = newDataDir()
  mkdirSync(join(dataDir, 'desktop'))
  writeFileSync(
    join(dataDir, 'desktop', 'preferences.json'),
    JSON.stringify({ secretPlace: 'encrypted file', ...preferences }),
  )
  return dataDir
}

/** Sets up the demo and makes a key, as the window would; resolves to the key. */
export const setUpDemo = (page: Page): Promise<string> =>
  page.evaluate(`(async () => {
    const { call } = window.codexGateway
    await call('setup.complete', {
      admin: { email: 'ada@example.test', password: 'correct horse battery staple' },
      upstream: { kind: 'demo' },
    })
    const me = await call('me.get', {})
    await call('users.adjustBalance', { userId: me.data.id, amountNanoUsd: 1_000_000_000, note: 'first' })
    return (await call('keys.create', { name: 'laptop' })).data.secret
  })()`)

/**
 * Saved for a person to look at: the page as it is, and with `ALL_LOOKS=1` in both languages and both themes, which takes its
 * time. It is left in English and light.
 */
export async function takeAllPictures(page: Page, name: string): Promise<void> {
  if (!process.env['ALL_LOOKS']) return takePicture(page, name)
  for (const [look, language, theme] of [
    ['zh-light', 'zh-CN', 'light'],
    ['zh-dark', 'zh-CN', 'dark'],
    ['en-dark', 'en', 'dark'],
    ['en-light', 'en', 'light'],
  ] as const) {
    await page.evaluate(
      ([lang, colours]) => {
        localStorage.setItem('codex-gateway.language', lang)
        localStorage.setItem('codex-gateway.theme', colours)
      },
      [language, theme] as const,
    )
    await page.reload()
    await page.locator('h1, h2').first().waitFor()
    // What is still being asked for, and a code that is still being drawn.
    for (const unfinished of ['.sk', 'span.qr'])
      await page.locator(unfinished).first().waitFor({ state: 'detached' })
    await takePicture(page, `${name}-${look}`)
  }
}

/** Saved for a person to look at. */
export async function takePicture(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENS_DIR, { recursive: true })
  await page.evaluate('document.fonts.ready')
  await page.screenshot({ path: join(SCREENS_DIR, `desktop-${name}.png`) })
}
