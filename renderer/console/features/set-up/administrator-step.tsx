// Step 1: the first administrator. Where a token is needed, it is checked here, and not at the end of the last step.
import { ArrowRight } from 'lucide-react'
import { useClient } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { isEmail } from '../../../kit/email.ts'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { PasswordInput } from '../../../kit/password-input.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { type Draft, tokenOf } from './draft.ts'
import { StepForm } from './step-form.tsx'
import { useWords } from './words.ts'

const PASSWORD_CHARS_MIN = 10

interface AdministratorStepProps {
  readonly draft: Draft
  readonly isTokenNeeded: boolean
  readonly onNext: (changes: Partial<Draft>) => void
}

export function AdministratorStep({ draft, isTokenNeeded, onNext }: AdministratorStepProps) {
  const t = useWords()
  const client = useClient()
  const { token, email, password, confirmation } = draft
  const form = useForm({
    initial: { token, email, password, confirmation },
    fieldOfCode: { setup_token_invalid: 'token' },
    check: (values) => ({
      token: isTokenNeeded && values.token.trim() === '' ? t('tokenMissing') : undefined,
      email: isEmail(values.email) ? undefined : t('emailMissing'),
      password: values.password.length < PASSWORD_CHARS_MIN ? t('passwordShort') : undefined,
      confirmation: values.confirmation === values.password ? undefined : t('confirmationDiffers'),
    }),
    send: async (values) => {
      // The demo upstream is always there, so that this tells of the token and of nothing else.
      if (isTokenNeeded) await client.call('upstreams.test', { kind: 'demo', ...tokenOf(values.token) })
      onNext({ ...values, email: values.email.trim().toLowerCase() })
    },
  })
  const { values, errors, set } = form
  return (
    <StepForm
      onSubmit={form.submit}
      actions={
        <Button type="submit" kind="primary" size="lg" isWorking={form.isWorking}>
          {t('next')}
          <ArrowRight size={15} aria-hidden="true" />
        </Button>
      }
    >
      {isTokenNeeded ? (
        <Field label={t('token')} help={t('tokenHelp')} error={errors.token} isRequired>
          <TextInput
            isLiteral
            isLarge
            autoComplete="off"
            spellCheck={false}
            value={values.token}
            maxLength={200}
            onChange={(typed) => set('token', typed)}
          />
        </Field>
      ) : undefined}
      <Field label={t('email')} help={t('emailHelp')} error={errors.email} isRequired>
        <TextInput
          type="email"
          isLarge
          autoComplete="username"
          maxLength={254}
          value={values.email}
          onChange={(typed) => set('email', typed)}
        />
      </Field>
      <Field label={t('password')} constraint={t('passwordConstraint')} error={errors.password} isRequired>
        <PasswordInput isNew isLarge value={values.password} onChange={(typed) => set('password', typed)} />
      </Field>
      <Field label={t('confirmation')} error={errors.confirmation} isRequired>
        <TextInput
          type="password"
          isLarge
          autoComplete="new-password"
          maxLength={256}
          value={values.confirmation}
          onChange={(typed) => set('confirmation', typed)}
        />
      </Field>
      <FailureNote error={form.failure} />
    </StepForm>
  )
}
