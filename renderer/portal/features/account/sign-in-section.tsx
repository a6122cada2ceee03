// Email, password and second factor: how they stand, and the dialogs that change them.
import { useState } from 'react'
import { failureOf } from '../../../client/failures.ts'
import { useAsk, useChange } from '../../../client/hooks.ts'
import { useMe, useSignIn } from '../../../frame/session.ts'
import { Button } from '../../../kit/button.tsx'
import { Section } from '../../../kit/page.tsx'
import { StatusShape } from '../../../kit/shape.tsx'
import { toast } from '../../../kit/toast.tsx'
import { useFailureWords } from '../../../words/failure-words.ts'
import { ChangeEmailDialog } from './change-email-dialog.tsx'
import { ChangePasswordDialog } from './change-password-dialog.tsx'
import { DisableFactorDialog, RenewCodesDialog } from './factor-dialogs.tsx'
import { SetUpFactorDialog } from './set-up-factor-dialog.tsx'
import { SettingRow, SettingRows } from './setting-row.tsx'
import { useWords } from './words.ts'

/** From so many recovery codes on, it is time for new ones. */
const FEW_CODES = 3

type OpenDialog = 'email' | 'verify' | 'password' | 'set-up' | 'renew' | 'disable' | undefined

export function SignInSection() {
  const t = useWords()
  const [dialog, setDialog] = useState<OpenDialog>()
  const close = () => setDialog(undefined)
  return (
    <Section title={t('signingIn')}>
      <SettingRows>
        <EmailRow onOpen={setDialog} />
        <SettingRow title={t('password')} help={t('passwordHelp')}>
          <Button onClick={() => setDialog('password')}>{t('passwordChange')}</Button>
        </SettingRow>
        <FactorRow onOpen={setDialog} />
      </SettingRows>
      {dialog === 'email' || dialog === 'verify' ? (
        <ChangeEmailDialog isVerifying={dialog === 'verify'} onClose={close} />
      ) : undefined}
      {dialog === 'password' ? <ChangePasswordDialog onClose={close} /> : undefined}
      {dialog === 'set-up' ? <SetUpFactorDialog onClose={close} /> : undefined}
      {dialog === 'renew' ? <RenewCodesDialog onClose={close} /> : undefined}
      {dialog === 'disable' ? <DisableFactorDialog onClose={close} /> : undefined}
    </Section>
  )
}

interface RowProps {
  readonly onOpen: (dialog: OpenDialog) => void
}

function EmailRow({ onOpen }: RowProps) {
  const t = useWords()
  const { email, isEmailVerified, pendingEmail } = useMe()
  const status = useAsk('auth.status', {})
  const canVerify = status.data?.isMailAvailable === true && !isEmailVerified
  return (
    <SettingRow
      title={t('email')}
      value={
        <>
          {email}
          <StatusShape status={isEmailVerified ? 'ok' : 'off'}>
            {t(isEmailVerified ? 'emailVerified' : 'emailUnverified')}
          </StatusShape>
        </>
      }
      help={pendingEmail === null ? undefined : pendingText(pendingEmail, email, t)}
    >
      {pendingEmail === null || pendingEmail === email ? undefined : <WithdrawButton email={pendingEmail} />}
      {canVerify ? <Button onClick={() => onOpen('verify')}>{t('emailVerify')}</Button> : undefined}
      <Button onClick={() => onOpen('email')}>{t('emailChange')}</Button>
    </SettingRow>
  )
}

function WithdrawButton({ email }: { readonly email: string }) {
  const t = useWords()
  const words = useFailureWords()
  const { adopt } = useSignIn()
  const { mutate, isPending } = useChange('me.withdrawEmailChange')
  const withdraw = () =>
    mutate(
      {},
      {
        onSuccess(me) {
          adopt(me)
          toast({ text: t('emailWithdrawn', { email }) })
        },
        onError: (error) => toast({ status: 'bad', text: words(failureOf(error)) }),
      },
    )
  return (
    <Button isWorking={isPending} onClick={withdraw}>
      {t('emailWithdraw')}
    </Button>
  )
}

const pendingText = (pendingEmail: string, email: string, t: ReturnType<typeof useWords>): string =>
  pendingEmail === email ? t('emailProving') : t('emailPending', { email: pendingEmail })

function FactorRow({ onOpen }: RowProps) {
  const t = useWords()
  const { hasSecondFactor, recoveryCodesLeft: count } = useMe()
  if (!hasSecondFactor) {
    return (
      <SettingRow
        title={t('factor')}
        value={<StatusShape status="off">{t('factorOff')}</StatusShape>}
        help={t('factorHelp')}
      >
        <Button onClick={() => onOpen('set-up')}>{t('factorSetUp')}</Button>
      </SettingRow>
    )
  }
  return (
    <SettingRow
      title={t('factor')}
      value={
        <>
          <StatusShape status="ok">{t('factorOn')}</StatusShape>
          {count <= FEW_CODES ? (
            <StatusShape status="warn">{t('codesLeft', { count })}</StatusShape>
          ) : (
            <span className="quiet">{t('codesLeft', { count })}</span>
          )}
        </>
      }
    >
      <Button onClick={() => onOpen('renew')}>{t('factorRenew')}</Button>
      <Button onClick={() => onOpen('disable')}>{t('factorDisable')}</Button>
    </SettingRow>
  )
}
