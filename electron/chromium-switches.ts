// What Chromium is told before it starts, whatever the app was started with.
import { app } from 'electron'
import { hasFeed } from './updates/electron-updater.ts'

/**
 * Debuggers of pages. A fuse keeps those of the main process out; for the pages, whose bridge answers in the operator's name,
 * Chromium would open a port that every account of the machine can speak to.
 */
const DEBUGGERS = ['remote-debugging-port', 'remote-debugging-pipe', 'remote-allow-origins']

/** Before the app is ready: Chromium looks at them after that. */
export function setSwitches(): void {
  if (app.isPackaged) for (const name of DEBUGGERS) app.commandLine.removeSwitch(name)
  // The console needs no name and no address. No policy of a page is about hints to connect, whose names tell what a script read.
  // Updates are fetched by Chromium, too: where there are any, it has to find their server.
  if (!hasFeed(app.isPackaged, process.resourcesPath, process.env))
    app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND')
}
