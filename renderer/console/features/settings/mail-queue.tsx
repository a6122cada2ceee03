// Mail that waits, was sent, or has failed, with what the other side said; what did not go out can be tried again.
import { RotateCw } from 'lucide-react'
import { useState } from 'react'
import { useChange, usePaged } from '../../../client/hooks.ts'
import { Time } from '../../../kit/amounts.tsx'
import { IconButton } from '../../../kit/icon-button.tsx'
import { Section } from '../../../kit/page.tsx'
import { FilterSelect } from '../../../kit/select.tsx'
import { type Status, StatusShape } from '../../../kit/shape.tsx'
import { ErrorState, FailureNote, NoResults, SkeletonRows } from '../../../kit/states.tsx'
import { Pager } from '../../../kit/table.tsx'
import { toast } from '../../../kit/toast.tsx'
import styles from './settings.module.css'
import { useWords } from './words.ts'

const STATUSES = ['waiting', 'sent', 'failed'] as const
const SHAPES: Readonly<Record<(typeof STATUSES)[number], Status>> = {
  waiting: 'info',
  sent: 'ok',
  failed: 'bad',
}

export function MailQueue() {
  const t = useWords()
  const [status, setStatus] = useState<(typeof STATUSES)[number]>()
  const { query, paging } = usePaged('mail.list', { ...(status === undefined ? {} : { status }), limit: 20 })
  const retry = useChange('mail.retry', ['mail.list', 'mail.get'])
  const rows = query.data?.rows ?? []
  const tryAgain = (mailId: string, to: string) =>
    retry.mutate({ mailId }, { onSuccess: () => toast({ text: t('mailRetried', { to }) }) })
  return (
    <Section
      title={t('queue')}
      actions={
        <FilterSelect
          label={t('mailStatus')}
          value={status}
          options={STATUSES.map((value) => ({ value, label: t(`mailIs_${value}`) }))}
          onChange={setStatus}
        />
      }
    >
      {query.isPending ? <SkeletonRows rows={3} /> : undefined}
      {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : undefined}
      <FailureNote error={retry.error} />
      {query.isSuccess && rows.length === 0 && status === undefined ? (
        <p className={`help ${styles.none}`}>{t('queueEmpty')}</p>
      ) : undefined}
      {query.isSuccess && rows.length === 0 && status !== undefined ? (
        <NoResults onClear={() => setStatus(undefined)} />
      ) : undefined}
      <ul>
        {rows.map((mail) => (
          <li key={mail.id} className={styles.mailRow}>
            <StatusShape status={SHAPES[mail.status]}>{t(`mailIs_${mail.status}`)}</StatusShape>
            <span className="col grow">
              <span className="trunc">
                <span className="m">{mail.recipient}</span> · {t(`template_${mail.template}`)}
              </span>
              {mail.failureKind === null ? undefined : (
                <span className="help">
                  {t(`failure_${mail.failureKind}`)} {mail.failureReason}
                </span>
              )}
            </span>
            <span className="meta">
              <Time atMs={mail.sentAt ?? mail.createdAt} />
            </span>
            {mail.status === 'sent' ? undefined : (
              <IconButton
                isSmall
                label={t('mailRetry', { to: mail.recipient })}
                onClick={() => tryAgain(mail.id, mail.recipient)}
              >
                <RotateCw size={14} />
              </IconButton>
            )}
          </li>
        ))}
      </ul>
      <Pager paging={paging} />
    </Section>
  )
}
