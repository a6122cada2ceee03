// Stands in for the module `electron`: the app's main process is plain Node, its windows are pages of a real Chromium. What is
// not modelled is missing, and an app that uses it does not compile against this file or fails when it runs.
import { questionsOf, recordMainProcess } from '../main-process/recorder.mjs'
import { app } from './app.ts'
import { BrowserWindow } from './browser-window.ts'
import { ipcMain } from './ipc-main.ts'
import { Menu, MenuItem, Tray } from './menus.ts'
import { protocol } from './schemes.ts'
import { session } from './session.ts'
import {
  autoUpdater,
  BaseWindow,
  clipboard,
  dialog,
  Notification,
  nativeImage,
  nativeTheme,
  net,
  powerMonitor,
  powerSaveBlocker,
  screen,
  shell,
} from './system.ts'

export {
  app,
  autoUpdater,
  BaseWindow,
  BrowserWindow,
  clipboard,
  dialog,
  ipcMain,
  Menu,
  MenuItem,
  Notification,
  nativeImage,
  nativeTheme,
  net,
  powerMonitor,
  powerSaveBlocker,
  protocol,
  screen,
  session,
  shell,
  Tray,
}

const electron = {
  app,
  autoUpdater,
  BaseWindow,
  BrowserWindow,
  clipboard,
  dialog,
  ipcMain,
  Menu,
  MenuItem,
  Notification,
  nativeImage,
  nativeTheme,
  net,
  powerMonitor,
  powerSaveBlocker,
  protocol,
  screen,
  session,
  shell,
  Tray,
}
// biome-ignore lint/style/noDefaultExport: some packages import electron that way
export default electron

// What the recorder uses of Electron is modelled, or it fails here.
const modelled = electron as unknown as typeof Electron.CrossProcessExports
const ask = questionsOf(modelled, recordMainProcess(modelled))

/** A function of the test, as text; see ../desktop-app.ts. */
interface Question {
  readonly id: number
  readonly source: string
  readonly arg: unknown
}

process.on('message', async ({ id, source, arg }: Question) => {
  try {
    process.send?.({ id, isOk: true, value: await ask(source, arg) })
  } catch (error) {
    process.send?.({ id, isOk: false, value: String(error) })
  }
})
process.on('disconnect', () => process.exit(0))
void app.whenReady().then(() => process.send?.({ endpoint: app.chromium.endpoint }))
