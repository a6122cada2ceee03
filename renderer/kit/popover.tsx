// A small surface that belongs to a button: a form of two fields, an explanation with a link.
import { Popover as Base } from '@base-ui/react/popover'
import type { ReactElement, ReactNode } from 'react'

interface PopoverProps {
  /** One element that takes props and a ref; usually a Button. */
  readonly trigger: ReactElement
  readonly title?: string
  /** Names it for those who do not see it, where it has no title. */
  readonly label?: string
  readonly children: ReactNode
  readonly isOpen?: boolean
  readonly onOpenChange?: (isOpen: boolean) => void
}

export function Popover({ trigger, title, label, children, isOpen, onOpenChange }: PopoverProps) {
  return (
    <Base.Root
      {...(isOpen === undefined ? {} : { open: isOpen })}
      {...(onOpenChange === undefined ? {} : { onOpenChange })}
    >
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className="positioner" sideOffset={4} align="start">
          <Base.Popup className="popup pad" {...(label === undefined ? {} : { 'aria-label': label })}>
            {title === undefined ? undefined : <Base.Title>{title}</Base.Title>}
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
