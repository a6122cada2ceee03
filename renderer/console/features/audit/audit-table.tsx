// The list of changes.
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { Time } from '../../../kit/amounts.tsx'
import { Mono } from '../../../kit/literals.tsx'
import type { TableSorting } from '../../../kit/sorting.ts'
import { type Column, Table } from '../../../kit/table.tsx'
import { useOperationWords } from '../../../words/operations/operation-words.ts'
import styles from './audit.module.css'
import { differencesOf, mostTelling } from './difference.ts'
import { Target } from './target.tsx'
import { MemberName, Value } from './value.tsx'
import { useWords } from './words.ts'

export type AuditRow = CallOutput<'audit.list'>['rows'][number]

interface AuditTableProps {
  readonly rows: readonly AuditRow[]
  readonly openId: string | undefined
  readonly table: TableSorting
  readonly onOpen: (row: AuditRow) => void
}

export function AuditTable({ rows, openId, table, onOpen }: AuditTableProps) {
  const t = useWords()
  const operation = useOperationWords()
  const isDrawerOpen = openId !== undefined
  const columns: readonly Column<AuditRow>[] = [
    {
      name: 'when',
      head: t('when'),
      sort: 'createdAt',
      isTime: true,
      cell: ({ createdAt }) => <Time atMs={createdAt} />,
    },
    {
      name: 'who',
      head: t('who'),
      cuts: 'literal',
      sort: 'actor',
      cell: ({ actorEmail }) =>
        actorEmail === null ? (
          <span className="quiet">{t('nobody')}</span>
        ) : (
          <span className="trunc" title={actorEmail}>
            {actorEmail}
          </span>
        ),
    },
    {
      name: 'what',
      head: t('what'),
      sort: 'operation',
      cell: (row) => <span className="m">{operation(row.operation)}</span>,
    },
    { name: 'target', head: t('target'), room: 'little', cuts: 'who', cell: (row) => <Target row={row} /> },
    {
      name: 'change',
      room: 'some',
      head: t('change'),
      isHidden: isDrawerOpen,
      cell: (row) => <MainChange row={row} />,
    },
    {
      name: 'address',
      room: 'all',
      head: t('address'),
      isHidden: isDrawerOpen,
      cell: ({ address }) => <Mono>{address}</Mono>,
    },
  ]
  return (
    <Table
      label={t('title')}
      columns={columns}
      rows={rows}
      keyOf={({ id }) => id}
      openKey={openId}
      onOpen={onOpen}
      {...table}
    />
  )
}

/** The most telling thing that changed, and how many more there are. */
function MainChange({ row }: { readonly row: AuditRow }) {
  const t = useWords()
  const differences = differencesOf(row.before, row.after)
  // The name of what it is about stands beside it already.
  const others = differences.filter(({ after }) => after !== row.targetName)
  const first = mostTelling(others) ?? differences[0]
  if (first === undefined) return <span className="quiet">{t('noDifference')}</span>
  return (
    <span className={`row g6 ${styles['main']}`}>
      <span className="quiet nw">
        <MemberName path={first.path} />
      </span>
      <span className="trunc">
        <Value path={first.path} value={first.after} />
      </span>
      {differences.length === 1 ? undefined : (
        <span className="quiet">{t('andMore', { count: differences.length - 1 })}</span>
      )}
    </span>
  )
}
