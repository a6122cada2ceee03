// Email and password, and the ways for whoever has none: another password, an account, the set-up.
import { Link } from 'wouter'
import { CONSOLE_PATHS, PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { CallError } from '../../../client/client.ts'
import { useAsk, useChange } from '../../../client/hooks.ts'
import { type SecondFactorDue, useSessionEnd, useSignIn } from '../../../frame/session.ts'
import { Button } from '../../../kit/button.tsx'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { PasswordInput } from '../../../kit/password-input.tsx'
import { useProductName } from '../../../kit/product-name.ts'
import { FailureNote, Note } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { Sentence } from '../../../words/sentence.tsx'
import { OpenCard } from '../../shell/open-card.tsx'
import { useWords } from './words.ts'

interface PasswordStepProps {
  /** A session ended on the page that led here. */
  readonly hasEnded: boolean
  readonly onSecondFactorDue: (due: SecondFactorDue) => void
}

export function PasswordStep({ hasEnded: hasEndedThere, onSecondFactorDue }: PasswordStepProps) {
  const t = useWords()
  const status = useAsk('auth.status', {})
  const hasEndedHere = useSessionEnd((end) => end.hasEnded)
  const hasEnded = hasEndedHere || hasEndedThere
  const { signIn } = useSignIn()
  const form = useForm({
    initial: { email: '', password: '' },
    check: ({ email, password }) => ({
      email: email.trim() === '' ? t('emailMissing') : undefined,
      password: password === '' ? t('passwordMissing') : undefined,
    }),
    send: async (credentials) => {
      const due = await signIn(credentials)
      if (due !== undefined) onSecondFactorDue(due)
    },
  })
  const name = useProductName()
  return (
    <OpenCard
      title={t('title')}
      subtitle={t('subtitle', { name, host: window.location.host })}
      onSubmit={form.submit}
    >
      {status.data?.isSetUpDone === false ? <SetUpDue /> : undefined}
      {hasEnded && form.failure === undefined ? <Note status="info">{t('ended')}</Note> : undefined}
      <Field label={t('email')} error={form.errors.email}>
        <TextInput
          type="email"
          name="email"
          autoComplete="username"
          inputMode="email"
          maxLength={254}
          isLarge
          value={form.values.email}
          onChange={(email) => form.set('email', email)}
        />
      </Field>
      <Field label={t('password')} error={form.errors.password}>
        <PasswordInput
          isLarge
          value={form.values.password}
          onChange={(password) => form.set('password', password)}
        />
      </Field>
      <FailureNote error={form.failure} />
      {isUnverified(form.failure) ? <ResendLink email={form.values.email} /> : undefined}
      <Button type="submit" kind="primary" size="lg" isBlock isWorking={form.isWorking}>
        {t('submit')}
      </Button>
      <div className="ways">
        <Link href={PORTAL_PATHS['forgot-password']} className="link">
          {t('forgot')}
        </Link>
        {status.data === undefined ? undefined : <JoinWay mode={status.data.registration} />}
      </div>
    </OpenCard>
  )
}

type RegistrationMode = 'closed' | 'invite' | 'approval' | 'open'

/** How one comes by an account here. */
function JoinWay({ mode }: { readonly mode: RegistrationMode }) {
  const t = useWords()
  if (mode === 'closed') return <span className="help">{t('needsAdministrator')}</span>
  if (mode === 'invite') return <span className="help">{t('needsInvitation')}</span>
  return (
    <Link href={PORTAL_PATHS.register} className="link">
      {t('register')}
    </Link>
  )
}

function SetUpDue() {
  const t = useWords()
  const link = (
    // The set-up is a page of the other app.
    <a className="link" href={CONSOLE_PATHS.setup}>
      {t('setUpLink')}
    </a>
  )
  return (
    <Note status="warn">
      <Sentence text={t('setUpDue')} parts={{ link }} />
    </Note>
  )
}

const isUnverified = (failure: unknown): boolean =>
  failure instanceof CallError && failure.failure.code === 'email_not_verified'

function ResendLink({ email }: { readonly email: string }) {
  const t = useWords()
  const { mutate, isPending, isSuccess, error } = useChange('auth.resendVerification')
  if (isSuccess) return <Note status="ok">{t('resent', { email })}</Note>
  return (
    <>
      <FailureNote error={error} />
      <Button isBlock isWorking={isPending} onClick={() => mutate({ email })}>
        {t('resend')}
      </Button>
    </>
  )
}
