// All upstreams, in the order in which they are asked: how each is doing, and what can be done with it.
import { MoreHorizontal, Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useAsk, useChange, useRefreshOn } from '../../../client/hooks.ts'
import { Count, Time } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { Switch } from '../../../kit/choices.tsx'
import { ConfirmDialog } from '../../../kit/dialog.tsx'
import { IconButton } from '../../../kit/icon-button.tsx'
import { Menu, MenuItem } from '../../../kit/menu.tsx'
import { multiplierText } from '../../../kit/multiplier.ts'
import { PanelBody, Section } from '../../../kit/page.tsx'
import { StatusShape } from '../../../kit/shape.tsx'
import { ErrorState, FailureNote, SkeletonRows } from '../../../kit/states.tsx'
import { Table } from '../../../kit/table.tsx'
import { toast } from '../../../kit/toast.tsx'
import { useDone } from '../../../kit/undo.ts'
import { Sentence } from '../../../words/sentence.tsx'
import { useUpstreamProblemWords } from '../../../words/upstream-problems/upstream-problem-words.ts'
import styles from './settings.module.css'
import { UpstreamDialog } from './upstream-dialog.tsx'
import { decideUpstreamState, type UpstreamRow } from './upstream-state.ts'
import { useWords } from './words.ts'

type Asked = { readonly what: 'add' } | { readonly what: 'edit' | 'remove'; readonly row: UpstreamRow }

export function UpstreamList() {
  const t = useWords()
  const list = useAsk('upstreams.list', {})
  useRefreshOn(['upstream.health', 'data.changed'], ['upstreams.list'])
  const [asked, setAsked] = useState<Asked>()
  const close = () => setAsked(undefined)
  const rows = list.data?.rows ?? []
  return (
    <Section
      title={t('upstreams')}
      meta={t('upstreamsMeta')}
      actions={
        <Button size="sm" onClick={() => setAsked({ what: 'add' })}>
          <Plus size={14} aria-hidden="true" />
          {t('upstreamAdd')}
        </Button>
      }
    >
      {list.isPending ? <SkeletonRows rows={2} /> : undefined}
      {list.isError ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} isRetrying={list.isFetching} />
      ) : undefined}
      {rows.length > 0 && !list.isError ? <Rows rows={rows} onAsk={setAsked} /> : undefined}
      {rows.length === 1 ? (
        <PanelBody>
          <p className="help">{t('upstreamsAlone')}</p>
        </PanelBody>
      ) : undefined}
      {asked?.what === 'add' ? <UpstreamDialog onClose={close} /> : undefined}
      {asked?.what === 'edit' ? <UpstreamDialog row={asked.row} onClose={close} /> : undefined}
      {asked?.what === 'remove' ? <RemoveDialog row={asked.row} onClose={close} /> : undefined}
    </Section>
  )
}

interface RowsProps {
  readonly rows: readonly UpstreamRow[]
  readonly onAsk: (asked: Asked) => void
}

function Rows({ rows, onAsk }: RowsProps) {
  const t = useWords()
  const isAlone = rows.filter(({ isInUse }) => isInUse).length < 2
  return (
    <Table
      label={t('upstreams')}
      rows={rows}
      keyOf={({ id }) => id}
      hasCards
      columns={[
        { name: 'name', head: t('upstreamName'), inCard: 'lead', cell: (row) => <NameCell row={row} /> },
        { name: 'state', head: t('healthNow'), cell: (row) => <StateCell row={row} isAlone={isAlone} /> },
        { name: 'models', head: t('upstreamModels'), cell: (row) => <ModelsCell row={row} /> },
        { name: 'priority', head: t('priority'), isNumber: true, cell: ({ priority }) => priority },
        {
          name: 'multiplier',
          head: t('multiplier'),
          isNumber: true,
          cell: ({ multiplierPpm }) => `× ${multiplierText(multiplierPpm)}`,
        },
        { name: 'running', head: t('running'), isNumber: true, cell: (row) => <RunningCell row={row} /> },
        {
          name: 'actions',
          head: t('actions'),
          inCard: 'actions',
          cell: (row) => <Actions row={row} onAsk={onAsk} />,
        },
      ]}
    />
  )
}

const useNameOf = (): ((row: UpstreamRow) => string) => {
  const t = useWords()
  return ({ isPrimary, name }) => (isPrimary ? t('primary') : name)
}

function NameCell({ row }: { readonly row: UpstreamRow }) {
  const t = useWords()
  const nameOf = useNameOf()
  return (
    <span className={styles.says}>
      <span className="m">{nameOf(row)}</span>
      <span className={`quiet ${styles.place}`}>
        {row.baseUrl ?? t(row.kind === 'demo' ? 'kindDemo' : 'keyNone')}
      </span>
    </span>
  )
}

function StateCell({ row, isAlone }: { readonly row: UpstreamRow; readonly isAlone: boolean }) {
  const t = useWords()
  const problem = useUpstreamProblemWords()
  const [shape, word] = decideUpstreamState(row, isAlone)
  const [last] = row.health.errors
  const isUnwell = word === 'healthBad' || word === 'statePassedOver' || word === 'stateTrying'
  return (
    <span className={styles.says}>
      <StatusShape status={shape}>{t(word)}</StatusShape>
      {word === 'statePassedOver' && row.breaker.retryAt !== null ? (
        <span className={`quiet ${styles.trouble}`}>
          <Sentence text={t('askedAgain')} parts={{ at: <Time atMs={row.breaker.retryAt} /> }} />
        </span>
      ) : undefined}
      {isUnwell && last !== undefined ? (
        <span className={`quiet ${styles.trouble}`}>{problem(last)}</span>
      ) : undefined}
    </span>
  )
}

function ModelsCell({ row: { models } }: { readonly row: UpstreamRow }) {
  const t = useWords()
  if (models === null) return t('everyModel')
  const [first] = models
  return (
    <span title={models.map(({ model }) => model).join(', ')}>
      {models.length === 1 && first ? (
        <span className="mono">{first.model}</span>
      ) : (
        t('modelsCount', { count: models.length })
      )}
    </span>
  )
}

function RunningCell({ row: { running, concurrencyMax } }: { readonly row: UpstreamRow }) {
  const t = useWords()
  return concurrencyMax === null ? (
    <Count value={running} />
  ) : (
    t('runningOf', { count: running, max: concurrencyMax })
  )
}

function Actions({ row, onAsk }: { readonly row: UpstreamRow; readonly onAsk: RowsProps['onAsk'] }) {
  const t = useWords()
  const name = useNameOf()(row)
  const tellDone = useDone()
  const { mutate, mutateAsync, isPending } = useChange('upstreams.change', ['upstreams.list'])
  const toggle = (isEnabled: boolean) =>
    mutate(
      { upstreamId: row.id, isEnabled },
      {
        onSuccess: () =>
          tellDone({
            text: t(isEnabled ? 'upstreamOn' : 'upstreamOff', { name }),
            undo: () => mutateAsync({ upstreamId: row.id, isEnabled: !isEnabled }),
          }),
      },
    )
  return (
    <span className="row g8 end">
      {row.isPrimary ? undefined : (
        <Switch
          isSmall
          label={t('upstreamUse', { name })}
          isOn={row.isEnabled}
          isDisabled={isPending}
          onChange={toggle}
        />
      )}
      <Menu
        trigger={
          <IconButton isSmall label={t('upstreamMore', { name })}>
            <MoreHorizontal size={15} />
          </IconButton>
        }
      >
        <MenuItem icon={<Pencil size={15} />} onSelect={() => onAsk({ what: 'edit', row })}>
          {t('upstreamEdit')}
        </MenuItem>
        {row.isPrimary ? undefined : (
          <MenuItem icon={<Trash2 size={15} />} isDestructive onSelect={() => onAsk({ what: 'remove', row })}>
            {t('upstreamRemove')}
          </MenuItem>
        )}
      </Menu>
    </span>
  )
}

function RemoveDialog({ row, onClose }: { readonly row: UpstreamRow; readonly onClose: () => void }) {
  const t = useWords()
  const { name } = row
  const { mutate, isPending, error } = useChange('upstreams.remove', ['upstreams.list'])
  const remove = () =>
    mutate(
      { upstreamId: row.id },
      {
        onSuccess: () => {
          toast({ text: t('upstreamRemoved', { name }) })
          onClose()
        },
      },
    )
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t('upstreamRemoveTitle', { name })}
      confirmLabel={t('upstreamRemove')}
      confirmName={name}
      onConfirm={remove}
      isWorking={isPending}
      error={<FailureNote error={error} />}
    >
      {t('upstreamRemoveHelp')}
    </ConfirmDialog>
  )
}
