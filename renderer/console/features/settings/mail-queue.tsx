// Mail that waits, was sent, or has failed, with what the other side said; what did not go out can be tried again.
import { RotateCw } from 'lucide-react'
import { useState } from 'react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { useChange, usePaged } from '../../../client/hooks.ts'
import { Time } from '../../../kit/amounts.tsx'
import { IconButton } from '../../../kit/icon-button.tsx'
import { Section } from '../../../kit/page.tsx'
import { SearchInput } from '../../../kit/search-input.tsx'
import { FilterSelect } from '../../../kit/select.tsx'
import { type Status, StatusShape } from '../../../kit/shape.tsx'
import { type TableSorting, useSortChoice } from '../../../kit/sorting.ts'
import { ErrorState, FailureNote, NoResults, SkeletonRows } from '../../../kit/states.tsx'
import { type Column, Pager, Table } from '../../../kit/table.tsx'
import { toast } from '../../../kit/toast.tsx'
import styles from './settings.module.css'
import { useWords } from './words.ts'

const STATUSES = ['waiting', 'sent', 'failed'] as const
const SHAPES: Readonly<Record<(typeof STATUSES)[number], Status>> = {
  waiting: 'info',
  sent: 'ok',
  failed: 'bad',
}

const SORTS = ['createdAt', 'recipient', 'template'] as const
type MailRow = CallOutput<'mail.list'>['rows'][number]

export function MailQueue() {
  const t = useWords()
  const [status, setStatus] = useState<(typeof STATUSES)[number]>()
  const [search, setSearch] = useState('')
  const { choice, table } = useSortChoice(SORTS)
  const { query, paging } = usePaged('mail.list', {
    ...choice,
    ...(status === undefined ? {} : { status }),
    ...(search === '' ? {} : { search }),
    limit: 20,
  })
  const retry = useChange('mail.retry', ['mail.list', 'mail.get'])
  const rows = query.data?.rows ?? []
  const isFiltered = status !== undefined || search !== ''
  const tryAgain = (mailId: string, to: string) =>
    retry.mutate({ mailId }, { onSuccess: () => toast({ text: t('mailRetried', { to }) }) })
  const clear = () => {
    setStatus(undefined)
    setSearch('')
  }
  return (
    <Section
      title={t('queue')}
      actions={
        rows.length > 0 || isFiltered ? (
          <>
            <SearchInput label={t('mailSearch')} value={search} onChange={setSearch} />
            <FilterSelect
              label={t('mailStatus')}
              value={status}
              options={STATUSES.map((value) => ({ value, label: t(`mailIs_${value}`) }))}
              onChange={setStatus}
            />
          </>
        ) : undefined
      }
    >
      {query.isPending ? <SkeletonRows rows={3} /> : undefined}
      {query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} isRetrying={query.isFetching} />
      ) : undefined}
      <FailureNote error={retry.error} />
      {query.isSuccess && rows.length === 0 && !isFiltered ? (
        <p className={`help ${styles.none}`}>{t('queueEmpty')}</p>
      ) : undefined}
      {query.isSuccess && rows.length === 0 && isFiltered ? <NoResults onClear={clear} /> : undefined}
      {rows.length > 0 && !query.isError ? (
        <MailTable rows={rows} table={table} onRetry={tryAgain} />
      ) : undefined}
      <Pager paging={paging} total={query.data?.total} />
    </Section>
  )
}

interface MailTableProps {
  readonly rows: readonly MailRow[]
  readonly table: TableSorting
  readonly onRetry: (mailId: string, to: string) => void
}

function MailTable({ rows, table, onRetry }: MailTableProps) {
  const t = useWords()
  const columns: readonly Column<MailRow>[] = [
    {
      name: 'to',
      head: t('to'),
      sort: 'recipient',
      cell: ({ recipient, failureKind, failureReason }) => (
        <span className={styles.says}>
          <span className="m">{recipient}</span>
          {failureKind === null ? undefined : (
            <span className={`help ${styles.trouble}`}>
              {t(`failure_${failureKind}`)} {failureReason}
            </span>
          )}
        </span>
      ),
    },
    {
      name: 'what',
      head: t('mailWhat'),
      sort: 'template',
      cell: ({ template }) => t(`template_${template}`),
    },
    {
      name: 'status',
      head: t('mailStatus'),
      cell: (mail) => <StatusShape status={SHAPES[mail.status]}>{t(`mailIs_${mail.status}`)}</StatusShape>,
    },
    {
      name: 'at',
      head: t('mailWritten'),
      sort: 'createdAt',
      isTime: true,
      cell: ({ createdAt }) => <Time atMs={createdAt} />,
    },
    {
      name: 'attempts',
      head: t('mailAttempts'),
      isNumber: true,
      room: 'some',
      cell: ({ attempts }) => attempts,
    },
    {
      name: 'again',
      head: t('mailAgain'),
      inCard: 'actions',
      cell: ({ id, recipient, status }) =>
        status === 'sent' ? undefined : (
          <IconButton
            isSmall
            label={t('mailRetry', { to: recipient })}
            onClick={() => onRetry(id, recipient)}
          >
            <RotateCw size={14} />
          </IconButton>
        ),
    },
  ]
  return <Table label={t('queue')} columns={columns} rows={rows} keyOf={({ id }) => id} {...table} />
}
