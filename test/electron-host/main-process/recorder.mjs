// What the app does to the system around it, noticed in its main process before the app runs: the same eyes, and the same hand
// on its dialogs, whether Electron or the stand-in is what it runs on. In plain JavaScript, because Electron loads it.
import { basename } from 'node:path'
import { runInThisContext } from 'node:vm'

/**
 * @typedef {object} Call of the app into Electron that a person or the system would have noticed
 * @property {string} api
 * @property {readonly unknown[]} args
 *
 * @typedef {object} SeenTray
 * @property {string} toolTip
 * @property {string | undefined} icon the name of its file
 * @property {Electron.Menu | null} menu
 *
 * @typedef {Pick<Electron.IpcMain, 'handle' | 'eventNames'>} IpcMain
 * @typedef {(event: Electron.IpcMainInvokeEvent, ...args: unknown[]) => unknown} Handler
 */

/** Buttons as they are given to a process: `1,0`. */
const buttonsIn = (/** @type {string | undefined} */ list = '') =>
  list
    .split(',')
    .filter((button) => button !== '')
    .map(Number)

/**
 * Before the app runs, and once in a process.
 *
 * @param {typeof Electron.CrossProcessExports} electron
 */
export function recordMainProcess(electron) {
  const recorded = {
    calls: /** @type {Call[]} */ ([]),
    /** The buttons that the next dialogs are answered with, in order. A dialog without an answer stays open. */
    dialogAnswers: buttonsIn(process.env['ELECTRON_HOST_DIALOG_ANSWERS']),
    /** The files that the next questions for one are answered with; without one, it is cancelled. */
    saveAnswers: /** @type {string[]} */ ([]),
  }
  const record = (/** @type {string} */ api, /** @type {unknown[]} */ ...args) => {
    recorded.calls.push({ api, args })
  }
  Object.assign(electron.dialog, dialogsAnsweredFrom(recorded, record))
  keepFromTheDesktop(electron, record)
  noteDenials(electron, record)
  speak(electron.app, process.env['ELECTRON_HOST_LANGUAGE'])
  return { recorded, trays: watchTrays(electron), ipc: watchIpc(electron) }
}

/** @typedef {ReturnType<typeof recordMainProcess>} Seen */

/**
 * Asks for functions of a test, which come as text: they see their arguments and nothing else.
 *
 * @param {typeof Electron.CrossProcessExports} electron
 * @param {Seen} seen
 */
export function questionsOf(electron, seen) {
  const all = Object.assign(Object.create(electron), seen)
  return (/** @type {string} */ source, /** @type {unknown} */ arg) =>
    // A function of our own test, which sent it over a pipe that nobody else has.
    runInThisContext(`(${source})`)(all, arg)
}

/**
 * @param {Seen['recorded']} recorded
 * @param {(api: string, ...args: unknown[]) => void} record
 */
function dialogsAnsweredFrom(recorded, record) {
  return {
    async showMessageBox(/** @type {Electron.MessageBoxOptions} */ { signal, ...options }) {
      record('dialog.showMessageBox', options)
      const response = recorded.dialogAnswers.shift()
      if (response !== undefined) return { response }
      // Nobody answers: the dialog stays, as it would, until the app itself takes it away.
      return new Promise((resolve) => {
        signal?.addEventListener('abort', () => resolve({ response: options.cancelId ?? 0 }))
      })
    },
    /** It waits for a person, and the app ends after it: what it says is printed. */
    showErrorBox(/** @type {string} */ title, /** @type {string} */ content) {
      process.stderr.write(`${title}: ${content}\n`)
    },
    async showSaveDialog(/** @type {unknown[]} */ ...args) {
      record('dialog.showSaveDialog', ...args)
      const filePath = recorded.saveAnswers.shift()
      return { canceled: filePath === undefined, filePath: filePath ?? '' }
    },
  }
}

/**
 * Nothing of a test is shown to whoever runs it, or opened in their browser.
 *
 * @param {typeof Electron.CrossProcessExports} electron
 * @param {(api: string, ...args: unknown[]) => void} record
 * @returns {void}
 */
function keepFromTheDesktop({ app, shell, Notification, powerSaveBlocker }, record) {
  Object.assign(shell, {
    openExternal: (/** @type {string} */ url) => Promise.resolve(record('shell.openExternal', url)),
    openPath(/** @type {string} */ path) {
      record('shell.openPath', path)
      return Promise.resolve('')
    },
  })
  Notification.prototype.show = function show() {
    record('Notification.show', { title: this.title, body: this.body })
  }
  const tell = app.setAboutPanelOptions.bind(app)
  Object.assign(app, {
    setAboutPanelOptions(/** @type {Electron.AboutPanelOptionsOptions} */ options) {
      record('app.setAboutPanelOptions', options)
      tell(options)
    },
  })
  const start = powerSaveBlocker.start.bind(powerSaveBlocker)
  Object.assign(powerSaveBlocker, {
    start(/** @type {Parameters<typeof start>[0]} */ kind) {
      record('powerSaveBlocker.start', kind)
      return start(kind)
    },
  })
}

/** A system whose language is this one. */
const speak = (/** @type {Electron.App} */ app, language = 'en-US') =>
  Object.assign(app, { getPreferredSystemLanguages: () => [language] })

/**
 * @param {typeof Electron.CrossProcessExports} electron
 * @param {(api: string, ...args: unknown[]) => void} record
 * @returns {void}
 */
function noteDenials({ app }, record) {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-frame-navigate', (event) => {
      // Once the app's own listeners have been asked.
      queueMicrotask(() => {
        if (event.defaultPrevented) record('webContents.navigationDenied', event.url)
      })
    })
  })
}

/**
 * @param {typeof Electron.CrossProcessExports} electron
 * @returns {SeenTray[]}
 */
function watchTrays({ Tray, nativeImage }) {
  /** @type {WeakMap<object, string>} */
  const files = new WeakMap()
  const createFromPath = nativeImage.createFromPath.bind(nativeImage)
  Object.assign(nativeImage, {
    createFromPath(/** @type {string} */ path) {
      const image = createFromPath(path)
      files.set(image, basename(path))
      return image
    },
  })
  /** @type {Map<Electron.Tray, SeenTray>} */
  const known = new Map()
  /** @type {SeenTray[]} */
  const trays = []
  const seenOf = (/** @type {Electron.Tray} */ tray) => {
    const seen = known.get(tray) ?? { toolTip: '', icon: undefined, menu: null }
    if (!known.has(tray)) trays.push(seen)
    known.set(tray, seen)
    return seen
  }
  const { setContextMenu, setImage, setToolTip } = Tray.prototype
  Tray.prototype.setContextMenu = function set(/** @type {Electron.Menu | null} */ menu) {
    seenOf(this).menu = menu
    setContextMenu.call(this, menu)
  }
  Tray.prototype.setImage = function set(/** @type {Electron.NativeImage | string} */ image) {
    seenOf(this).icon = typeof image === 'string' ? basename(image) : files.get(image)
    setImage.call(this, image)
  }
  Tray.prototype.setToolTip = function set(/** @type {string} */ text) {
    seenOf(this).toolTip = text
    setToolTip.call(this, text)
  }
  return trays
}

/** @param {{ ipcMain: Electron.IpcMain }} electron */
function watchIpc({ ipcMain }) {
  /** @type {Map<string, Handler>} */
  const handlers = new Map()
  const handle = ipcMain.handle.bind(ipcMain)
  Object.assign(ipcMain, {
    handle(/** @type {string} */ channel, /** @type {Handler} */ handler) {
      handlers.set(channel, handler)
      handle(channel, handler)
    },
  })
  return {
    /** All channels that anything in the app listens on. */
    channels: () => [...handlers.keys(), ...ipcMain.eventNames().map(String)],
    /** A call as it would come from a frame that looks like this. */
    async invoke(/** @type {object} */ event, /** @type {string} */ channel, /** @type {unknown[]} */ args) {
      // What the app reads of the event is in it; the rest of its members is missing.
      return handlers.get(channel)?.(/** @type {Electron.IpcMainInvokeEvent} */ (event), ...args)
    },
  }
}
