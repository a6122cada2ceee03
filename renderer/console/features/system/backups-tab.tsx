// Backups on this machine: made on a schedule and now, looked at before they are put back, deleted when nobody needs them.
import { Archive, History, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { BackupManifest } from '../../../../contract/operations/backups.ts'
import type { SystemStatus } from '../../../../contract/operations/system.ts'
import { CONSOLE_PATHS } from '../../../../contract/page-paths.ts'
import { useAsk, useChange } from '../../../client/hooks.ts'
import { Count, Time } from '../../../kit/amounts.tsx'
import { Button, ButtonLink } from '../../../kit/button.tsx'
import { ConfirmDialog } from '../../../kit/dialog.tsx'
import { bytesText } from '../../../kit/figures.ts'
import { IconButton } from '../../../kit/icon-button.tsx'
import { useSortedRows } from '../../../kit/sorting.ts'
import { EmptyState, ErrorState, FailureNote, SkeletonRows } from '../../../kit/states.tsx'
import { Table } from '../../../kit/table.tsx'
import { toast } from '../../../kit/toast.tsx'
import { RestoreDialog } from './restore-dialog.tsx'
import { useWords } from './words.ts'

export function BackupsTab({ status }: { readonly status: SystemStatus | undefined }) {
  const t = useWords()
  const backups = useAsk('backups.list', {})
  const create = useChange('backups.create', ['backups.list', 'system.status'])
  const [asked, setAsked] = useState<{
    readonly what: 'restore' | 'delete'
    readonly backup: BackupManifest
  }>()
  const close = () => setAsked(undefined)
  const { rows, table } = useSortedRows(
    backups.data?.rows ?? [],
    { at: ({ createdAt }) => createdAt, size: ({ bytes }) => bytes, entries: ({ ledgerSeq }) => ledgerSeq },
    { by: 'at', isDescending: true },
  )
  const createNow = () =>
    create.mutate(
      {},
      { onSuccess: ({ bytes }) => toast({ text: t('backupMade', { size: bytesText(bytes) }) }) },
    )
  const now = (
    <Button kind="primary" onClick={createNow} isWorking={create.isPending}>
      <Archive size={14} aria-hidden="true" />
      {t('backupNow')}
    </Button>
  )
  return (
    <>
      <div className="row sb g12 wrap">
        <span className="sec">
          {status === undefined ? undefined : <NextBackup atMs={status.backups.nextAt} />}
        </span>
        <span className="row g8">
          <ButtonLink href={`${CONSOLE_PATHS.settings}?part=advanced`}>{t('schedule')}</ButtonLink>
          {rows.length > 0 ? now : undefined}
        </span>
      </div>
      <FailureNote error={create.error} />
      <div className={rows.length > 0 || !backups.isSuccess ? 'panel' : undefined}>
        {backups.isPending ? <SkeletonRows rows={3} /> : undefined}
        {backups.isError ? (
          <ErrorState
            error={backups.error}
            onRetry={() => void backups.refetch()}
            isRetrying={backups.isFetching}
          />
        ) : undefined}
        {backups.isSuccess && rows.length === 0 ? (
          <EmptyState
            icon={<Archive size={32} strokeWidth={1.5} />}
            title={t('backupsEmptyTitle')}
            actions={now}
          >
            {t('backupsEmptyText')}
          </EmptyState>
        ) : undefined}
        {rows.length > 0 && !backups.isError ? (
          <Table
            label={t('tab_backups')}
            rows={rows}
            {...table}
            keyOf={({ id }) => id}
            columns={[
              {
                name: 'at',
                head: t('made'),
                sort: 'at',
                isTime: true,
                cell: ({ createdAt }) => <Time atMs={createdAt} isAbsolute />,
              },
              { name: 'reason', head: t('reason'), cell: ({ reason }) => t(`reason_${reason}`) },
              {
                name: 'size',
                head: t('size'),
                isNumber: true,
                sort: 'size',
                cell: ({ bytes }) => bytesText(bytes),
              },
              {
                name: 'entries',
                head: t('ledgerEntries'),
                sort: 'entries',
                isNumber: true,
                cell: ({ ledgerSeq }) => <Count value={ledgerSeq} />,
              },
              {
                name: 'version',
                head: t('madeBy'),
                cell: ({ version }) => <span className="sec">{version}</span>,
              },
              {
                name: 'actions',
                head: t('decide'),
                inCard: 'actions',
                cell: (backup) => (
                  <span className="row g6 end">
                    <Button size="sm" onClick={() => setAsked({ what: 'restore', backup })}>
                      <History size={13} aria-hidden="true" />
                      {t('restore')}
                    </Button>
                    <IconButton
                      label={t('deleteNamed', { id: backup.id })}
                      onClick={() => setAsked({ what: 'delete', backup })}
                    >
                      <Trash2 size={15} />
                    </IconButton>
                  </span>
                ),
              },
            ]}
          />
        ) : undefined}
      </div>
      {asked?.what === 'restore' ? <RestoreDialog backup={asked.backup} onClose={close} /> : undefined}
      {asked?.what === 'delete' ? <DeleteBackup backup={asked.backup} onClose={close} /> : undefined}
    </>
  )
}

function DeleteBackup({
  backup,
  onClose,
}: {
  readonly backup: BackupManifest
  readonly onClose: () => void
}) {
  const t = useWords()
  const { mutate, isPending, error } = useChange('backups.delete', ['backups.list', 'system.status'])
  const confirm = () =>
    mutate(
      { backupId: backup.id },
      {
        onSuccess: () => {
          toast({ text: t('backupDeleted') })
          onClose()
        },
      },
    )
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t('deleteTitle')}
      confirmLabel={t('deleteBackup')}
      confirmName={backup.id}
      onConfirm={confirm}
      isWorking={isPending}
      error={<FailureNote error={error} />}
    >
      {t('deleteText', { id: backup.id })}
    </ConfirmDialog>
  )
}

function NextBackup({ atMs }: { readonly atMs: SystemStatus['backups']['nextAt'] }) {
  const t = useWords()
  if (atMs === null) return t('noSchedule')
  return (
    <>
      {t('nextBackup')} <Time atMs={atMs} />
    </>
  )
}
