// Signing in, and going on to where one was.
import { useEffect } from 'react'
import { Redirect } from 'wouter'
import { useSession, useSessionEnd, useSignIn } from '../../../frame/session.ts'
import { Button } from '../../../kit/button.tsx'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { Mark } from '../../../kit/gate.tsx'
import { PasswordInput } from '../../../kit/password-input.tsx'
import { FailureNote, Note } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { textParam, useSearchParams } from '../../../routing/search-params.ts'
import { isConsolePath, localPath } from './local-path.ts'
import { useWords } from './words.ts'

export function SignInScreen() {
  const t = useWords()
  const [{ next }] = useSearchParams({ next: textParam })
  const target = localPath(next)
  const session = useSession()
  const hasEnded = useSessionEnd((end) => end.hasEnded)
  const { signIn } = useSignIn()
  const form = useForm({
    initial: { email: '', password: '' },
    check: ({ email, password }) => ({
      email: email.trim() === '' ? t('emailMissing') : undefined,
      password: password === '' ? t('passwordMissing') : undefined,
    }),
    send: signIn,
  })
  useEffect(() => {
    document.title = `${t('title')} · Codex Gateway`
  }, [t])

  // The console is another app at the same address: going there loads it.
  if (session.kind === 'signed_in') {
    if (!isConsolePath(target)) return <Redirect to={target} replace />
    window.location.replace(target)
    return null
  }
  return (
    <div className="card">
      <form
        className="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          form.submit()
        }}
      >
        <div className="hello">
          <Mark isLit size={48} />
          <h1>{t('title')}</h1>
          <p className="meta">{t('subtitle', { host: window.location.host })}</p>
        </div>
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
        <Button type="submit" kind="primary" size="lg" isBlock isWorking={form.isWorking}>
          {t('submit')}
        </Button>
        <p className="help">{t('help')}</p>
      </form>
    </div>
  )
}
