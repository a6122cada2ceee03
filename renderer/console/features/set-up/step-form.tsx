// The frame of one step: its fields, and the buttons below them that stay where they are.
import type { ReactNode } from 'react'
import styles from './set-up.module.css'

interface StepFormProps {
  readonly children: ReactNode
  /** The buttons, the primary one last. */
  readonly actions: ReactNode
  readonly back?: ReactNode
  readonly onSubmit: () => void
}

export function StepForm({ children, actions, back, onSubmit }: StepFormProps) {
  return (
    <form
      className={styles['step']}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
    >
      <div className={`form ${styles['fields']}`}>{children}</div>
      <footer className={styles['foot']}>
        {back ?? <span />}
        <span className="row g8 wrap end">{actions}</span>
      </footer>
    </form>
  )
}
