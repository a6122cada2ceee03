// Buttons: one primary for each surface; the label is the verb and its object.
import type { ComponentProps, ReactNode } from 'react'
import { Link } from 'wouter'

interface ButtonLook {
  readonly kind?: 'primary' | 'secondary' | 'ghost' | 'quiet' | 'destructive'
  readonly size?: 'sm' | 'md' | 'lg'
  readonly isBlock?: boolean
}

type ButtonProps = ButtonLook &
  Omit<ComponentProps<'button'>, 'className'> & {
    /** While it runs: the label stays, a second press does nothing. */
    readonly isWorking?: boolean
  }

const classOf = ({ kind = 'secondary', size = 'md', isBlock = false }: ButtonLook): string =>
  ['btn', kind, size === 'md' ? '' : size, isBlock ? 'block' : ''].filter((name) => name !== '').join(' ')

export function Button({
  kind,
  size,
  isBlock,
  isWorking,
  type = 'button',
  children,
  onClick,
  ...others
}: ButtonProps) {
  return (
    <button
      {...others}
      type={type}
      className={classOf({
        ...(kind === undefined ? {} : { kind }),
        ...(size === undefined ? {} : { size }),
        ...(isBlock === undefined ? {} : { isBlock }),
      })}
      // Not `disabled`: that would take the focus away from whoever pressed it.
      aria-busy={isWorking || undefined}
      onClick={(event) => {
        // The second press of a double click may come before it is known that the first one runs.
        const isAgain = isWorking || (isWorking !== undefined && event.detail > 1)
        if (isAgain) event.preventDefault()
        else onClick?.(event)
      }}
    >
      {isWorking ? <span className="working" aria-hidden="true" /> : undefined}
      {children}
    </button>
  )
}

interface ButtonLinkProps extends ButtonLook {
  readonly href: string
  readonly children: ReactNode
}

/** Leads to another page, and looks like a button. */
export function ButtonLink({ href, children, ...look }: ButtonLinkProps) {
  return (
    <Link href={href} className={classOf(look)}>
      {children}
    </Link>
  )
}
