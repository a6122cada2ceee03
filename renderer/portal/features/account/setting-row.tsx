// One thing about the account: what it is, how it stands, and what can be done about it.
import type { ReactNode } from 'react'
import styles from './account.module.css'

interface SettingRowProps {
  /** Left out where the section says it. */
  readonly title?: string
  /** How it stands now. */
  readonly value?: ReactNode
  readonly help?: ReactNode
  readonly children?: ReactNode
}

export function SettingRow({ title, value, help, children }: SettingRowProps) {
  return (
    <div className={styles['row']}>
      <div className={styles['says']}>
        {title === undefined ? undefined : <span className="m">{title}</span>}
        {value === undefined ? undefined : <span className={styles['value']}>{value}</span>}
        {help === undefined ? undefined : (
          <span className={title === undefined ? 'sec' : 'help'}>{help}</span>
        )}
      </div>
      {children === undefined ? undefined : <div className={styles['acts']}>{children}</div>}
    </div>
  )
}

export const SettingRows = ({ children }: { readonly children: ReactNode }) => (
  <div className={styles['rows']}>{children}</div>
)
