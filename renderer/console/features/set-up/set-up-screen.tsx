// The set-up, done once, in three steps: who administers the gateway, where it sends requests, and whom it lets in. Ends
// signed in, on the console.
import { CircleCheck } from 'lucide-react'
import { CONSOLE_PATHS, PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { useAsk } from '../../../client/hooks.ts'
import { LanguageSwitch } from '../../../frame/language-switch.tsx'
import { useSession } from '../../../frame/session.ts'
import { ButtonLink } from '../../../kit/button.tsx'
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
  const session = useSession()
  // Until it is known who is here, nothing is offered that would have to be taken back.
  if (session.kind === 'waiting') return null
  const isHere = session.kind === 'signed_in' && session.me.role === 'admin'
  return (
    <EmptyState
      icon={<CircleCheck size={32} strokeWidth={1.5} />}
      title={t('doneTitle')}
      actions={
        isHere ? (
          <ButtonLink href={CONSOLE_PATHS.dashboard} kind="primary">
            {t('doneOpen')}
          </ButtonLink>
        ) : (
          <a className="btn primary" href={PORTAL_PATHS.login}>
            {t('doneAction')}
          </a>
        )
      }
    >
      {t(isHere ? 'doneTextHere' : 'doneText')}
    </EmptyState>
  )
}
