// What can be done with a second factor that is on: other recovery codes, or off with it. Both ask for password and code.
import { type ReactNode, useState } from 'react'
import { useClient } from '../../../client/hooks.ts'
import { useMe, useRefreshMe } from '../../../frame/session.ts'
import { Button } from '../../../kit/button.tsx'
import { Dialog } from '../../../kit/dialog.tsx'
import { useForm } from '../../../kit/form.ts'
import { useKitWords } from '../../../kit/kit-words.ts'
import { FailureNote } from '../../../kit/states.tsx'
import { toast } from '../../../kit/toast.tsx'
import { CodeField } from './code-field.tsx'
import { PasswordField } from './password-field.tsx'
import { RecoveryCodesDialog } from './recovery-codes-dialog.tsx'
import { useWords } from './words.ts'

interface Confirmed {
  readonly password: string
  readonly code: string
}

export function RenewCodesDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords()
  const client = useClient()
  const refreshMe = useRefreshMe()
  const [codes, setCodes] = useState<readonly string[]>()
  if (codes !== undefined) return <RecoveryCodesDialog codes={codes} onClose={onClose} />
  const renew = async (confirmed: Confirmed) => {
    setCodes((await client.call('totp.renewRecoveryCodes', confirmed)).recoveryCodes)
    await refreshMe()
  }
  return (
    <ConfirmedDialog
      title={t('factorRenewTitle')}
      submit={{ label: t('factorRenewSubmit'), kind: 'primary' }}
      send={renew}
      onClose={onClose}
    >
      {t('factorRenewText')}
    </ConfirmedDialog>
  )
}

export function DisableFactorDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords()
  const { email } = useMe()
  const client = useClient()
  const refreshMe = useRefreshMe()
  const disable = async (confirmed: Confirmed) => {
    await client.call('totp.disable', confirmed)
    await refreshMe()
    toast({ status: 'ok', text: t('factorDisabled') })
    onClose()
  }
  return (
    <ConfirmedDialog
      title={t('factorDisableTitle')}
      submit={{ label: t('factorDisableSubmit'), kind: 'destructive' }}
      send={disable}
      onClose={onClose}
    >
      {t('factorDisableText', { email })}
    </ConfirmedDialog>
  )
}

interface ConfirmedDialogProps {
  readonly title: string
  readonly submit: { readonly label: string; readonly kind: 'primary' | 'destructive' }
  readonly send: (confirmed: Confirmed) => Promise<void>
  readonly onClose: () => void
  /** What will happen. */
  readonly children: ReactNode
}

function ConfirmedDialog({ title, submit, send, onClose, children }: ConfirmedDialogProps) {
  const t = useWords()
  const kit = useKitWords()
  const { email } = useMe()
  const form = useForm({
    initial: { password: '', code: '' },
    check: ({ password, code }) => ({
      password: password === '' ? t('passwordMissing') : undefined,
      code: code.trim() === '' ? t('codeMissing') : undefined,
    }),
    send,
  })
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={title}
      subtitle={email}
      onSubmit={form.submit}
      actions={
        <>
          <Button onClick={onClose}>{kit('cancel')}</Button>
          <Button type="submit" kind={submit.kind} isWorking={form.isWorking}>
            {submit.label}
          </Button>
        </>
      }
    >
      <p>{children}</p>
      <PasswordField
        label={t('yourPassword')}
        value={form.values.password}
        onChange={(password) => form.set('password', password)}
        error={form.errors.password}
      />
      <CodeField
        label={t('factorAnyCode')}
        value={form.values.code}
        onChange={(code) => form.set('code', code)}
        error={form.errors.code}
      />
      <FailureNote error={form.failure} />
    </Dialog>
  )
}
