// The way mail goes out. A password or key that is typed replaces the stored one, which is never shown.
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { useChange } from '../../../client/hooks.ts'
import { RadioGroup } from '../../../kit/choices.tsx'
import { Field } from '../../../kit/field.tsx'
import { useKitWords } from '../../../kit/kit-words.ts'
import { NumberInput } from '../../../kit/number-input.tsx'
import { Select } from '../../../kit/select.tsx'
import { FailureNote, Note } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { useDone } from '../../../kit/undo.ts'
import { type Draft, useKeptForm } from './kept-form.ts'
import { SaveRow } from './save-row.tsx'
import styles from './settings.module.css'
import { useWords } from './words.ts'

const KINDS = ['off', 'smtp', 'resend'] as const
const SECURITIES = ['starttls', 'tls', 'none'] as const

type StoredMail = CallOutput<'mail.get'>

export interface TypedMail
  extends Omit<
    StoredMail,
    'smtpPort' | 'isSmtpPasswordSet' | 'isResendApiKeySet' | 'isAvailable' | 'waiting' | 'failed'
  > {
  readonly smtpPort: number | undefined
  readonly smtpPassword: string
  readonly resendApiKey: string
}

interface MailFormProps {
  readonly mail: StoredMail
  readonly draft: Draft<TypedMail>
}

export function MailForm({ mail, draft }: MailFormProps) {
  const t = useWords()
  const kit = useKitWords()
  const tellDone = useDone()
  const { isSmtpPasswordSet, isResendApiKeySet, isAvailable, waiting: _w, failed: _f, ...config } = mail
  const { mutateAsync } = useChange('mail.update', ['mail.get', 'auth.status'])
  const initial: TypedMail = { ...config, smtpPassword: '', resendApiKey: '' }
  const form = useKeptForm({
    draft,
    initial,
    check: ({ kind, fromAddress, smtpHost, smtpPort }) => ({
      fromAddress: kind !== 'off' && fromAddress.trim() === '' ? t('fromMissing') : undefined,
      smtpHost: kind === 'smtp' && smtpHost.trim() === '' ? t('hostMissing') : undefined,
      smtpPort:
        kind === 'smtp' && (smtpPort === undefined || smtpPort < 1 || smtpPort > 65_535)
          ? t('outOfRange', { min: 1, max: '65,535' })
          : undefined,
    }),
    send: async ({ smtpPassword, resendApiKey, smtpPort, ...values }) => {
      await mutateAsync({
        ...values,
        ...(smtpPort === undefined ? {} : { smtpPort }),
        ...(smtpPassword === '' ? {} : { smtpPassword }),
        ...(resendApiKey === '' ? {} : { resendApiKey }),
      })
      form.set('smtpPassword', '')
      form.set('resendApiKey', '')
      // A secret that was replaced is gone.
      const hasSecret = smtpPassword !== '' || resendApiKey !== ''
      tellDone({ text: t('mailSaved'), undo: hasSecret ? undefined : () => mutateAsync(config) })
    },
  })
  const { values, errors, isChanged } = form
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (isChanged) form.submit()
      }}
    >
      <div className="field">
        <span className="lb">{t('mailKind')}</span>
        <RadioGroup
          label={t('mailKind')}
          look="wide-segments"
          value={values.kind}
          options={KINDS.map((value) => ({ value, label: t(`mail_${value}`) }))}
          onChange={(kind) => form.set('kind', kind)}
        />
      </div>
      {values.kind === 'off' ? (
        <p className="help">{t('mailOffHelp')}</p>
      ) : (
        <>
          {mail.kind !== 'off' && !isAvailable ? <Note status="warn">{t('mailIncomplete')}</Note> : undefined}
          <div className={styles.two}>
            <Field label={t('fromAddress')} error={errors.fromAddress}>
              <TextInput
                type="email"
                value={values.fromAddress}
                onChange={(text) => form.set('fromAddress', text)}
              />
            </Field>
            <Field label={t('fromName')} constraint={kit('optional')} error={errors.fromName}>
              <TextInput value={values.fromName} onChange={(text) => form.set('fromName', text)} />
            </Field>
          </div>
          <Field label={t('replyTo')} constraint={kit('optional')} error={errors.replyTo}>
            <TextInput type="email" value={values.replyTo} onChange={(text) => form.set('replyTo', text)} />
          </Field>
        </>
      )}
      {values.kind === 'smtp' ? (
        <>
          <div className={styles.two}>
            <Field label={t('smtpHost')} error={errors.smtpHost}>
              <TextInput isLiteral value={values.smtpHost} onChange={(text) => form.set('smtpHost', text)} />
            </Field>
            <Field
              label={t('smtpPort')}
              constraint={t('byDefault', { value: '587' })}
              error={errors.smtpPort}
            >
              <NumberInput value={values.smtpPort} onChange={(port) => form.set('smtpPort', port)} />
            </Field>
          </div>
          <Field label={t('smtpSecurity')}>
            <Select
              value={values.smtpSecurity}
              options={SECURITIES.map((value) => ({ value, label: t(`security_${value}`) }))}
              onChange={(value) => form.set('smtpSecurity', value)}
            />
          </Field>
          <div className={styles.two}>
            <Field label={t('smtpUser')} constraint={kit('optional')} error={errors.smtpUser}>
              <TextInput value={values.smtpUser} onChange={(text) => form.set('smtpUser', text)} />
            </Field>
            <Field
              label={t('smtpPassword')}
              constraint={t(isSmtpPasswordSet ? 'secretSet' : 'secretNone')}
              error={errors.smtpPassword}
            >
              <TextInput
                type="password"
                autoComplete="new-password"
                value={values.smtpPassword}
                onChange={(text) => form.set('smtpPassword', text)}
              />
            </Field>
          </div>
        </>
      ) : undefined}
      {values.kind === 'resend' ? (
        <>
          <Field
            label={t('resendApiKey')}
            constraint={t(isResendApiKeySet ? 'secretSet' : 'secretNone')}
            error={errors.resendApiKey}
          >
            <TextInput
              type="password"
              isLiteral
              autoComplete="new-password"
              value={values.resendApiKey}
              onChange={(text) => form.set('resendApiKey', text)}
            />
          </Field>
          <Field
            label={t('resendBaseUrl')}
            constraint={t('byDefault', { value: 'https://api.resend.com' })}
            error={errors.resendBaseUrl}
          >
            <TextInput
              isLiteral
              value={values.resendBaseUrl}
              onChange={(text) => form.set('resendBaseUrl', text)}
            />
          </Field>
        </>
      ) : undefined}
      <FailureNote error={form.failure} />
      <SaveRow label={t('mailSave')} form={form} />
    </form>
  )
}
