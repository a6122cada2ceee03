// `app://console`: how the window gets its page. The policy is set here, because no other hook sees answers of this scheme.
import { protocol } from 'electron'
import type { FindFile } from './console-files.ts'
import { CONSOLE_ORIGIN, originOf, SCHEME } from './origin.ts'

/** The page talks to the gateway over the bridge alone, so it may connect to nothing. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'none'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS = {
  'content-security-policy': POLICY,
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** Has to be called before the app is ready. `standard` gives the page an origin, and with it storage of its own. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges: { standard: true, secure: true } }])
}

export function serveConsole(find: FindFile): void {
  protocol.handle(SCHEME, async ({ method, url }) => {
    const file =
      method === 'GET' && originOf(url) === CONSOLE_ORIGIN ? find(new URL(url).pathname) : undefined
    if (file === undefined) return new Response('Not found', { status: 404, headers: HEADERS })
    return new Response(new Uint8Array(await file.read()), {
      headers: { ...HEADERS, 'content-type': file.type },
    })
  })
}
