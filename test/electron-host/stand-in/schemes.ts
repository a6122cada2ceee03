// Schemes of the app's own. Chromium knows none of them, so `app://console/x` is `https://console.app.invalid/x` on the wire.

type Handler = (request: Request) => Promise<Response>

const privileges = new Map<string, Electron.Privileges>()
const handlers = new Map<string, Handler>()
let isReady = false

export const schemes = {
  noteReady: () => {
    isReady = true
  },
  /** Undefined where the scheme is none of the app's own. */
  answer: (request: Request): Promise<Response> | undefined =>
    handlers.get(new URL(request.url).protocol.slice(0, -1))?.(request),
}

export function toWire(url: string): string {
  const [, scheme = '', host = '', rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/i.exec(url) ?? []
  return privileges.has(scheme) ? `https://${host}.${scheme}.invalid${rest}` : url
}

export function fromWire(url: string): string {
  const [, blob = '', host = '', scheme = '', rest = ''] =
    /^(blob:)?https:\/\/(.*)\.([^.]+)\.invalid(.*)$/.exec(url) ?? []
  return privileges.has(scheme) ? `${blob}${scheme}://${host}${rest}` : url
}

export function originOf(url: string): string {
  const [, scheme, host] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i.exec(url) ?? []
  return scheme === undefined ? 'null' : `${scheme}://${host}`
}

export const protocol = {
  registerSchemesAsPrivileged(list: Electron.CustomScheme[]) {
    if (isReady) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready')
    for (const { scheme, privileges: given } of list) privileges.set(scheme, given ?? {})
  },
  handle(scheme: string, handler: Handler) {
    if (!isReady) throw new Error('protocol.handle called before ready')
    if (handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`)
    handlers.set(scheme, handler)
  },
}
