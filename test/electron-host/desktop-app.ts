// The desktop app under test: the built main process and preload, on the stand-in or on Electron itself, with a folder of its
// own, a page to drive, and a way to look into the main process.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright'
import { onTestFinished } from 'vitest'
import { expectSound } from '../e2e/support/stage.ts'
import type { Seen } from './main-process/recorder.mjs'
import { chosenElectron, startOnElectron } from './on-electron.ts'
import { startOnStandIn } from './on-stand-in.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const SCREENS_DIR = join(ROOT, 'test-results', 'screens')
const PATIENCE_MS = 30_000
const NO_KEYCHAIN = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/dev/null/no-bus', XDG_RUNTIME_DIR: '/dev/null' }

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
    ask: (main: MainProcess, arg: Arg) => Result | Promise<Result>,
    arg?: Arg,
  ): Promise<Result>
  /** Starts the app once more, as a person might, or with other arguments; resolves to its exit code. */
  startAgain(args?: readonly string[]): Promise<number | null>
  /** All that the processes have printed. */
  printed(): string
}

/** What a test sees there: Electron, and what the app has done to the system. */
export type MainProcess = typeof Electron.CrossProcessExports & Seen

export interface StartOptions {
  readonly root: string
  readonly args: readonly string[]
  readonly language: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The app as what runs it knows it. */
export interface RunningApp extends Pick<DesktopApp, 'exited' | 'kill' | 'startAgain' | 'printed'> {
  /** The page of its window, as soon as there is one. */
  firstPage(): Promise<Page>
  /** A function as text, and its argument. */
  ask(source: string, arg: unknown): Promise<unknown>
  end(): Promise<void>
}

/** Ended and cleaned up with the test. */
export function startDesktop(options: DesktopOptions = {}): DesktopApp {
  const { root = ROOT, dataDir = newDataDir(), args = [], language = 'en-US' } = options
  const program = chosenElectron()
  const start: StartOptions = {
    root,
    args,
    language,
    env: {
      ...process.env,
      // The tests never touch the keychain of whoever runs them: without a private one there is none.
      ...NO_KEYCHAIN,
      CODEX_GATEWAY_DATA_DIR: dataDir,
      CODEX_GATEWAY_PORT: '0',
      // Nor the settings of whoever runs them.
      CODEX_HOME: join(dataDir, 'codex'),
      ELECTRON_HOST_DIALOG_ANSWERS: (options.dialogAnswers ?? []).join(','),
      ...options.env,
    },
  }
  const app = program === undefined ? startOnStandIn(start) : startOnElectron(program, start)
  onTestFinished(() => app.end())
  return {
    ...app,
    dataDir,
    async page() {
      const page = await app.firstPage()
      page.context().setDefaultTimeout(PATIENCE_MS)
      await page.waitForURL((url) => url.protocol !== 'about:')
      await page.waitForLoadState()
      return page
    },
    async inMain<Result, Arg>(ask: (main: MainProcess, arg: Arg) => Result | Promise<Result>, arg?: Arg) {
      // The question's own type says what it resolves to.
      return (await app.ask(String(ask), arg)) as Result
    },
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

/** A port that something else holds, and so may the one above it. */
export async function takenPort(): Promise<number> {
  const holder = createServer()
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void holder.close())
  return (holder.address() as AddressInfo).port
}

/** A data folder whose preferences somebody has chosen before; the file for secrets among them, wherever it is not asked for. */
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
 * time. It is left in English and light. `part` is brought into view, and found without any word.
 */
export async function takeAllPictures(page: Page, name: string, part?: Locator): Promise<void> {
  if (!process.env['ALL_LOOKS']) return takePicture(page, name, part)
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
    await takePicture(page, `${name}-${look}`, part)
  }
}

/** Held against the accessibility checker, and saved for a person to look at. */
export async function takePicture(page: Page, name: string, part?: Locator): Promise<void> {
  await expectSound(page)
  mkdirSync(SCREENS_DIR, { recursive: true })
  await part?.scrollIntoViewIfNeeded()
  await page.evaluate('document.fonts.ready')
  await page.screenshot({ path: join(SCREENS_DIR, `desktop-${name}.png`) })
}
