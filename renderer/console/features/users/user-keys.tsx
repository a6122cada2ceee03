// The API keys of one person; they are changed on the page of all keys.

import { Link } from 'wouter'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { CONSOLE_PATHS } from '../../../../contract/page-paths.ts'
import { usePaged, useRefreshOn } from '../../../client/hooks.ts'
import { Money, Time } from '../../../kit/amounts.tsx'
import { CutText } from '../../../kit/cut-text.tsx'
import { Mono } from '../../../kit/literals.tsx'
import { type Status, StatusShape } from '../../../kit/shape.tsx'
import { type TableSorting, useSortChoice } from '../../../kit/sorting.ts'
import { type Column, Pager, Table } from '../../../kit/table.tsx'
import { ListPanel } from './list-panel.tsx'
import type { UserRow } from './user-status.ts'
import { useWords } from './words.ts'

type KeyRow = CallOutput<'keys.list'>['rows'][number]

const SORTS = ['createdAt', 'name', 'lastUsedAt'] as const

export function UserKeys({ user }: { readonly user: UserRow }) {
  const t = useWords()
  const { choice, table } = useSortChoice(SORTS)
  const { query, paging } = usePaged('keys.list', { userId: user.id, ...choice })
  useRefreshOn('key.changed', ['keys.list'])
  return (
    <ListPanel
      title={t('apiKeys')}
      query={query}
      empty={t('noKeys')}
      actions={
        <Link className="btn secondary sm" href={`${CONSOLE_PATHS.keys}?user=${user.id}`}>
          {t('manageKeys')}
        </Link>
      }
    >
      {(rows) => (
        <>
          <KeysTable rows={rows} table={table} />
          <Pager paging={paging} total={query.data?.total} />
        </>
      )}
    </ListPanel>
  )
}

interface KeysTableProps {
  readonly rows: readonly KeyRow[]
  readonly table: TableSorting
}

function KeysTable({ rows, table }: KeysTableProps) {
  const t = useWords()
  const nowMs = Date.now()
  const columns: readonly Column<KeyRow>[] = [
    {
      name: 'name',
      head: t('keyName'),
      cuts: 'who',
      sort: 'name',
      cell: ({ name }) => <CutText text={name} look="strong" />,
    },
    { name: 'prefix', head: t('key'), cell: ({ prefix }) => <Mono>{prefix}</Mono> },
    {
      name: 'status',
      head: t('status'),
      cell: (key) => {
        const word = keyWord(key, nowMs)
        return <StatusShape status={KEY_SHAPES[word]}>{t(`key_${word}`)}</StatusShape>
      },
    },
    {
      name: 'lastUsed',
      head: t('lastUsed'),
      sort: 'lastUsedAt',
      isTime: true,
      cell: ({ lastUsedAt, lastUsedAddress }) =>
        lastUsedAt === null ? (
          <span className="quiet">{t('notSeen')}</span>
        ) : (
          <>
            <Time atMs={lastUsedAt} /> <span className="quiet">{lastUsedAddress}</span>
          </>
        ),
    },
    {
      name: 'spent',
      head: t('spent'),
      isNumber: true,
      cell: ({ spending }) => <Money nanoUsd={spending.total.spentNanoUsd} />,
    },
  ]
  return <Table label={t('apiKeys')} columns={columns} rows={rows} keyOf={({ id }) => id} {...table} />
}

type KeyWord = 'active' | 'disabled' | 'expired'
const KEY_SHAPES: Readonly<Record<KeyWord, Status>> = { active: 'ok', disabled: 'off', expired: 'off' }

/** Expiry is a matter of the clock, not of the stored status. */
function keyWord({ status, expiresAt }: KeyRow, nowMs: number): KeyWord {
  if (status === 'disabled') return 'disabled'
  return expiresAt !== null && expiresAt <= nowMs ? 'expired' : 'active'
}
