// The session of all pages. Chromium cannot ask at the moment of a request, so the app's handlers are asked once for each page
// and their answers become the browser's own settings.
import { EventEmitter } from 'node:events'
import type { Chromium, Loose } from './chromium.ts'
import { preventable } from './modelled.ts'
import { fromWire, originOf, toWire } from './schemes.ts'

type RequestHandler = Parameters<Electron.Session['setPermissionRequestHandler']>[0]
type CheckHandler = Parameters<Electron.Session['setPermissionCheckHandler']>[0]

/** Chromium's name of a permission, and Electron's. */
const PERMISSIONS = [
  ['geolocation', 'geolocation'],
  ['notifications', 'notifications'],
  ['camera', 'media'],
  ['microphone', 'media'],
  ['clipboard-read', 'clipboard-read'],
  ['clipboard-write', 'clipboard-sanitized-write'],
  ['midi', 'midi'],
] as const

class Session
  extends EventEmitter
  implements
    Pick<
      Electron.Session,
      | 'setPermissionRequestHandler'
      | 'setPermissionCheckHandler'
      | 'setDevicePermissionHandler'
      | 'setSpellCheckerEnabled'
    >
{
  #onRequest: RequestHandler = null
  #onCheck: CheckHandler = null

  setPermissionRequestHandler(handler: RequestHandler) {
    this.#onRequest = handler
  }
  setPermissionCheckHandler(handler: CheckHandler) {
    this.#onCheck = handler
  }
  setDevicePermissionHandler() {
    // There are no devices.
  }
  setSpellCheckerEnabled() {
    // There is no spell checker.
  }

  /** The browser is about to write a file; who prevents that leaves nothing behind. */
  async followDownloads(chromium: Chromium, dir: string): Promise<void> {
    chromium.hear('Browser.downloadWillBegin', ({ url, guid }: Loose) => {
      const event = preventable({})
      this.emit('will-download', event, { getURL: () => fromWire(url) })
      if (event.defaultPrevented) chromium.send('Browser.cancelDownload', { guid }).catch(() => undefined)
    })
    const behaviour = { behavior: 'allow', downloadPath: dir, eventsEnabled: true }
    await chromium.send('Browser.setDownloadBehavior', behaviour)
  }

  /** Without a handler everything is granted, as in Electron. */
  async apply(chromium: Chromium, contents: Electron.WebContents, url: string): Promise<void> {
    const origin = new URL(toWire(url)).origin
    for (const [name, permission] of PERMISSIONS) {
      const setting = (await this.#isGranted(contents, permission, url)) ? 'granted' : 'denied'
      await chromium.send('Browser.setPermission', { permission: { name }, setting, origin })
    }
  }

  async #isGranted(
    contents: Electron.WebContents,
    permission: (typeof PERMISSIONS)[number][1],
    url: string,
  ): Promise<boolean> {
    const details = { isMainFrame: true, requestingUrl: url } as Electron.PermissionCheckHandlerHandlerDetails
    if (this.#onCheck && !this.#onCheck(contents, permission, originOf(url), details)) return false
    const ask = this.#onRequest
    if (!ask) return true
    return new Promise((resolve) =>
      ask(contents, permission, resolve, details as unknown as Electron.PermissionRequest),
    )
  }
}

export const session = {
  defaultSession: new Session(),
  /** For requests of the app itself; see `net`. */
  fromPartition: (name: string) => ({ name }),
}
