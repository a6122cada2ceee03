// The list of keys; on a phone each row is a card.
import { Ellipsis, Pencil, Power, RotateCw, ShieldCheck, Trash2 } from 'lucide-react'
import { type KeyRow, keyState, mayRotate } from '../../../api-keys/key-status.ts'
import { useApiKeyWords } from '../../../api-keys/words.ts'
import { failureOf } from '../../../client/failures.ts'
import { useChange } from '../../../client/hooks.ts'
import { useMe } from '../../../frame/session.ts'
import { Time } from '../../../kit/amounts.tsx'
import { shortClientName } from '../../../kit/client-name.ts'
import { IconButton } from '../../../kit/icon-button.tsx'
import { Mono } from '../../../kit/literals.tsx'
import { Menu, MenuItem, MenuLine } from '../../../kit/menu.tsx'
import { StatusShape } from '../../../kit/shape.tsx'
import type { TableSorting } from '../../../kit/sorting.ts'
import { type Column, Table } from '../../../kit/table.tsx'
import { toast } from '../../../kit/toast.tsx'
import { usePolicyWords } from '../../../policy/words.ts'
import { useFailureWords } from '../../../words/failure-words.ts'
import { useWords } from './words.ts'

interface KeysTableProps {
  readonly rows: readonly KeyRow[]
  readonly table: TableSorting
  readonly onTask: (kind: 'edit' | 'policy' | 'rotate' | 'delete', key: KeyRow) => void
}

export function KeysTable({ rows, table, onTask }: KeysTableProps) {
  const t = useWords()
  const stateName = useApiKeyWords()
  const nowMs = Date.now()
  const columns: readonly Column<KeyRow>[] = [
    {
      name: 'name',
      head: t('name'),
      sort: 'name',
      inCard: 'lead',
      cell: (key) => <span className="named">{key.name}</span>,
    },
    { name: 'key', head: t('key'), cell: (key) => <Mono>{key.prefix}-••••</Mono> },
    {
      name: 'lastUsed',
      head: t('lastUsed'),
      sort: 'lastUsedAt',
      isTime: true,
      inCard: 'labelled',
      cell: (key) => <LastUse apiKey={key} />,
    },
    {
      name: 'expires',
      head: t('expires'),
      sort: 'expiresAt',
      inCard: 'labelled',
      cell: ({ expiresAt }) =>
        expiresAt === null ? <span className="quiet">{t('never')}</span> : <Time atMs={expiresAt} />,
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
      name: 'actions',
      head: t('more', { name: '' }),
      inCard: 'actions',
      cell: (key) => <KeyMenu apiKey={key} onTask={onTask} />,
    },
  ]
  return (
    <Table label={t('title')} columns={columns} rows={rows} keyOf={(key) => key.id} hasCards {...table} />
  )
}

function LastUse({ apiKey: { lastUsedAt, lastUsedAddress, lastUsedClient } }: { readonly apiKey: KeyRow }) {
  const t = useWords()
  if (lastUsedAt === null) return <span className="quiet">{t('notUsed')}</span>
  const from = [lastUsedAddress, shortClientName(lastUsedClient ?? '')].filter((part) => part).join(' · ')
  return (
    <span className="two">
      <Time atMs={lastUsedAt} />
      {from === '' ? undefined : <span className="quiet">{from}</span>}
    </span>
  )
}

interface KeyMenuProps extends Pick<KeysTableProps, 'onTask'> {
  readonly apiKey: KeyRow
}

function KeyMenu({ apiKey, onTask }: KeyMenuProps) {
  const t = useWords()
  const policy = usePolicyWords()
  const words = useFailureWords()
  const { mutateAsync } = useChange('keys.update', ['keys.list'])
  const me = useMe()
  const { id: keyId, name, disabledBy } = apiKey
  // What an administrator switched off stays off, and what was rotated away for everybody.
  const mayEnable = disabledBy === 'owner' || (disabledBy === 'administrator' && me.role === 'admin')
  const setStatus = (status: KeyRow['status']): void => {
    const isOff = status === 'disabled'
    mutateAsync({ keyId, status }).then(
      () =>
        toast({
          status: isOff ? 'off' : 'ok',
          text: t(isOff ? 'wasDisabled' : 'wasEnabled', { name }),
          ...(isOff ? { action: { label: t('undo'), onSelect: () => setStatus('active') } } : {}),
        }),
      (error: unknown) => toast({ status: 'bad', text: words(failureOf(error)) }),
    )
  }
  return (
    <Menu
      trigger={
        <IconButton label={t('more', { name })}>
          <Ellipsis size={16} />
        </IconButton>
      }
    >
      <MenuItem icon={<Pencil size={15} />} onSelect={() => onTask('edit', apiKey)}>
        {t('edit')}
      </MenuItem>
      <MenuItem
        icon={<RotateCw size={15} />}
        isDisabled={!mayRotate(apiKey)}
        onSelect={() => onTask('rotate', apiKey)}
      >
        {t('rotate')}
      </MenuItem>
      <MenuItem icon={<ShieldCheck size={15} />} onSelect={() => onTask('policy', apiKey)}>
        {policy('policy')}
      </MenuItem>
      {apiKey.status === 'active' ? (
        <MenuItem icon={<Power size={15} />} onSelect={() => setStatus('disabled')}>
          {t('disable')}
        </MenuItem>
      ) : (
        <MenuItem icon={<Power size={15} />} isDisabled={!mayEnable} onSelect={() => setStatus('active')}>
          {t('enable')}
        </MenuItem>
      )}
      <MenuLine />
      <MenuItem icon={<Trash2 size={15} />} isDestructive onSelect={() => onTask('delete', apiKey)}>
        {t('delete')}
      </MenuItem>
    </Menu>
  )
}
