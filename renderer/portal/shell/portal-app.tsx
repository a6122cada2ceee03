// Which frame a page stands in: the open one for whoever is not signed in, the navigation for everyone else.
import { type ReactNode, Suspense, useMemo } from 'react'
import { Redirect, useLocation, useSearch } from 'wouter'
import { PORTAL_PATHS } from '../../../contract/page-paths.ts'
import { useAsk } from '../../client/hooks.ts'
import { ErrorBoundary } from '../../frame/error-boundary.tsx'
import { LostPage } from '../../frame/lost-page.tsx'
import { useSession } from '../../frame/session.ts'
import { loadLater } from '../../kit/load-later.tsx'
import { ErrorState, SkeletonRows } from '../../kit/states.tsx'
import { loadScreens, ScreenSwitch } from '../../routing/screens.tsx'
import type { Words } from '../../words/words.ts'
import { PORTAL_SCREENS, PUBLIC_PAGES } from '../screens.ts'
import { OpenFrame } from './open-frame.tsx'

// Its menus are of no use to whoever is not signed in.
const PortalShell = loadLater(() => import('./portal-shell.tsx').then((shell) => shell.PortalShell))

const PUBLIC_PATHS = PUBLIC_PAGES.map((page) => PORTAL_PATHS[page])

export function PortalApp({ words }: { readonly words: Words }) {
  const [path] = useLocation()
  const search = useSearch()
  const session = useSession()
  const screens = useMemo(() => loadScreens(PORTAL_SCREENS, PORTAL_PATHS, words), [words])
  const isPublic = PUBLIC_PATHS.some((publicPath) => publicPath === path)
  // Asked while the page's code is on its way.
  useAsk('auth.status', {}, { isEnabled: isPublic })
  const page = (waiting: ReactNode, home: string) => (
    <ErrorBoundary resetKey={path}>
      <ScreenSwitch screens={screens} waiting={waiting} lost={<LostPage home={home} />} />
    </ErrorBoundary>
  )

  if (isPublic) return <OpenFrame>{page(undefined, PORTAL_PATHS.login)}</OpenFrame>
  if (session.kind === 'waiting') return null
  if (session.kind === 'failed') {
    return (
      <OpenFrame>
        <ErrorState error={session.error} onRetry={session.retry} isRetrying={session.isRetrying} />
      </OpenFrame>
    )
  }
  if (session.kind === 'none') {
    const here = `${path}${search === '' ? '' : `?${search}`}`
    const next = here === PORTAL_PATHS.home ? '' : `?next=${encodeURIComponent(here)}`
    return <Redirect to={`${PORTAL_PATHS.login}${next}`} replace />
  }
  return (
    <Suspense>
      <PortalShell me={session.me}>{page(<SkeletonRows />, PORTAL_PATHS.home)}</PortalShell>
    </Suspense>
  )
}
