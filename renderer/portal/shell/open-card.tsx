// The card of a page for everybody: the mark, what the page is for, and usually a form.
import type { ReactNode } from 'react'
import { Mark } from '../../kit/gate.tsx'
import { useTabTitle } from '../../kit/product-name.ts'

interface OpenCardProps {
  readonly title: string
  readonly subtitle?: ReactNode
  /** Given: the card is a form, and Enter submits it. */
  readonly onSubmit?: () => void
  readonly children: ReactNode
}

export function OpenCard({ title, subtitle, onSubmit, children }: OpenCardProps) {
  useTabTitle(title)
  const content = (
    <>
      <div className="hello">
        <Mark isLit size={48} />
        <h1>{title}</h1>
        {subtitle === undefined ? undefined : <p className="meta">{subtitle}</p>}
      </div>
      {children}
    </>
  )
  if (onSubmit === undefined) return <div className="card form">{content}</div>
  return (
    <form
      className="card form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
    >
      {content}
    </form>
  )
}
