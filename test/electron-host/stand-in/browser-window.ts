// A window: a page of the browser that can be shown, hidden and closed.
import { EventEmitter } from 'node:events'
import { isAbsolute } from 'node:path'
import { app } from './app.ts'
import { preventable, unmodelled } from './modelled.ts'
import { WebContents } from './web-contents.ts'

/** Headless Chromium counts a frame of its own into a window's height. */
const FRAME_HEIGHT = 87
const SAFE = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  webSecurity: true,
  webviewTag: false,
} as const

type Shown = 'normal' | 'hidden' | 'minimized'
const open = new Set<BrowserWindow>()

export class BrowserWindow
  extends EventEmitter
  implements
    Pick<
      Electron.BrowserWindow,
      | 'loadURL'
      | 'show'
      | 'hide'
      | 'focus'
      | 'close'
      | 'destroy'
      | 'restore'
      | 'maximize'
      | 'isMaximized'
      | 'isMinimized'
      | 'isVisible'
      | 'isDestroyed'
      | 'getNormalBounds'
      | 'setBounds'
      | 'getTitle'
      | 'isFullScreen'
      | 'setFullScreen'
    >
{
  static getAllWindows = (): BrowserWindow[] => [...open]

  readonly webContents: WebContents
  readonly #title: string
  readonly #attached: Promise<void>
  #shown: Shown
  #isMaximized = false
  #isFullScreen = false
  #isDead = false
  #bounds: Electron.Rectangle
  #windowId = 0

  constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
    super()
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready')
    const preferences = options.webPreferences ?? {}
    for (const [name, safe] of Object.entries(SAFE) as [keyof typeof SAFE, boolean][]) {
      if (preferences[name] !== undefined && preferences[name] !== safe)
        unmodelled(`webPreferences.${name} = ${preferences[name]}`)
    }
    const { preload } = preferences
    if (preload !== undefined && !isAbsolute(preload)) throw new Error('preload must be an absolute path')
    const { x = 0, y = 0, width = 800, height = 600 } = options
    this.#bounds = { x, y, width, height }
    this.#title = options.title ?? app.getName()
    this.#shown = options.show === false ? 'hidden' : 'normal'
    this.webContents = new WebContents(app.chromium, preload)
    this.webContents.on('did-finish-load', () => this.emit('ready-to-show'))
    open.add(this)
    app.emit('web-contents-created', {}, this.webContents)
    this.#attached = this.#attach()
  }

  async #attach(): Promise<void> {
    const { width, height } = this.#bounds
    const { targetId } = await app.chromium.send('Target.createTarget', {
      url: 'about:blank',
      newWindow: true,
      width,
      height: height + FRAME_HEIGHT,
    })
    await this.webContents.attach(targetId)
    await this.webContents.emulateColors(app.colors())
    this.#windowId = (await app.chromium.send('Browser.getWindowForTarget', { targetId })).windowId
    if (this.#shown !== 'normal') await this.#apply()
  }

  readonly #apply = (): Promise<unknown> =>
    app.chromium.send('Browser.setWindowBounds', {
      windowId: this.#windowId,
      // A window that is hidden is minimised to Chromium, and so to the page.
      bounds: { windowState: this.#shown === 'normal' ? 'normal' : 'minimized' },
    })

  #become(next: Shown, event: string): void {
    if (this.#isDead) throw new TypeError('Object has been destroyed')
    const isNew = this.#shown !== next
    this.#shown = next
    this.#attached.then(this.#apply).catch(() => undefined)
    if (isNew) this.emit(event)
  }

  async loadURL(url: string): Promise<void> {
    await this.#attached
    await this.webContents.load(url)
  }
  show(): void {
    this.#become('normal', 'show')
  }
  hide(): void {
    this.#become('hidden', 'hide')
  }
  restore(): void {
    this.#become('normal', 'restore')
  }
  focus(): void {
    this.emit('focus')
  }
  maximize(): void {
    this.#isMaximized = true
    this.emit('maximize')
  }
  isMaximized(): boolean {
    return this.#isMaximized
  }
  isFullScreen(): boolean {
    return this.#isFullScreen
  }
  /** It takes a moment, in which the window is still there. */
  setFullScreen(isFullScreen: boolean): void {
    setTimeout(() => {
      this.#isFullScreen = isFullScreen
      this.emit(isFullScreen ? 'enter-full-screen' : 'leave-full-screen')
    }, 50)
  }
  isMinimized(): boolean {
    return this.#shown === 'minimized'
  }
  isVisible(): boolean {
    return this.#shown === 'normal'
  }
  isDestroyed(): boolean {
    return this.#isDead
  }
  getTitle(): string {
    return this.#title
  }
  getNormalBounds(): Electron.Rectangle {
    return { ...this.#bounds }
  }
  setBounds(bounds: Partial<Electron.Rectangle>): void {
    this.#bounds = { ...this.#bounds, ...bounds }
    this.emit('resized')
    this.emit('moved')
  }
  close(): void {
    if (this.#isDead) return
    const event = preventable({})
    this.emit('close', event)
    if (!event.defaultPrevented) this.destroy()
  }
  destroy(): void {
    if (this.#isDead) return
    this.#isDead = true
    open.delete(this)
    const { targetId } = this.webContents
    this.#attached.then(() => app.chromium.send('Target.closeTarget', { targetId })).catch(() => undefined)
    this.webContents.noteGone()
    this.emit('closed')
    if (open.size > 0) return
    if (app.listenerCount('window-all-closed') > 0) app.emit('window-all-closed')
    else app.quit()
  }
}
app.windows = BrowserWindow.getAllWindows
