// Where to go after signing in. The address comes out of the address bar, so anybody may have written it: only paths of this
// very gateway are followed.
import { CONSOLE_PATHS, PORTAL_PATHS } from '../../../../contract/page-paths.ts'

const ELSEWHERE = 'http://elsewhere.invalid'

/** The path with its search; the start page where it leads anywhere else. */
export function localPath(next: string): string {
  if (!next.startsWith('/') || !URL.canParse(next, ELSEWHERE)) return PORTAL_PATHS.home
  const url = new URL(next, ELSEWHERE)
  // `/.//host` has our origin, and a path that a browser would take for an address elsewhere.
  const isOurs = url.origin === ELSEWHERE && !url.pathname.startsWith('//')
  if (!isOurs || url.pathname === PORTAL_PATHS.login) return PORTAL_PATHS.home
  return `${url.pathname}${url.search}`
}

export const isConsolePath = (path: string): boolean =>
  path === CONSOLE_PATHS.dashboard ||
  path.startsWith(`${CONSOLE_PATHS.dashboard}/`) ||
  path.startsWith(`${CONSOLE_PATHS.dashboard}?`)
