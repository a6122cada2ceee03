// Who, or what, cost most; each leads on to the requests behind it.
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { UsageGroup } from '../../../../contract/operations/usage.ts'
import { Count, Money } from '../../../kit/amounts.tsx'
import { PanelBody, Section } from '../../../kit/page.tsx'
import { Sentence } from '../../../words/sentence.tsx'
import styles from './dashboard.module.css'
import { useWords } from './words.ts'

const SHOWN_MAX = 6

interface TopPanelProps {
  readonly title: string
  readonly groups: readonly UsageGroup[]
  readonly hrefOf: (group: UsageGroup) => string
  readonly nameOf: (group: UsageGroup) => ReactNode
}

export function TopPanel({ title, groups, hrefOf, nameOf }: TopPanelProps) {
  const t = useWords()
  const shown = groups.slice(0, SHOWN_MAX)
  const most = Math.max(1, ...shown.map(({ total }) => total.costNanoUsd))
  return (
    <Section title={title}>
      <PanelBody>
        {shown.length === 0 ? <p className={`quiet ${styles['none']}`}>{t('nobody')}</p> : undefined}
        <ol className="col g8">
          {shown.map((group) => (
            <li key={group.id}>
              <div className="row g12">
                <Link className={`trunc grow ${styles['name']}`} href={hrefOf(group)}>
                  {nameOf(group)}
                </Link>
                <span className="meta nw">
                  <Sentence
                    text={t('requests', { count: group.total.requests })}
                    parts={{ count: <Count value={group.total.requests} isShort /> }}
                  />
                </span>
                <span className={`m r ${styles['amount']}`}>
                  <Money nanoUsd={group.total.costNanoUsd} />
                </span>
              </div>
              <div className={`track ${styles['share']}`} aria-hidden="true">
                <b style={{ width: `${(100 * group.total.costNanoUsd) / most}%` }} />
              </div>
            </li>
          ))}
        </ol>
      </PanelBody>
    </Section>
  )
}
