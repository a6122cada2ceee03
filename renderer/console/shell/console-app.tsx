// Which frame a page stands in: none for the set-up, the side bar for administrators, a way out for everybody else.
import { ShieldAlert } from 'lucide-react'
import { Suspense, useEffect, useMemo } from 'react'
import { Redirect, useLocation } from 'wouter'
import { CONSOLE_PATHS, PORTAL_PATHS } from '../../../contract/page-paths.ts'
import { useDesktopView } from '../../client/desktop.ts'
import { isInDesktopWindow } from '../../client/ipc-transport.ts'
import { ErrorBoundary } from '../../frame/error-boundary.tsx'
import { LostPage } from '../../frame/lost-page.tsx'
import { useSession, useSessionEnd } from '../../frame/session.ts'
import { loadLater } from '../../kit/load-later.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../../kit/states.tsx'
import { loadScreens, ScreenSwitch } from '../../routing/screens.tsx'
import type { Words } from '../../words/words.ts'
import { CONSOLE_SCREENS, PUBLIC_PAGES } from '../screens.ts'
import { GatewayStill } from './gateway-still.tsx'
import { useShellWords } from './words.ts'

// Its menus are of no use to whoever is not signed in.
const ConsoleShell = loadLater(() => import('./console-shell.tsx').then((shell) => shell.ConsoleShell))

const PUBLIC_PATHS = PUBLIC_PAGES.map((page) => CONSOLE_PATHS[page])

export function ConsoleApp({ words }: { readonly words: Words }) {
  const [path] = useLocation()
  const session = useSession()
  const desktop = useDesktopView()
  const isStill = desktop?.gateway.kind === 'stopped' || desktop?.gateway.kind === 'failed'
  const screens = useMemo(() => loadScreens(CONSOLE_SCREENS, CONSOLE_PATHS, words), [words])
  const isPublic = PUBLIC_PATHS.some((publicPath) => publicPath === path)
  const page = (
    <ErrorBoundary resetKey={path}>
      <ScreenSwitch
        screens={screens}
        waiting={isPublic ? undefined : <SkeletonRows />}
        lost={<LostPage home={CONSOLE_PATHS.dashboard} />}
      />
    </ErrorBoundary>
  )

  if (isStill && session.kind !== 'signed_in') {
    return (
      <main>
        <GatewayStill desktop={desktop} />
      </main>
    )
  }
  if (isPublic) return page
  if (session.kind === 'waiting') return null
  if (session.kind === 'failed') {
    return (
      <main className="still">
        <ErrorState error={session.error} onRetry={session.retry} isRetrying={session.isRetrying} />
      </main>
    )
  }
  if (session.kind === 'none')
    return isInDesktopWindow() ? <Redirect to={CONSOLE_PATHS.setup} /> : <ToSignIn />
  if (session.me.role !== 'admin') {
    return (
      <main className="still">
        <NotForThem />
      </main>
    )
  }
  return (
    <Suspense>
      <ConsoleShell me={session.me} desktop={desktop}>
        {isStill ? <GatewayStill desktop={desktop} /> : page}
      </ConsoleShell>
    </Suspense>
  )
}

/** The one place to sign in belongs to the portal, which is another app at the same address. */
function ToSignIn() {
  // Told over there, too: this page and what it knows are gone by then.
  const hasEnded = useSessionEnd((end) => end.hasEnded)
  useEffect(() => {
    const { pathname, search } = window.location
    const params = new URLSearchParams({ next: `${pathname}${search}`, ...(hasEnded ? { ended: '1' } : {}) })
    window.location.replace(`${PORTAL_PATHS.login}?${params}`)
  }, [hasEnded])
  return null
}

function NotForThem() {
  const t = useShellWords()
  return (
    <EmptyState
      isPage
      icon={<ShieldAlert size={32} strokeWidth={1.5} />}
      title={t('forbiddenTitle')}
      actions={
        <a className="btn primary" href={PORTAL_PATHS.home}>
          {t('forbiddenAction')}
        </a>
      }
    >
      {t('forbiddenText')}
    </EmptyState>
  )
}
