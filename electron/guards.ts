// What no page in the app may do, whatever it is: leave the console, open windows, ask for permissions, embed others, save files
// that are not its own.
import { app, type Session, type WebContents } from 'electron'
import { allowedExternalUrl } from './external-links.ts'
import { CONSOLE_ORIGIN, isConsoleUrl } from './origin.ts'
import { isConsolePath, isPortalPath } from './page-paths.ts'

interface PageWays {
  /** Where the gateway is reached, while it is. */
  readonly address: () => string | undefined
  readonly openInBrowser: (url: string) => void
}

/** What a copy button does. Reading the clipboard is another permission, and nobody has it. */
const WRITE_CLIPBOARD = 'clipboard-sanitized-write'

/** What a page makes itself, such as a list of codes to save. */
const OWN_BLOBS = `blob:${CONSOLE_ORIGIN}/`

export function guardSession(session: Session): void {
  session.on('will-download', (event, item) => {
    if (!item.getURL().startsWith(OWN_BLOBS)) event.preventDefault()
  })
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
    answer(permission === WRITE_CLIPBOARD && isConsoleUrl(requestingUrl)),
  )
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === WRITE_CLIPBOARD && isConsoleUrl(origin),
  )
  session.setDevicePermissionHandler(() => false)
  session.setSpellCheckerEnabled(false)
}

/** Holds for every page that the app ever makes. */
export function guardPages(ways: PageWays): void {
  app.on('web-contents-created', (_event, contents) => guardPage(contents, ways))
}

function guardPage(contents: WebContents, ways: PageWays): void {
  // Calls between browsers are under no policy of a page either, and need no name to find somebody.
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp')
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.on('will-frame-navigate', (event) => {
    if (event.isMainFrame && isConsolePage(event.url)) return
    event.preventDefault()
    if (event.isMainFrame) openOutside(event.url, ways)
  })
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url, ways)
    return { action: 'deny' }
  })
}

const isConsolePage = (url: string): boolean => isConsoleUrl(url) && isConsolePath(new URL(url).pathname)

/** A link to the portal is one within the site, which in the app is a page of the gateway's own address. */
function openOutside(url: string, ways: PageWays): void {
  const address = ways.address()
  const isPortal = isConsoleUrl(url) && isPortalPath(new URL(url).pathname)
  const target = isPortal && address !== undefined ? `${address}${new URL(url).pathname}` : url
  const allowed = allowedExternalUrl(target, address)
  if (allowed !== undefined) ways.openInBrowser(allowed)
}
