// The set-up, done once, in three steps: who administers the gateway, where it sends requests, and whom it lets in. Ends
// signed in, on the console.
import { CircleCheck } from 'lucide-react'
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { useAsk } from '../../../client/hooks.ts'
import { LanguageSwitch } from '../../../frame/language-switch.tsx'
import { useTabTitle } from '../../../kit/product-name.ts'
import { EmptyState, ErrorState } from '../../../kit/states.tsx'
import styles from './set-up.module.css'
import { SetUpSteps } from './set-up-steps.tsx'
import { useWords } from './words.ts'

export function SetUpScreen() {
  const t = useWords()
  const status = useAsk('setup.status', {})
  useTabTitle(t('title'))
  if (status.data?.isDone === false) return <SetUpSteps status={status.data} />
  return (
    <div className={styles['plain']}>
      <header className={styles['corner']}>
        <LanguageSwitch />
      </header>
      <main>
        {status.isError ? (
          <ErrorState
            error={status.error}
            onRetry={() => void status.refetch()}
            isRetrying={status.isFetching}
          />
        ) : undefined}
        {status.data?.isDone === true ? <Done /> : undefined}
      </main>
    </div>
  )
}

function Done() {
  const t = useWords()
  return (
    <EmptyState
      icon={<CircleCheck size={32} strokeWidth={1.5} />}
      title={t('doneTitle')}
      actions={
        <a className="btn primary" href={PORTAL_PATHS.login}>
          {t('doneAction')}
        </a>
      }
    >
      {t('doneText')}
    </EmptyState>
  )
}
