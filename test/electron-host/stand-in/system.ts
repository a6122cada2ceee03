// Small parts of the system around the app: dialogs, notifications, the browser, the clipboard, power, colours.
import { EventEmitter } from 'node:events'
import { existsSync } from 'node:fs'
import { request as httpRequest, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { app } from './app.ts'
import { BrowserWindow } from './browser-window.ts'

export const shell = {
  openExternal: (_url: string): Promise<void> => Promise.resolve(),
  openPath: (_path: string): Promise<string> => Promise.resolve(''),
}

/** Nobody is there to answer: a dialog stays open. */
const stayOpen = (): Promise<never> => new Promise(() => undefined)
export const dialog = {
  showMessageBox: stayOpen,
  showSaveDialog: stayOpen,
  showErrorBox: (_title: string, _content: string): void => undefined,
}

export class Notification extends EventEmitter {
  static isSupported = (): boolean => true
  readonly title: string
  readonly body: string
  constructor({ title = '', body = '' }: Electron.NotificationConstructorOptions = {}) {
    super()
    this.title = title
    this.body = body
  }
  show(): void {
    // There is nothing to show it on.
  }
}

export const nativeImage = {
  createFromPath(path: string) {
    if (!existsSync(path)) throw new Error(`electron-host: there is no image ${path}`)
    return {
      isTemplate: false,
      setTemplateImage(isTemplate: boolean) {
        this.isTemplate = isTemplate
      },
    }
  },
}

let copied = ''
export const clipboard = {
  writeText: (text: string) => {
    copied = text
  },
  readText: () => copied,
}

/** Requests of the app itself, over Node's client: redirects are not followed, and nothing is kept between them. */
export const net = {
  request(options: RequestOptions & { readonly session?: unknown }) {
    const { session: _, ...rest } = options
    return (options.protocol === 'https:' ? httpsRequest : httpRequest)(rest)
  },
}

/** The system's own updater, where another one tells of itself. */
export const autoUpdater = new EventEmitter()

export const powerMonitor = new EventEmitter()

/** Windows alone has them, and this is none. */
export class BaseWindow extends EventEmitter {}

const blockers = new Set<number>()
let blockerCount = 0
export const powerSaveBlocker = {
  start(_kind: 'prevent-app-suspension' | 'prevent-display-sleep') {
    blockerCount += 1
    blockers.add(blockerCount)
    return blockerCount
  },
  stop: (id: number) => blockers.delete(id),
  isStarted: (id: number) => blockers.has(id),
}

const display = { workArea: { x: 0, y: 0, width: 1920, height: 1080 } }
export const screen = {
  getPrimaryDisplay: () => display,
  getAllDisplays: () => [display],
}

class NativeTheme extends EventEmitter {
  #source: 'system' | 'light' | 'dark' = 'system'
  get themeSource() {
    return this.#source
  }
  set themeSource(source) {
    this.#source = source
    for (const window of BrowserWindow.getAllWindows()) void window.webContents.emulateColors(app.colors())
    this.emit('updated')
  }
}
export const nativeTheme = new NativeTheme()
app.colors = () => (nativeTheme.themeSource === 'dark' ? 'dark' : 'light')
