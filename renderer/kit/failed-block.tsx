// In the place of what could not be shown: what happened, what to do, and the buttons for it.
import type { ReactNode } from 'react'
import { Shape } from './shape.tsx'

interface FailedBlockProps {
  readonly title: string
  /** The heading it is on its page; none where it stands for a part of a page that has its own. */
  readonly heading?: 'h1' | 'h2' | undefined
  readonly text: ReactNode
  /** What may be copied for whoever looks into it. */
  readonly children?: ReactNode
  readonly actions: ReactNode
}

export function FailedBlock({ title, heading, text, children, actions }: FailedBlockProps) {
  const Title = heading ?? 'div'
  return (
    <div className="failed" role="alert">
      <Title className="h">
        <Shape status="bad" />
        {title}
      </Title>
      <p className="sec">{text}</p>
      {children}
      <div className="acts">{actions}</div>
    </div>
  )
}
