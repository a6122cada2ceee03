// Who is signed in, how the pages look, and the way out.
import { LogOut } from 'lucide-react'
import type { ReactNode } from 'react'
import { failureOf } from '../client/failures.ts'
import { isInDesktopWindow } from '../client/ipc-transport.ts'
import { useKitWords } from '../kit/kit-words.ts'
import { Menu, MenuItem, MenuLine } from '../kit/menu.tsx'
import { Avatar } from '../kit/page.tsx'
import { toast } from '../kit/toast.tsx'
import { useFailureWords } from '../words/failure-words.ts'
import { AppearanceChoices } from './appearance-choices.tsx'
import { type Me, useSignIn } from './session.ts'

interface AccountMenuProps {
  readonly me: Me
  readonly onSignedOut: () => void
  /** Links to other places, above the choices. */
  readonly children?: ReactNode
}

export function AccountMenu({ me, onSignedOut, children }: AccountMenuProps) {
  const t = useKitWords()
  const words = useFailureWords()
  const { signOut } = useSignIn()
  const leave = () => {
    signOut().then(onSignedOut, (error: unknown) => toast({ status: 'bad', text: words(failureOf(error)) }))
  }
  return (
    <Menu
      trigger={
        <button type="button" className="ib account">
          <Avatar name={me.email} />
          <span className="sr">{`${t('account')}: ${me.email}`}</span>
        </button>
      }
    >
      <div className="menulabel trunc">{me.email}</div>
      {children}
      <MenuLine />
      <AppearanceChoices />
      {isInDesktopWindow() ? undefined : (
        <>
          <MenuLine />
          <MenuItem icon={<LogOut size={15} />} onSelect={leave}>
            {t('signOut')}
          </MenuItem>
        </>
      )}
    </Menu>
  )
}
