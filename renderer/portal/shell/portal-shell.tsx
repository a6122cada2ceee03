// The frame around a signed-in teammate's pages: navigation at the top, and at the bottom where it has no room there.
import { LayoutDashboard } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import { Link, useLocation } from 'wouter'
import { CONSOLE_PATHS, PORTAL_PATHS } from '../../../contract/page-paths.ts'
import { AccountMenu } from '../../frame/account-menu.tsx'
import { useIsAway } from '../../frame/reach.ts'
import type { Me } from '../../frame/session.ts'
import { Mark } from '../../kit/gate.tsx'
import { useKitWords } from '../../kit/kit-words.ts'
import { MenuLine, MenuLink } from '../../kit/menu.tsx'
import { useProductName } from '../../kit/product-name.ts'
import { Shape } from '../../kit/shape.tsx'
import { useAppearance } from '../../state/appearance.ts'
import { PLACES } from './places.ts'
import { useShellWords } from './words.ts'

interface PortalShellProps {
  readonly me: Me
  readonly children: ReactNode
}

export function PortalShell({ me, children }: PortalShellProps) {
  const t = useShellWords()
  const kit = useKitWords()
  const productName = useProductName()
  const isAway = useIsAway()
  const [path, navigate] = useLocation()
  const { adoptChoices } = useAppearance()
  const { theme, locale } = me
  useEffect(() => adoptChoices({ theme, locale }), [adoptChoices, theme, locale])
  const isHere = (place: string) => path === place || (place !== '/' && path.startsWith(`${place}/`))
  const links = (isBar: boolean) =>
    PLACES.map(({ path: to, icon: Icon, word, isInBar }) => (
      <Link
        key={to}
        href={to}
        aria-current={isHere(to) ? 'page' : undefined}
        className={isBar && !isInBar ? 'rest' : undefined}
      >
        {isBar ? <Icon size={22} strokeWidth={1.75} aria-hidden="true" /> : undefined}
        {t(word)}
      </Link>
    ))
  return (
    <div className="portal">
      <a className="skip" href="#content">
        {kit('skipToContent')}
      </a>
      <header className="top">
        <div>
          <Link href={PORTAL_PATHS.home} className="brand">
            <Mark isLit={!isAway} />
            <span className="trunc">{productName}</span>
          </Link>
          <nav className="nav" aria-label={t('navigation')}>
            {links(false)}
          </nav>
          <span className="grow" />
          <AccountMenu me={me} onSignedOut={() => navigate(PORTAL_PATHS.login)}>
            {me.role === 'admin' ? (
              <>
                <MenuLine />
                <MenuLink href={CONSOLE_PATHS.dashboard} icon={<LayoutDashboard size={15} />}>
                  {t('toConsole')}
                </MenuLink>
              </>
            ) : undefined}
          </AccountMenu>
        </div>
        {isAway ? (
          <p className="away" role="status">
            <Shape status="warn" />
            {kit('away')}
          </p>
        ) : undefined}
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <nav className="bar" aria-label={t('navigation')}>
        {links(true)}
      </nav>
    </div>
  )
}
