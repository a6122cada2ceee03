// Mail: by which way it goes out, whether it does, and what waits or has failed.
import { useAsk } from '../../../client/hooks.ts'
import { ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import type { Draft } from './kept-form.ts'
import { MailForm, type TypedMail } from './mail-form.tsx'
import { MailQueue } from './mail-queue.tsx'
import styles from './settings.module.css'
import { TestMail } from './test-mail.tsx'

export function MailSection({ draft }: { readonly draft: Draft<TypedMail> }) {
  const mail = useAsk('mail.get', {})
  if (mail.isPending) return <SkeletonRows />
  if (mail.isError) {
    return <ErrorState error={mail.error} onRetry={() => void mail.refetch()} isRetrying={mail.isFetching} />
  }
  // Counts change while somebody types; what was typed stays.
  const { waiting: _, failed: __, ...stored } = mail.data
  return (
    <>
      <div className={styles.columns}>
        <MailForm key={JSON.stringify(stored)} mail={mail.data} draft={draft} />
        <TestMail isAvailable={mail.data.isAvailable} />
      </div>
      <MailQueue />
    </>
  )
}
