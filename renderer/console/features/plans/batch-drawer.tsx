// One batch of codes: which are used, by whom and when; a code, or all that are left, can be disabled.
import { Ban, CircleCheck } from 'lucide-react'
import { useState } from 'react'
import { useChange, usePaged } from '../../../client/hooks.ts'
import { Time } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { ConfirmDialog } from '../../../kit/dialog.tsx'
import { Drawer } from '../../../kit/drawer.tsx'
import { IconButton } from '../../../kit/icon-button.tsx'
import { Facts } from '../../../kit/page.tsx'
import { FilterSelect } from '../../../kit/select.tsx'
import { StatusShape } from '../../../kit/shape.tsx'
import { ErrorState, FailureNote, NoResults, SkeletonRows } from '../../../kit/states.tsx'
import { Pager } from '../../../kit/table.tsx'
import { useDone } from '../../../kit/undo.ts'
import { Gives } from './codes-panel.tsx'
import { type BatchRow, batchState, CODE_SHAPE, type CodeRow } from './plan-view.ts'
import styles from './plans.module.css'
import { useWords } from './words.ts'

const STATUSES = ['unused', 'redeemed', 'disabled', 'expired'] as const satisfies readonly CodeRow['status'][]

interface BatchDrawerProps {
  readonly batchId: string
  readonly onClose: () => void
}

export function BatchDrawer({ batchId, onClose }: BatchDrawerProps) {
  const t = useWords()
  const [status, setStatus] = useState<CodeRow['status']>()
  const { query, paging } = usePaged('codes.listCodes', {
    batchId,
    ...(status === undefined ? {} : { status }),
    limit: 50,
  })
  const [asked, setAsked] = useState<CodeRow | 'batch'>()
  const enable = useEnable()
  const batch = query.data?.batch
  const left = batch === undefined ? 0 : batch.count - batch.redeemed - batch.disabled
  return (
    <>
      <Drawer
        title={batch?.name ?? t('batch')}
        meta={batch === undefined ? undefined : t('codesCount', { count: batch.count })}
        onClose={onClose}
        actions={
          batch === undefined ? undefined : (
            <BatchActions
              batch={batch}
              onDisable={() => setAsked('batch')}
              onEnable={() => enable({ batchId }, t('batchEnabled', { name: batch.name }))}
            />
          )
        }
      >
        {batch === undefined ? undefined : (
          <section className="rc">
            <Facts
              facts={[
                { name: t('gives'), value: <Gives batch={batch} /> },
                { name: t('made'), value: <Time atMs={batch.createdAt} isAbsolute /> },
                {
                  name: t('expires'),
                  value: batch.expiresAt === null ? t('never') : <Time atMs={batch.expiresAt} isAbsolute />,
                },
              ]}
            />
          </section>
        )}
        <section className="rc">
          <div className={`row sb g8 ${styles['codesHead']}`}>
            <h3>{t('codes')}</h3>
            <FilterSelect
              label={t('state')}
              value={status}
              options={STATUSES.map((value) => ({ value, label: t(`code_${value}`) }))}
              onChange={setStatus}
            />
          </div>
          {query.isPending ? <SkeletonRows rows={4} /> : undefined}
          {query.isError ? (
            <ErrorState error={query.error} onRetry={() => void query.refetch()} />
          ) : undefined}
          {query.isSuccess && query.data.rows.length === 0 ? (
            <NoResults onClear={() => setStatus(undefined)} />
          ) : undefined}
          <ul className="col g8">
            {query.data?.rows.map((code) => (
              <li key={code.id} className="row g8">
                <code className="mono">…{code.hint}</code>
                <StatusShape status={CODE_SHAPE[code.status]}>{t(`code_${code.status}`)}</StatusShape>
                <span className="meta trunc grow">
                  {code.redeemedByEmail ?? (code.redeemedAt === null ? undefined : t('redeemedByLeftOut'))}
                </span>
                {code.redeemedAt === null ? undefined : (
                  <span className="meta">
                    <Time atMs={code.redeemedAt} />
                  </span>
                )}
                {code.status === 'disabled' && batch?.disabledAt === null ? (
                  <IconButton
                    isSmall
                    label={t('enableCodeNamed', { hint: code.hint })}
                    onClick={() => enable({ codeId: code.id }, t('codeEnabled', { hint: code.hint }))}
                  >
                    <CircleCheck size={13} />
                  </IconButton>
                ) : undefined}
                {code.status === 'unused' ? (
                  <IconButton
                    isSmall
                    label={t('disableCodeNamed', { hint: code.hint })}
                    onClick={() => setAsked(code)}
                  >
                    <Ban size={13} />
                  </IconButton>
                ) : undefined}
              </li>
            ))}
          </ul>
          <Pager paging={paging} total={status === undefined ? query.data?.total : undefined} />
        </section>
      </Drawer>
      {asked === undefined || batch === undefined ? undefined : (
        <DisableDialog
          sent={asked === 'batch' ? { batchId } : { codeId: asked.id }}
          title={
            asked === 'batch'
              ? t('disableTitle', { name: batch.name })
              : t('disableCodeNamed', { hint: asked.hint })
          }
          text={
            asked === 'batch' ? t('disableText', { count: left }) : t('disableCodeText', { hint: asked.hint })
          }
          label={t(asked === 'batch' ? 'disableBatch' : 'disableCode')}
          done={
            asked === 'batch'
              ? t('batchDisabled', { name: batch.name })
              : t('codeDisabled', { hint: asked.hint })
          }
          onClose={() => setAsked(undefined)}
        />
      )}
    </>
  )
}

interface BatchActionsProps {
  readonly batch: BatchRow
  readonly onDisable: () => void
  readonly onEnable: () => void
}

function BatchActions({ batch, onDisable, onEnable }: BatchActionsProps) {
  const t = useWords()
  if (batch.disabledAt !== null) {
    return (
      <Button onClick={onEnable}>
        <CircleCheck size={14} aria-hidden="true" />
        {t('enableBatch')}
      </Button>
    )
  }
  if (batchState(batch, Date.now()) !== 'active') return undefined
  return (
    <Button onClick={onDisable}>
      <Ban size={14} aria-hidden="true" />
      {t('disableBatch')}
    </Button>
  )
}

const TOUCHED = ['codes.list', 'codes.listCodes'] as const

type Sent = { readonly batchId: string } | { readonly codeId: string }

/** At once, and back by the toast: nobody loses anything by it. */
function useEnable(): (sent: Sent, done: string) => void {
  const tellDone = useDone()
  const { mutate } = useChange('codes.enable', TOUCHED)
  const disable = useChange('codes.disable', TOUCHED)
  return (sent, text) =>
    mutate(sent, { onSuccess: () => tellDone({ text, undo: () => disable.mutateAsync(sent) }) })
}

interface DisableDialogProps {
  readonly sent: Sent
  readonly title: string
  readonly text: string
  readonly label: string
  readonly done: string
  readonly onClose: () => void
}

function DisableDialog({ sent, title, text, label, done, onClose }: DisableDialogProps) {
  const tellDone = useDone()
  const { mutate, isPending, error } = useChange('codes.disable', TOUCHED)
  const enable = useChange('codes.enable', TOUCHED)
  const confirm = () =>
    mutate(sent, {
      onSuccess: () => {
        tellDone({ text: done, undo: () => enable.mutateAsync(sent) })
        onClose()
      },
    })
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={title}
      confirmLabel={label}
      onConfirm={confirm}
      isWorking={isPending}
      error={<FailureNote error={error} />}
    >
      {text}
    </ConfirmDialog>
  )
}
