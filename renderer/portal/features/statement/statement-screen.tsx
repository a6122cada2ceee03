// What a month did to a person's balance: a page that is made for paper, and a file for spreadsheets.
import { ChevronLeft, Download, Printer } from 'lucide-react'
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { useAsk } from '../../../client/hooks.ts'
import { useMe } from '../../../frame/session.ts'
import { Button, ButtonLink } from '../../../kit/button.tsx'
import { downloadText } from '../../../kit/download.ts'
import { PageHeader } from '../../../kit/page.tsx'
import { Select } from '../../../kit/select.tsx'
import { ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { textParam, useSearchParams } from '../../../routing/search-params.ts'
import { useAppearance } from '../../../state/appearance.ts'
import { isMonth, monthsSince, monthText } from './months.ts'
import styles from './statement.module.css'
import { statementCsv } from './statement-csv.ts'
import { StatementSheet } from './statement-sheet.tsx'
import { useWords } from './words.ts'

export function StatementScreen() {
  const t = useWords()
  const me = useMe()
  const { language } = useAppearance()
  const [{ month: named }, setParams] = useSearchParams({ month: textParam })
  const months = monthsSince(me.createdAt, Date.now())
  const month = isMonth(named) ? named : (months[0] ?? '')
  const choices = months.includes(month) ? months : [month, ...months]
  const query = useAsk('me.statement', { month })
  const statement = query.data
  return (
    <div className={styles['page']}>
      <PageHeader
        title={t('title')}
        actions={
          <>
            <ButtonLink href={PORTAL_PATHS.account} kind="ghost">
              <ChevronLeft size={14} aria-hidden="true" />
              {t('back')}
            </ButtonLink>
            <div className={styles['acts']}>
              <Select
                label={t('month')}
                value={month}
                onChange={(chosen) => setParams({ month: chosen })}
                options={choices.map((value) => ({ value, label: monthText(value, language) }))}
              />
              <Button
                disabled={statement === undefined}
                onClick={() =>
                  statement &&
                  downloadText(`statement-${statement.month}.csv`, statementCsv(statement), 'text/csv')
                }
              >
                <Download size={14} aria-hidden="true" />
                {t('csv')}
              </Button>
              <Button kind="primary" disabled={statement === undefined} onClick={() => window.print()}>
                <Printer size={14} aria-hidden="true" />
                {t('print')}
              </Button>
            </div>
          </>
        }
      />
      {query.isPending ? (
        <div className="panel">
          <SkeletonRows rows={6} />
        </div>
      ) : undefined}
      {query.isError ? (
        <div className="panel">
          <ErrorState
            error={query.error}
            onRetry={() => void query.refetch()}
            isRetrying={query.isFetching}
          />
        </div>
      ) : undefined}
      {statement !== undefined && !query.isError ? (
        <StatementSheet statement={statement} email={me.email} />
      ) : undefined}
    </div>
  )
}
