// The set-up, done once: who administers the gateway, and where it sends requests. Ends signed in, on the console.
import { CircleCheck } from 'lucide-react'
import { useEffect } from 'react'
import { CONSOLE_PATHS, PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { useAsk, useClient } from '../../../client/hooks.ts'
import { LanguageSwitch } from '../../../frame/language-switch.tsx'
import { Button } from '../../../kit/button.tsx'
import { RadioGroup } from '../../../kit/choices.tsx'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { Mark } from '../../../kit/gate.tsx'
import { PasswordInput } from '../../../kit/password-input.tsx'
import { EmptyState, ErrorState, FailureNote } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import styles from './set-up.module.css'
import { useWords } from './words.ts'

const OPENAI_BASE_URL = 'https://api.openai.com/v1'
const PASSWORD_CHARS_MIN = 10

export function SetUpScreen() {
  const t = useWords()
  const status = useAsk('setup.status', {})
  useEffect(() => {
    document.title = `${t('title')} · Codex Gateway`
  }, [t])
  return (
    <div className={styles['frame']}>
      <header className={styles['corner']}>
        <LanguageSwitch />
      </header>
      <main className={styles['sheet']}>
        {status.isError ? (
          <ErrorState
            error={status.error}
            onRetry={() => void status.refetch()}
            isRetrying={status.isFetching}
          />
        ) : undefined}
        {status.data?.isDone === true ? <Done /> : undefined}
        {status.data?.isDone === false ? (
          <SetUpForm isTokenNeeded={status.data.isTokenRequired} />
        ) : undefined}
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

interface SetUp {
  readonly token: string
  readonly email: string
  readonly password: string
  readonly kind: 'openai' | 'demo'
  readonly apiKey: string
  readonly baseUrl: string
}

const EMPTY: SetUp = {
  token: '',
  email: '',
  password: '',
  kind: 'openai',
  apiKey: '',
  baseUrl: OPENAI_BASE_URL,
}

/** What the contract calls them. */
const FIELD_OF = {
  'admin.email': 'email',
  'admin.password': 'password',
  'upstream.apiKey': 'apiKey',
  'upstream.baseUrl': 'baseUrl',
} as const

function toInput({ token, email, password, kind, apiKey, baseUrl }: SetUp) {
  return {
    ...(token === '' ? {} : { token: token.trim() }),
    admin: { email, password },
    upstream: kind === 'demo' ? { kind } : { kind, apiKey: apiKey.trim(), baseUrl: baseUrl.trim() },
  }
}

function SetUpForm({ isTokenNeeded }: { readonly isTokenNeeded: boolean }) {
  const t = useWords()
  const client = useClient()
  const form = useForm({
    initial: EMPTY,
    fieldOf: FIELD_OF,
    check: ({ token, email, password, kind, apiKey }) => ({
      token: isTokenNeeded && token.trim() === '' ? t('tokenMissing') : undefined,
      email: /^\S+@\S+$/.test(email.trim()) ? undefined : t('emailMissing'),
      password: password.length < PASSWORD_CHARS_MIN ? t('passwordShort') : undefined,
      apiKey: kind === 'openai' && apiKey.trim() === '' ? t('apiKeyMissing') : undefined,
    }),
    send: async (values) => {
      await client.call('setup.complete', toInput(values))
      window.location.assign(CONSOLE_PATHS.home)
    },
  })
  const { values, errors, set } = form
  return (
    <form
      className="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        form.submit()
      }}
    >
      <div className={styles['hello']}>
        <Mark isLit={false} size={56} />
        <div>
          <h1>{t('title')}</h1>
          <p className="sec">{t('intro')}</p>
        </div>
      </div>
      {isTokenNeeded ? (
        <Field label={t('token')} help={t('tokenHelp')} error={errors.token} isRequired>
          <TextInput
            isLiteral
            isLarge
            value={values.token}
            maxLength={200}
            onChange={(token) => set('token', token)}
          />
        </Field>
      ) : undefined}
      <h2>{t('administrator')}</h2>
      <Field label={t('email')} error={errors.email} isRequired>
        <TextInput
          type="email"
          isLarge
          autoComplete="username"
          maxLength={254}
          value={values.email}
          onChange={(email) => set('email', email)}
        />
      </Field>
      <Field label={t('password')} constraint={t('passwordConstraint')} error={errors.password} isRequired>
        <PasswordInput
          isNew
          isLarge
          value={values.password}
          onChange={(password) => set('password', password)}
        />
      </Field>
      <h2>{t('upstream')}</h2>
      <RadioGroup
        label={t('upstream')}
        value={values.kind}
        options={(['openai', 'demo'] as const).map((value) => ({
          value,
          label: t(`upstream_${value}`),
          help: t(`upstream_${value}Help`),
        }))}
        onChange={(kind) => set('kind', kind)}
      />
      {values.kind === 'openai' ? <UpstreamFields values={values} errors={errors} set={set} /> : undefined}
      <FailureNote error={form.failure} />
      <div className="row end">
        <Button type="submit" kind="primary" size="lg" isWorking={form.isWorking}>
          {t('submit')}
        </Button>
      </div>
    </form>
  )
}

type UpstreamFieldsProps = Pick<ReturnType<typeof useForm<SetUp>>, 'values' | 'errors' | 'set'>

function UpstreamFields({ values, errors, set }: UpstreamFieldsProps) {
  const t = useWords()
  return (
    <>
      <Field label={t('apiKey')} error={errors.apiKey} isRequired>
        <TextInput
          type="password"
          isLiteral
          isLarge
          autoComplete="off"
          maxLength={500}
          value={values.apiKey}
          onChange={(apiKey) => set('apiKey', apiKey)}
        />
      </Field>
      <Field label={t('baseUrl')} constraint={t('baseUrlConstraint')} error={errors.baseUrl}>
        <TextInput
          isLiteral
          isLarge
          maxLength={500}
          value={values.baseUrl}
          onChange={(baseUrl) => set('baseUrl', baseUrl)}
        />
      </Field>
    </>
  )
}
