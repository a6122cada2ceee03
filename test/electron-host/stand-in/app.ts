// The app itself: when it is ready, its one instance, its folders, and how it ends.
import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Chromium } from './chromium.ts'
import { preventable, unmodelled } from './modelled.ts'
import { schemes } from './schemes.ts'
import { session } from './session.ts'

/** What the window that belongs to the app has to offer when it ends. */
interface ClosableWindow {
  close(): void
  destroy(): void
  isDestroyed(): boolean
}

/** Given by the test that starts the app. */
const surroundings = {
  root: process.env['ELECTRON_HOST_ROOT'] ?? unmodelled('an app without ELECTRON_HOST_ROOT'),
  chromium: process.env['ELECTRON_HOST_CHROMIUM'] ?? unmodelled('an app without ELECTRON_HOST_CHROMIUM'),
  language: process.env['ELECTRON_HOST_LANGUAGE'] ?? 'en-US',
  resourcesDir: process.env['ELECTRON_HOST_RESOURCES'],
}
Object.assign(process, { resourcesPath: surroundings.resourcesDir })

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function switchesIn(argv: readonly string[]) {
  const given = new Set(argv.flatMap((arg) => /^--([^=]+)/.exec(arg)?.[1] ?? []))
  /** What Chromium here is told as well. */
  const appended: string[] = []
  return {
    appended,
    hasSwitch: (name: string) => given.has(name),
    removeSwitch: (name: string) => void given.delete(name),
    appendSwitch: (name: string, value: string) => void appended.push(`--${name}=${value}`),
  }
}

class App
  extends EventEmitter
  implements
    Pick<
      Electron.App,
      | 'whenReady'
      | 'isReady'
      | 'quit'
      | 'exit'
      | 'getPath'
      | 'setPath'
      | 'getVersion'
      | 'getName'
      | 'isPackaged'
      | 'requestSingleInstanceLock'
      | 'releaseSingleInstanceLock'
      | 'getLoginItemSettings'
      | 'setLoginItemSettings'
      | 'setAppUserModelId'
      | 'setAboutPanelOptions'
      | 'showAboutPanel'
      | 'enableSandbox'
      | 'getAppPath'
    >
{
  readonly chromium = new Chromium()
  /** What the app was started with, as far as it is for Chromium. */
  readonly commandLine = switchesIn(process.argv)
  /** Set by the file of the windows, which needs this one. */
  windows: () => readonly ClosableWindow[] = () => []
  colors: () => 'light' | 'dark' = () => 'light'
  /** Whether there is a place where a package has its resources. */
  readonly isPackaged = surroundings.resourcesDir !== undefined
  readonly #paths = new Map<string, string>()
  readonly #manifest: { readonly name: string; readonly version: string }
  readonly #ready: Promise<void>
  #isReady = false
  #isQuitting = false
  #lock: string | undefined
  #login = { openAtLogin: false }

  constructor() {
    super()
    this.#manifest = JSON.parse(readFileSync(join(surroundings.root, 'package.json'), 'utf8'))
    this.#ready = this.#becomeReady()
  }

  async #becomeReady(): Promise<void> {
    // The app's first lines run before anything is ready.
    await new Promise((resolve) => setImmediate(resolve))
    const { chromium, language } = surroundings
    const { appended } = this.commandLine
    await this.chromium.start(chromium, join(this.getPath('userData'), 'chromium'), language, appended)
    await this.#closePopups()
    await session.defaultSession.followDownloads(this.chromium, join(this.getPath('userData'), 'downloads'))
    this.#isReady = true
    schemes.noteReady()
    this.emit('ready')
  }

  /** A page that nobody here made is a popup: paused at its birth, then closed. */
  async #closePopups(): Promise<void> {
    this.chromium.hear(
      'Target.attachedToTarget',
      ({ sessionId, targetInfo: { type, targetId, openerId } }) => {
        const isPopup = type === 'page' && openerId
        const done = isPopup
          ? this.chromium.send('Target.closeTarget', { targetId })
          : this.chromium.send('Runtime.runIfWaitingForDebugger', {}, sessionId)
        done.catch(() => undefined)
      },
    )
    const params = { autoAttach: true, waitForDebuggerOnStart: true, flatten: true }
    await this.chromium.send('Target.setAutoAttach', params)
  }

  whenReady(): Promise<void> {
    return this.#ready
  }
  isReady(): boolean {
    return this.#isReady
  }
  getPath(name: string): string {
    return this.#paths.get(name) ?? unmodelled(`app.getPath('${name}') before it is set`)
  }
  setPath(name: string, path: string): void {
    this.#paths.set(name, path)
  }
  getAppPath(): string {
    return surroundings.root
  }
  getName(): string {
    return this.#manifest.name
  }
  getVersion(): string {
    return this.#manifest.version
  }
  getLoginItemSettings(): Electron.LoginItemSettings {
    return this.#login as Electron.LoginItemSettings
  }
  setLoginItemSettings(settings: Electron.Settings): void {
    this.#login = { openAtLogin: settings.openAtLogin ?? false }
  }
  setAppUserModelId(): void {
    // Windows' own.
  }
  setAboutPanelOptions(_options: Electron.AboutPanelOptionsOptions): void {
    // A panel of the system.
  }
  showAboutPanel(): void {
    // See above.
  }
  enableSandbox(): void {
    // Each window is checked for it when it is made.
  }

  /** At once, like Electron's: a file that only one process can make, and a folder where others leave word. */
  requestSingleInstanceLock(): boolean {
    const lock = join(this.getPath('userData'), 'electron-host.lock')
    const box = join(this.getPath('userData'), 'electron-host.second')
    try {
      mkdirSync(box, { recursive: true })
    } catch {
      return false
    }
    // The system's own lock is gone with the process that had it.
    if (existsSync(lock) && !isAlive(Number(readFileSync(lock, 'utf8')))) rmSync(lock)
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
    } catch {
      const word = join(box, randomUUID())
      writeFileSync(word, JSON.stringify({ argv: process.argv, cwd: process.cwd() }))
      renameSync(word, `${word}.json`)
      return false
    }
    this.#lock = lock
    watch(box, (_event, file) => {
      const word = join(box, file ?? '')
      if (!word.endsWith('.json') || !existsSync(word)) return
      const { argv, cwd } = JSON.parse(readFileSync(word, 'utf8'))
      rmSync(word)
      this.emit('second-instance', {}, argv, cwd)
    }).unref()
    return true
  }

  releaseSingleInstanceLock(): void {
    if (this.#lock !== undefined) rmSync(this.#lock, { force: true })
    this.#lock = undefined
  }

  quit(): void {
    if (this.#isQuitting) return
    const event = preventable({})
    this.emit('before-quit', event)
    if (event.defaultPrevented) return
    this.#isQuitting = true
    for (const window of this.windows()) {
      window.close()
      if (window.isDestroyed()) continue
      this.#isQuitting = false
      return
    }
    this.emit('will-quit', preventable({}))
    void this.#end(0)
  }
  exit(code = 0): void {
    for (const window of this.windows()) window.destroy()
    void this.#end(code)
  }
  async #end(code: number): Promise<void> {
    this.emit('quit', {}, code)
    this.releaseSingleInstanceLock()
    if (this.#isReady) await this.chromium.stop()
    process.exit(code)
  }
}

export const app = new App()
