// The list of keys. Beside an open drawer it leaves out what the drawer says.

import { Ellipsis } from 'lucide-react'
import { Fragment } from 'react'
import { Link } from 'wouter'
import { userPath } from '../../../../contract/page-paths.ts'
import { type KeyRow, keyState } from '../../../api-keys/key-status.ts'
import { useApiKeyWords } from '../../../api-keys/words.ts'
import { Money, Time } from '../../../kit/amounts.tsx'
import { shortClientName } from '../../../kit/client-name.ts'
import { CutText } from '../../../kit/cut-text.tsx'
import { IconButton } from '../../../kit/icon-button.tsx'
import { Mono } from '../../../kit/literals.tsx'
import { Menu } from '../../../kit/menu.tsx'
import { StatusShape } from '../../../kit/shape.tsx'
import type { TableSorting } from '../../../kit/sorting.ts'
import { type Column, Table } from '../../../kit/table.tsx'
import type { KeyTask } from './key-dialogs.tsx'
import { KeyMenuItems } from './key-menu.tsx'
import styles from './keys.module.css'
import { useWords } from './words.ts'

interface KeysTableProps {
  readonly rows: readonly KeyRow[]
  readonly openId: string | undefined
  readonly table: TableSorting
  readonly onOpen: (key: KeyRow) => void
  readonly onTask: (kind: KeyTask['kind'], key: KeyRow) => void
}

export function KeysTable({ rows, openId, table, onOpen, onTask }: KeysTableProps) {
  const t = useWords()
  const stateName = useApiKeyWords()
  const nowMs = Date.now()
  const isDrawerOpen = openId !== undefined
  const columns: readonly Column<KeyRow>[] = [
    {
      name: 'name',
      head: t('name'),
      cuts: 'who',
      sort: 'name',
      cell: ({ name, prefix }) => (
        <span className="two">
          <CutText text={name} look="strong" />
          <Mono>{prefix}</Mono>
        </span>
      ),
    },
    {
      name: 'owner',
      head: t('owner'),
      cuts: 'who',
      sort: 'owner',
      cell: ({ userId, userEmail }) => (
        <Link className="link trunc" href={userPath(userId)} title={userEmail}>
          {userEmail}
        </Link>
      ),
    },
    {
      name: 'status',
      head: t('status'),
      cell: (key) => {
        const { status, word } = keyState(key, nowMs)
        return <StatusShape status={status}>{stateName(word)}</StatusShape>
      },
    },
    {
      name: 'narrowed',
      head: t('narrowed'),
      room: 'some',
      isHidden: isDrawerOpen,
      cell: (key) => <Narrowing apiKey={key} />,
    },
    {
      name: 'month',
      head: t('spentThisMonth'),
      isNumber: true,
      isHidden: isDrawerOpen,
      cell: ({ spending, caps }) => (
        <>
          <Money nanoUsd={spending.month.spentNanoUsd} />
          {caps.monthNanoUsd === null ? undefined : (
            <span className="quiet">
              {' / '}
              <Money nanoUsd={caps.monthNanoUsd} />
            </span>
          )}
        </>
      ),
    },
    {
      name: 'used',
      head: t('lastUsed'),
      sort: 'lastUsedAt',
      isTime: true,
      isHidden: isDrawerOpen,
      cell: (key) => <LastUse apiKey={key} />,
    },
    {
      name: 'actions',
      head: t('more', { name: '' }),
      inCard: 'actions',
      cell: (key) => (
        <Menu
          trigger={
            <IconButton label={t('more', { name: key.name })}>
              <Ellipsis size={16} />
            </IconButton>
          }
        >
          <KeyMenuItems apiKey={key} onTask={onTask} />
        </Menu>
      ),
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

/** How many things narrow the key, in few words; the drawer names them. */
function Narrowing({ apiKey: { allowedModels, caps, limits } }: { readonly apiKey: KeyRow }) {
  const t = useWords()
  const capCount = Object.values(caps).filter((cap) => cap !== null).length
  const parts = [
    allowedModels === null ? undefined : t('modelCount', { count: allowedModels.length }),
    capCount === 0 ? undefined : t('capCount', { count: capCount }),
    limits.length === 0 ? undefined : t('limitCount', { count: limits.length }),
  ].filter((part) => part !== undefined)
  if (parts.length === 0) return <span className="quiet">{t('notNarrowed')}</span>
  return (
    <span className={`sec ${styles['narrowed']}`}>
      {parts.map((part, index) => (
        // Between parts there may be a break; within one, each Chinese character would get a line of its own.
        <Fragment key={part}>
          <span className="nw">{index === parts.length - 1 ? part : `${part} ·`}</span>{' '}
        </Fragment>
      ))}
    </span>
  )
}

export function LastUse({ apiKey }: { readonly apiKey: KeyRow }) {
  const t = useWords()
  const { lastUsedAt, lastUsedAddress, lastUsedClient } = apiKey
  if (lastUsedAt === null) return <span className="quiet">{t('notUsed')}</span>
  const from = [lastUsedAddress, shortClientName(lastUsedClient ?? '')].filter((part) => part).join(' · ')
  return (
    <span className="two">
      <Time atMs={lastUsedAt} /> {from === '' ? undefined : <span className="meta">{from}</span>}
    </span>
  )
}
