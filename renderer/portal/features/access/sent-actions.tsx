// What can be done while a mail is on its way: have it sent again, take another address, or go back.
import { Link } from 'wouter'
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { useChange } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { FailureNote, Note } from '../../../kit/states.tsx'
import { useWords } from './words.ts'

interface SentActionsProps {
  /** What sends the mail again. */
  readonly operation: 'auth.resendVerification' | 'auth.forgotPassword'
  readonly email: string
  readonly onOtherEmail: () => void
}

export function SentActions({ operation, email, onOtherEmail }: SentActionsProps) {
  const t = useWords()
  const { mutate, isPending, isSuccess, error } = useChange(operation)
  return (
    <>
      <FailureNote error={error} />
      {isSuccess ? <Note status="ok">{t('resent')}</Note> : undefined}
      <Button size="lg" isBlock isWorking={isPending} onClick={() => mutate({ email })}>
        {t('resend')}
      </Button>
      <div className="ways">
        <button type="button" className="link" onClick={onOtherEmail}>
          {t('otherEmail')}
        </button>
        <Link href={PORTAL_PATHS.login} className="link">
          {t('backToSignIn')}
        </Link>
      </div>
    </>
  )
}
