// A second factor in three steps: the password, the secret for the app and a first code of it, and the recovery codes.
import { Suspense, useState } from 'react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { useClient } from '../../../client/hooks.ts'
import { useMe, useRefreshMe } from '../../../frame/session.ts'
import { useForm } from '../../../kit/form.ts'
import { FormDialog } from '../../../kit/form-dialog.tsx'
import { CopyLine } from '../../../kit/literals.tsx'
import { loadLater } from '../../../kit/load-later.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import styles from './account.module.css'
import { CodeField } from './code-field.tsx'
import { PasswordField } from './password-field.tsx'
import { RecoveryCodesDialog } from './recovery-codes-dialog.tsx'
import { useWords } from './words.ts'

// The drawing of codes is needed here and nowhere else on this page.
const QrCode = loadLater(() => import('../../../kit/qr-code.tsx').then(({ QrCode: code }) => code))

type Begun = CallOutput<'totp.begin'>

export function SetUpFactorDialog({ onClose }: { readonly onClose: () => void }) {
  const [begun, setBegun] = useState<Begun>()
  const [codes, setCodes] = useState<readonly string[]>()
  const refreshMe = useRefreshMe()
  if (codes !== undefined) {
    const close = () => {
      void refreshMe()
      onClose()
    }
    return <RecoveryCodesDialog codes={codes} onClose={close} />
  }
  if (begun !== undefined) return <ScanDialog begun={begun} onClose={onClose} onOn={setCodes} />
  return <BeginDialog onClose={onClose} onBegun={setBegun} />
}

interface BeginDialogProps {
  readonly onClose: () => void
  readonly onBegun: (begun: Begun) => void
}

function BeginDialog({ onClose, onBegun }: BeginDialogProps) {
  const t = useWords()
  const { email } = useMe()
  const client = useClient()
  const form = useForm({
    initial: { password: '' },
    check: ({ password }) => ({ password: password === '' ? t('passwordMissing') : undefined }),
    send: async ({ password }) => onBegun(await client.call('totp.begin', { password })),
  })
  return (
    <FormDialog
      onClose={onClose}
      title={t('factorBeginTitle')}
      subtitle={email}
      form={form}
      submitLabel={t('factorBeginSubmit')}
    >
      <p>
        {t('factorHelp')} {t('factorBeginText')}
      </p>
      <PasswordField
        label={t('yourPassword')}
        value={form.values.password}
        onChange={(password) => form.set('password', password)}
        error={form.errors.password}
      />
      <FailureNote error={form.failure} />
    </FormDialog>
  )
}

interface ScanDialogProps {
  readonly begun: Begun
  readonly onClose: () => void
  readonly onOn: (codes: readonly string[]) => void
}

function ScanDialog({ begun, onClose, onOn }: ScanDialogProps) {
  const t = useWords()
  const { email } = useMe()
  const client = useClient()
  const form = useForm({
    initial: { code: '' },
    check: ({ code }) => ({ code: code.trim() === '' ? t('codeMissing') : undefined }),
    send: async ({ code }) => onOn((await client.call('totp.confirm', { code })).recoveryCodes),
  })
  return (
    <FormDialog
      onClose={onClose}
      title={t('factorScanTitle')}
      subtitle={email}
      form={form}
      submitLabel={t('factorConfirm')}
    >
      <div className={styles['scan']}>
        <Suspense fallback={<span className="qr" />}>
          <QrCode text={begun.otpauthUri} label={t('factorQr')} />
        </Suspense>
        <p>{t('factorScanText')}</p>
      </div>
      <div className="col g6">
        <span className="m">{t('factorSecret')}</span>
        <CopyLine text={begun.secret} what={t('factorSecret')} />
      </div>
      <CodeField
        isOfApp
        label={t('factorCode')}
        value={form.values.code}
        onChange={(code) => form.set('code', code)}
        error={form.errors.code}
      />
      <FailureNote error={form.failure} />
    </FormDialog>
  )
}
