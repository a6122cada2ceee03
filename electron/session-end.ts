// When the session ends under the app: a shutdown, a logout, or whoever ends programs by a signal. Nobody is there to be asked.
import { BaseWindow, powerMonitor } from 'electron'

/** `end` has to end the app soon; it is called once, and what goes down waits for it as long as the system lets it. */
export function onSessionEnd(end: () => void, platform: NodeJS.Platform = process.platform): void {
  let isEnding = false
  // Some of them come together.
  const once = (event?: { preventDefault(): void }): void => {
    event?.preventDefault()
    if (isEnding) return
    isEnding = true
    end()
  }
  // Without an argument in Electron's own types; what is prevented is that the system goes down before the app has ended.
  powerMonitor.on('shutdown', once)
  // A logout on Linux. Chromium would quit as for a person, and a question would wait for an answer until the app is killed.
  process.on('SIGTERM', () => once())
  // Windows tells windows alone, and nothing else of an app that has none open.
  if (platform === 'win32') listenAsWindow(once)
}

/** Shown to nobody. Whoever closes all windows closes it as well. */
function listenAsWindow(once: (event: { preventDefault(): void }) => void): void {
  const listener = new BaseWindow({ show: false, skipTaskbar: true, focusable: false })
  listener.on('query-session-end', once)
  listener.on('session-end', once)
}
