// The sheet itself: from the balance at the beginning, over everything that moved it, to the balance at the end.
import type { ReactNode } from 'react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { Count, Money } from '../../../kit/amounts.tsx'
import { Mono } from '../../../kit/literals.tsx'
import { Note } from '../../../kit/states.tsx'
import { useAppearance } from '../../../state/appearance.ts'
import { monthText } from './months.ts'
import styles from './statement.module.css'
import { useWords } from './words.ts'

interface StatementSheetProps {
  readonly statement: CallOutput<'me.statement'>
  readonly email: string
}

export function StatementSheet({ statement, email }: StatementSheetProps) {
  const t = useWords()
  const { language } = useAppearance()
  const { month, timeZone, from, to, isClosed, changes, spending } = statement
  // In the zone whose month it is; the last day is the one before the end.
  const date = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    timeZone,
    dateStyle: 'medium',
  })
  const period = { from: date.format(from), to: date.format(to - 1), zone: timeZone }
  return (
    <article className={`panel ${styles['sheet']}`}>
      <header className={styles['head']}>
        <div>
          <h2>{t('sheetTitle', { month: monthText(month, language) })}</h2>
          <p className="sec">{t('of', { email })}</p>
        </div>
        <div className="meta">
          <p>
            {t('gateway')} <Mono>{window.location.host}</Mono>
          </p>
          <p>{t('period', period)}</p>
        </div>
      </header>
      {isClosed ? undefined : <Note status="info">{t('open')}</Note>}
      <table className={styles['table']} aria-label={t('title')}>
        <thead>
          <tr>
            <th scope="col">{t('item')}</th>
            <th scope="col">{t('count')}</th>
            <th scope="col">{t('amount')}</th>
          </tr>
        </thead>
        <tbody>
          <Line isTotal name={t('opening')} nanoUsd={statement.openingNanoUsd} />
          <Group name={t('changes')} isEmpty={changes.length === 0} empty={t('noChanges')} />
          {changes.map(({ kind, count, amountNanoUsd }) => (
            <Line key={kind} name={t(`kind_${kind}`)} count={count} nanoUsd={amountNanoUsd} isSigned />
          ))}
          <Group name={t('spending')} isEmpty={spending.length === 0} empty={t('noSpending')} />
          {spending.map(({ model, requests, amountNanoUsd }) => (
            <Line
              key={model}
              name={<Mono>{model}</Mono>}
              count={requests}
              nanoUsd={-amountNanoUsd}
              isSigned
            />
          ))}
          {spending.length > 1 ? (
            <Line isTotal name={t('spent')} nanoUsd={-statement.spentNanoUsd} isSigned />
          ) : undefined}
          <Line isTotal name={t(isClosed ? 'closing' : 'closingNow')} nanoUsd={statement.closingNanoUsd} />
        </tbody>
      </table>
      <p className="help">{t('exact')}</p>
    </article>
  )
}

interface LineProps {
  readonly name: ReactNode
  readonly count?: number
  readonly nanoUsd: number
  readonly isSigned?: boolean
  readonly isTotal?: boolean
}

function Line({ name, count, nanoUsd, isSigned = false, isTotal = false }: LineProps) {
  const t = useWords()
  return (
    <tr className={isTotal ? styles['total'] : undefined}>
      <th scope="row">{name}</th>
      {count === undefined ? (
        <td />
      ) : (
        <td data-label={t('count')}>
          <Count value={count} />
        </td>
      )}
      <td>
        <Money nanoUsd={nanoUsd} kind="exact" isSigned={isSigned} />
      </td>
    </tr>
  )
}

interface GroupProps {
  readonly name: string
  readonly isEmpty: boolean
  readonly empty: string
}

function Group({ name, isEmpty, empty }: GroupProps) {
  return (
    <>
      <tr className={styles['group']}>
        <th colSpan={3} scope="colgroup">
          {name}
        </th>
      </tr>
      {isEmpty ? (
        <tr>
          <td colSpan={3} className="quiet">
            {empty}
          </td>
        </tr>
      ) : undefined}
    </>
  )
}
