// A button that is an icon: only for copy, close, more, back and their like, and always with a name and a tooltip.
import type { ComponentProps } from 'react'

type IconButtonProps = Omit<ComponentProps<'button'>, 'className' | 'title' | 'aria-label'> & {
  readonly label: string
  readonly isSmall?: boolean
}

export function IconButton({ label, isSmall = false, type = 'button', ...others }: IconButtonProps) {
  return (
    <button
      {...others}
      type={type}
      aria-label={label}
      data-tip={label}
      className={isSmall ? 'ib sm' : 'ib'}
    />
  )
}
