// The frame around an administrator's pages: title bar, side bar with the gate card, the sheet.
import { House } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import type { DesktopView } from '../../../contract/desktop.ts'
import { CONSOLE_PATHS, PORTAL_PATHS } from '../../../contract/page-paths.ts'
import { AccountMenu } from '../../frame/account-menu.tsx'
import type { Me } from '../../frame/session.ts'
import { Mark } from '../../kit/gate.tsx'
import { useKitWords } from '../../kit/kit-words.ts'
import { MenuLine, MenuLink } from '../../kit/menu.tsx'
import { useProductName } from '../../kit/product-name.ts'
import { Shape } from '../../kit/shape.tsx'
import { GateCard } from './gate-card.tsx'
import { LedgerLight } from './ledger-light.tsx'
import type { Mark as PlaceMarkKind } from './place-marks.ts'
import { PLACE_GROUPS } from './places.ts'
import { SearchEverything } from './search-everything.tsx'
import { type GateState, useGateState } from './use-gate-state.ts'
import { useShellWords } from './words.ts'

interface ConsoleShellProps {
  readonly me: Me
  /** The app around this page, where there is one. */
  readonly desktop: DesktopView | undefined
  readonly children: ReactNode
}

export function ConsoleShell({ me, desktop, children }: ConsoleShellProps) {
  const t = useShellWords()
  const kit = useKitWords()
  const productName = useProductName()
  const gate = useGateState()
  const toSignIn = () => window.location.assign(PORTAL_PATHS.login)
  return (
    <div className="win">
      <a className="skip" href="#content">
        {kit('skipToContent')}
      </a>
      <header className="titlebar">
        <span className="winname">
          <Mark isLit={gate.isOpen} size={18} />
          <span className="trunc">{productName}</span>
        </span>
        <SearchEverything address={gate.address} />
        <span className="grow" />
        <span className="tb-right">
          <AccountMenu me={me} onSignedOut={toSignIn}>
            <MenuLine />
            <MenuLink href={PORTAL_PATHS.home} icon={<House size={15} />}>
              {t('toPortal')}
            </MenuLink>
          </AccountMenu>
        </span>
      </header>
      <div className="side">
        <GateCard gate={gate} desktop={desktop} />
        <SideNav marks={gate.marks} />
        <section className="foot" aria-label={t('ledger')}>
          <LedgerLight />
        </section>
      </div>
      <main className="sheet" id="content" tabIndex={-1}>
        {children}
      </main>
    </div>
  )
}

function SideNav({ marks }: { readonly marks: GateState['marks'] }) {
  const t = useShellWords()
  const [path] = useLocation()
  // Every address of the console begins with the dashboard's.
  const isHere = (place: string) =>
    path === place || (place !== CONSOLE_PATHS.dashboard && path.startsWith(`${place}/`))
  return (
    <nav aria-label={t('navigation')}>
      {PLACE_GROUPS.map((places) => (
        <div className="nav" key={places[0]?.path}>
          {places.map(({ path: to, icon: Icon, word }) => (
            <Link key={to} href={to} data-tip={t(word)} aria-current={isHere(to) ? 'page' : undefined}>
              <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
              <span className="gl">{t(word)}</span>
              <PlaceMark mark={marks.get(to)} />
            </Link>
          ))}
        </div>
      ))}
    </nav>
  )
}

/** A shape, never a number: how much it is stands on the page. */
function PlaceMark({ mark }: { readonly mark: PlaceMarkKind | undefined }) {
  const t = useShellWords()
  if (mark === undefined) return null
  return (
    <span className="cnt">
      <Shape status={mark} />
      <span className="sr">{t('needsYou')}</span>
    </span>
  )
}
