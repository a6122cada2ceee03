// A process in steps, as a vertical rail of shapes. After a failure the line is broken and later steps are rings.
import type { ReactNode } from 'react'
import { Shape, type Status } from './shape.tsx'

export interface RailStep {
  readonly name: string
  readonly status: Status
  readonly title: ReactNode
  readonly text?: ReactNode
  readonly aside?: ReactNode
}

export function Rail({ steps }: { readonly steps: readonly RailStep[] }) {
  const failedAt = steps.findIndex((step) => step.status === 'bad')
  return (
    <ol className="rail">
      {steps.map((step, index) => (
        <li key={step.name} className={failedAt >= 0 && index >= failedAt ? 'step stopped' : 'step'}>
          <span className="node">
            <Shape status={step.status} />
          </span>
          <div>
            <div className={step.status === 'bad' ? 'b' : 'm'}>{step.title}</div>
            {step.text === undefined ? undefined : <div className="meta">{step.text}</div>}
          </div>
          {step.aside === undefined ? <span /> : <span className="meta num">{step.aside}</span>}
        </li>
      ))}
    </ol>
  )
}
