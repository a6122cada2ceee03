// What can be done with one thing, behind a button.
import { Menu as Base } from '@base-ui/react/menu'
import { Check } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'

interface MenuProps {
  /** One element that takes props and a ref; usually a Button or an IconButton. */
  readonly trigger: ReactElement
  readonly children: ReactNode
  readonly align?: 'start' | 'end'
}

export function Menu({ trigger, children, align = 'end' }: MenuProps) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className="positioner" sideOffset={4} align={align}>
          <Base.Popup className="popup">{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

interface MenuItemProps {
  readonly icon?: ReactNode
  readonly onSelect: () => void
  readonly isDestructive?: boolean
  readonly isDisabled?: boolean
  readonly children: ReactNode
}

export function MenuItem({
  icon,
  onSelect,
  isDestructive = false,
  isDisabled = false,
  children,
}: MenuItemProps) {
  return (
    <Base.Item className={isDestructive ? 'item bad' : 'item'} disabled={isDisabled} onClick={onSelect}>
      {icon}
      {children}
    </Base.Item>
  )
}

interface MenuLinkProps {
  readonly href: string
  readonly icon?: ReactNode
  readonly children: ReactNode
}

/** Leaves this app: the other one, a download. */
export function MenuLink({ href, icon, children }: MenuLinkProps) {
  return (
    <Base.LinkItem className="item" href={href}>
      {icon}
      {children}
    </Base.LinkItem>
  )
}

interface MenuChoiceProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly options: readonly { readonly value: T; readonly label: string }[]
  readonly onChange: (value: T) => void
}

/** One of a few, inside a menu. */
export function MenuChoice<T extends string>({ label, value, options, onChange }: MenuChoiceProps<T>) {
  return (
    <Base.Group>
      <Base.GroupLabel className="menulabel">{label}</Base.GroupLabel>
      <Base.RadioGroup value={value} onValueChange={onChange}>
        {options.map((option) => (
          <Base.RadioItem key={option.value} value={option.value} className="item">
            {option.label}
            <Base.RadioItemIndicator className="tick">
              <Check size={14} aria-hidden="true" />
            </Base.RadioItemIndicator>
          </Base.RadioItem>
        ))}
      </Base.RadioGroup>
    </Base.Group>
  )
}

export const MenuLine = () => <Base.Separator className="menuline" />
