// A restore, looked at before it is done: what would be gone afterwards, and what stays taken away. Confirmed by the id.
import { useState } from 'react'
import type { BackupDifferences, BackupManifest } from '../../../../contract/operations/backups.ts'
import { CONSOLE_PATHS, PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { useAsk, useChange } from '../../../client/hooks.ts'
import { isInDesktopWindow } from '../../../client/ipc-transport.ts'
import { useMe, useSessionEnd } from '../../../frame/session.ts'
import { Count, Money } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { Dialog } from '../../../kit/dialog.tsx'
import { Field } from '../../../kit/field.tsx'
import { useKitWords } from '../../../kit/kit-words.ts'
import { CopyLine } from '../../../kit/literals.tsx'
import { Facts } from '../../../kit/page.tsx'
import { ErrorState, FailureNote, Note, SkeletonRows } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { useMemberWords } from '../../../words/members/member-words.ts'
import { useWords } from './words.ts'

interface RestoreDialogProps {
  readonly backup: BackupManifest
  readonly onClose: () => void
}

export function RestoreDialog({ backup, onClose }: RestoreDialogProps) {
  const t = useWords()
  const kit = useKitWords()
  const preview = useAsk('backups.preview', { backupId: backup.id })
  // Every session is over afterwards, so nothing is asked for again from here.
  const restore = useChange('backups.restore')
  const me = useMe()
  const [typed, setTyped] = useState('')
  if (restore.data !== undefined) {
    return (
      <Dialog
        isOpen
        isSticky
        onClose={onClose}
        title={t('restoredTitle')}
        actions={
          isInDesktopWindow() ? (
            <Button kind="primary" onClick={() => window.location.assign(CONSOLE_PATHS.dashboard)}>
              {t('goOn')}
            </Button>
          ) : (
            <a className="btn primary" href={PORTAL_PATHS.login}>
              {t('signInAgain')}
            </a>
          )
        }
      >
        <p>{t('restoredText')}</p>
        <CopyLine text={restore.data.safetyCopy.id} what={t('safetyCopy')} />
      </Dialog>
    )
  }
  const isConfirmed = typed.trim() === backup.id && preview.isSuccess
  const submit = () => {
    if (!isConfirmed || restore.isPending) return
    useSessionEnd.setState({ staying: me })
    restore.mutate(
      { backupId: backup.id, confirm: backup.id },
      { onError: () => useSessionEnd.setState({ staying: undefined }) },
    )
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('restoreTitle')}
      subtitle={<code className="mono">{backup.id}</code>}
      onSubmit={submit}
      actions={
        <>
          <Button onClick={onClose}>{kit('cancel')}</Button>
          <Button type="submit" kind="destructive" disabled={!isConfirmed} isWorking={restore.isPending}>
            {t('restoreSubmit')}
          </Button>
        </>
      }
    >
      {preview.isPending ? <SkeletonRows rows={4} /> : undefined}
      {preview.isError ? (
        <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />
      ) : undefined}
      {preview.data === undefined ? undefined : <Differences differences={preview.data.differences} />}
      <Note status="warn">{t('restoreText')}</Note>
      <Field label={t('restoreConfirm')} help={<code className="mono">{backup.id}</code>}>
        <TextInput isLiteral value={typed} onChange={setTyped} />
      </Field>
      <FailureNote error={restore.error} />
    </Dialog>
  )
}

function Differences({ differences }: { readonly differences: BackupDifferences }) {
  const t = useWords()
  const { nameOf } = useMemberWords()
  const { ledger, users, keys, usage, prices, settings, balancesChanged, balances, codes } = differences
  const lost = (count: number) => <Count value={count} />
  return (
    <>
      <Facts
        facts={[
          { name: t('lostEntries'), value: lost(ledger.entriesLost) },
          {
            name: t('sumOfBalances'),
            value: (
              <span className="num">
                <Money nanoUsd={ledger.nowBalanceNanoUsd} kind="balance" /> →{' '}
                <b className="b">
                  <Money nanoUsd={ledger.thenBalanceNanoUsd} kind="balance" />
                </b>
              </span>
            ),
          },
          { name: t('changedBalances'), value: lost(balancesChanged) },
          { name: t('lostUsers'), value: lost(users.lostCount) },
          { name: t('changedUsers'), value: lost(users.changedCount) },
          { name: t('lostKeys'), value: lost(keys.lostCount) },
          { name: t('keptOffKeys'), value: lost(keys.keptOffCount) },
          { name: t('lostUsage'), value: lost(usage.lostCount) },
          { name: t('lostPrices'), value: lost(prices.lostCount) },
          { name: t('keptCodes'), value: lost(codes.keptClaimedCount) },
          ...(settings.length === 0
            ? []
            : [
                {
                  name: t('changedSettings'),
                  value: settings.map(({ name }) => nameOf(name) ?? name).join(t('listComma')),
                },
              ]),
        ]}
      />
      {balances.length === 0 ? undefined : (
        <ul className="col g4">
          {balances.slice(0, 5).map(({ userId, email, thenNanoUsd, nowNanoUsd }) => (
            <li key={userId} className="row sb g8">
              <span className="trunc">{email}</span>
              <span className="num nw">
                <Money nanoUsd={nowNanoUsd} kind="balance" /> → <Money nanoUsd={thenNanoUsd} kind="balance" />
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
