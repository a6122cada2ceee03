// Mail: by which way it goes out, whether it does, and what waits or has failed.
import { useAsk } from '../../../client/hooks.ts'
import { ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { MailForm } from './mail-form.tsx'
import { MailQueue } from './mail-queue.tsx'
import styles from './settings.module.css'
import { TestMail } from './test-mail.tsx'

export function MailSection() {
  const mail = useAsk('mail.get', {})
  if (mail.isPending) return <SkeletonRows />
  if (mail.isError) {
    return <ErrorState error={mail.error} onRetry={() => void mail.refetch()} isRetrying={mail.isFetching} />
  }
  return (
    <div className={styles.columns}>
      <MailForm key={JSON.stringify(mail.data)} mail={mail.data} />
      <div className="col g12">
        <TestMail isAvailable={mail.data.isAvailable} />
        <MailQueue />
      </div>
    </div>
  )
}
