// The one window: the console. Closing it hides it, the gateway goes on; a crash of its page is mended by loading it again, until
// it has crashed too often.
import { join } from 'node:path'
import { app, BrowserWindow, screen } from 'electron'
import type { DesktopEvent } from '../contract/desktop.ts'
import type { PushedEvent } from '../contract/events.ts'
import { CONSOLE_PATHS } from '../contract/page-paths.ts'
import type { Clock, Logger } from '../server/ports.ts'
import type { GatewayControl } from './gateway-control.ts'
import { CONSOLE_ORIGIN } from './origin.ts'
import type { PreferenceStore, WindowBounds } from './preferences.ts'
import { EVENTS_CHANNEL } from './preload/channel.ts'
import { placeWindow } from './window-place.ts'

export interface ConsoleWindow {
  /** Brings it to the front; makes it where there is none. */
  show(): Promise<void>
  /** To the page, if one is there. */
  push(events: readonly (PushedEvent | DesktopEvent)[]): void
  /** While it is let go, closing it is no longer hiding it. */
  letGo(isLetGo: boolean): void
}

/** A page that crashes more often than this in a minute would keep the machine busy with that alone. */
const CRASHES_MAX = 3
const CRASHES_WITHIN_MS = 60_000

interface ConsoleWindowDeps {
  readonly preferences: PreferenceStore
  readonly gateway: GatewayControl
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly logger: Pick<Logger, 'warn'>
}

export function createConsoleWindow({
  preferences,
  gateway,
  clock,
  logger,
}: ConsoleWindowDeps): ConsoleWindow {
  let window: BrowserWindow | undefined
  let isLetGo = false
  let crashes: readonly number[] = []

  /** Whoever opens the console then has a new window. */
  function mend(crashed: BrowserWindow): Promise<void> | undefined {
    const now = clock.monotonicMs()
    crashes = [...crashes.filter((at) => now - at < CRASHES_WITHIN_MS), now]
    if (crashes.length <= CRASHES_MAX) return load(crashed)
    crashes = []
    crashed.destroy()
  }

  async function open(): Promise<void> {
    const opened = makeWindow(preferences.get().window)
    window = opened
    const remember = () => preferences.update({ window: boundsOf(opened) })
    opened.on('resized', remember)
    opened.on('moved', remember)
    opened.on('close', (event) => {
      remember()
      if (isLetGo) return
      event.preventDefault()
      hide(opened)
    })
    opened.on('closed', () => {
      window = undefined
    })
    opened.once('ready-to-show', () => opened.show())
    opened.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason === 'clean-exit' || isLetGo) return
      logger.warn({ reason }, 'the page of the window is gone')
      void mend(opened)
    })
    await load(opened)
  }

  /** A page that goes on to another one while it loads is no failure of the app. */
  const load = (opened: BrowserWindow): Promise<void> =>
    opened
      .loadURL(`${CONSOLE_ORIGIN}${firstPage(gateway)}`)
      .catch((error) => logger.warn({ err: error }, 'the page of the window was not loaded'))

  return {
    async show() {
      if (window === undefined) return open()
      if (window.isMinimized()) window.restore()
      window.show()
      window.focus()
    },
    push(events) {
      if (window !== undefined && !window.isDestroyed()) window.webContents.send(EVENTS_CHANNEL, events)
    },
    letGo(isLetGoNow) {
      isLetGo = isLetGoNow
    },
  }
}

/** A gateway without an operator has not been set up. */
function firstPage(gateway: GatewayControl): string {
  const server = gateway.server()
  return server !== undefined && server.operator() === undefined
    ? CONSOLE_PATHS.setup
    : CONSOLE_PATHS.dashboard
}

function makeWindow(kept: WindowBounds): BrowserWindow {
  const areas = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map(({ workArea }) => workArea)
  const window = new BrowserWindow({
    ...placeWindow(kept, areas),
    show: false,
    title: app.getName(),
    // Before the page has painted; the page's own ground.
    backgroundColor: '#f6f6f4',
    webPreferences: {
      preload: join(import.meta.dirname, 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      // Developer tools can call the bridge in the operator's name; the packaged app has none.
      devTools: !app.isPackaged,
    },
  })
  if (kept.isMaximized) window.maximize()
  return window
}

/** On macOS a full screen belongs to its window, and stays behind black where that is hidden first. */
function hide(window: BrowserWindow): void {
  if (process.platform !== 'darwin' || !window.isFullScreen()) {
    window.hide()
    return
  }
  window.once('leave-full-screen', () => window.hide())
  window.setFullScreen(false)
}

const boundsOf = (window: BrowserWindow): WindowBounds => ({
  ...window.getNormalBounds(),
  isMaximized: window.isMaximized(),
})
