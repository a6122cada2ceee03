// Small parts of the system around the app, recorded: dialogs, notifications, the browser, the clipboard, power, colours.
import { EventEmitter } from 'node:events'
import { existsSync } from 'node:fs'
import { request as httpRequest, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { app } from './app.ts'
import { BrowserWindow } from './browser-window.ts'
import { record, recorded } from './record.ts'

export const shell = {
  openExternal: async (url: string) => record('shell.openExternal', url),
  openPath: async (path: string) => {
    record('shell.openPath', path)
    return ''
  },
}

export const dialog = {
  async showMessageBox(options: Electron.MessageBoxOptions): Promise<{ readonly response: number }> {
    record('dialog.showMessageBox', options)
    const response = recorded.dialogAnswers.shift()
    // Nobody answers: the dialog stays, as it would.
    if (response === undefined) return new Promise(() => undefined)
    return { response: Number(response) }
  },
  async showSaveDialog(options: Electron.SaveDialogOptions): Promise<Electron.SaveDialogReturnValue> {
    record('dialog.showSaveDialog', options)
    const filePath = recorded.saveAnswers.shift()
    return { canceled: filePath === undefined, filePath: filePath ?? '' }
  },
}

export class Notification extends EventEmitter {
  static isSupported = (): boolean => true
  readonly #options: Electron.NotificationConstructorOptions
  constructor(options: Electron.NotificationConstructorOptions = {}) {
    super()
    this.#options = options
  }
  show(): void {
    record('Notification.show', this.#options)
  }
}

export const nativeImage = {
  createFromPath(path: string) {
    if (!existsSync(path)) throw new Error(`electron-host: there is no image ${path}`)
    return {
      path,
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

const blockers = new Set<number>()
let blockerCount = 0
export const powerSaveBlocker = {
  start(kind: 'prevent-app-suspension' | 'prevent-display-sleep') {
    blockerCount += 1
    blockers.add(blockerCount)
    record('powerSaveBlocker.start', kind)
    return blockerCount
  },
  stop(id: number) {
    record('powerSaveBlocker.stop', id)
    return blockers.delete(id)
  },
  isStarted: (id: number) => blockers.has(id),
}

export const screen = {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
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
