// What administrators changed of one person; the audit's own page shows what exactly.
import { Link } from 'wouter'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { CONSOLE_PATHS } from '../../../../contract/page-paths.ts'
import { usePaged } from '../../../client/hooks.ts'
import { Time } from '../../../kit/amounts.tsx'
import { Mono } from '../../../kit/literals.tsx'
import { useSortChoice } from '../../../kit/sorting.ts'
import { type Column, Pager, Table } from '../../../kit/table.tsx'
import { useOperationWords } from '../../../words/operations/operation-words.ts'
import { ListPanel } from './list-panel.tsx'
import { useWords } from './words.ts'

type AuditRow = CallOutput<'audit.list'>['rows'][number]

const SORTS = ['createdAt', 'operation', 'actor'] as const

export function UserAudit({ userId }: { readonly userId: string }) {
  const t = useWords()
  const operation = useOperationWords()
  const { choice, table } = useSortChoice(SORTS)
  const { query, paging } = usePaged('audit.list', { targetType: 'user', targetId: userId, ...choice })
  const columns: readonly Column<AuditRow>[] = [
    {
      name: 'when',
      head: t('when'),
      sort: 'createdAt',
      isTime: true,
      cell: ({ createdAt }) => <Time atMs={createdAt} />,
    },
    {
      name: 'what',
      head: t('what'),
      sort: 'operation',
      cell: (row) => (
        <Link className="link" href={`${CONSOLE_PATHS.audit}?targetId=${userId}&row=${row.id}`}>
          {operation(row.operation)}
        </Link>
      ),
    },
    { name: 'who', head: t('who'), sort: 'actor', cell: ({ actorEmail }) => actorEmail ?? t('nobody') },
    { name: 'address', head: t('address'), cell: ({ address }) => <Mono>{address}</Mono> },
  ]
  return (
    <ListPanel title={t('tab_audit')} query={query} empty={t('noAudit')}>
      {(rows) => (
        <>
          <Table label={t('tab_audit')} columns={columns} rows={rows} keyOf={({ id }) => id} {...table} />
          <Pager paging={paging} />
        </>
      )}
    </ListPanel>
  )
}
