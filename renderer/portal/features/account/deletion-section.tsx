// Asking for one's account to be deleted, and thinking better of it. An administrator decides.
import { useState } from 'react'
import { failureOf } from '../../../client/failures.ts'
import { useChange } from '../../../client/hooks.ts'
import { useMe, useSignIn } from '../../../frame/session.ts'
import { Time } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { Dialog } from '../../../kit/dialog.tsx'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { useKitWords } from '../../../kit/kit-words.ts'
import { PanelBody, Section } from '../../../kit/page.tsx'
import { FailureNote, Note } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { toast } from '../../../kit/toast.tsx'
import { useFailureWords } from '../../../words/failure-words.ts'
import { Sentence } from '../../../words/sentence.tsx'
import { PasswordField } from './password-field.tsx'
import { SettingRow, SettingRows } from './setting-row.tsx'
import { useWords } from './words.ts'

export function DeletionSection() {
  const t = useWords()
  const { deletionRequestedAt } = useMe()
  const [isAsking, setIsAsking] = useState(false)
  return (
    <Section title={t('deletion')}>
      {deletionRequestedAt === null ? (
        <SettingRows>
          <SettingRow help={t('deletionHelp')}>
            <Button onClick={() => setIsAsking(true)}>{t('deletionAsk')}</Button>
          </SettingRow>
        </SettingRows>
      ) : (
        <PanelBody>
          <Asked atMs={deletionRequestedAt} />
        </PanelBody>
      )}
      {isAsking ? <AskDialog onClose={() => setIsAsking(false)} /> : undefined}
    </Section>
  )
}

function Asked({ atMs }: { readonly atMs: number }) {
  const t = useWords()
  const words = useFailureWords()
  const { adopt } = useSignIn()
  const { mutate, isPending } = useChange('me.withdrawDeletion')
  const withdraw = () =>
    mutate(
      {},
      {
        onSuccess(me) {
          adopt(me)
          toast({ text: t('deletionWithdrawn') })
        },
        onError: (error) => toast({ status: 'bad', text: words(failureOf(error)) }),
      },
    )
  return (
    <Note
      status="warn"
      actions={
        <Button size="sm" isWorking={isPending} onClick={withdraw}>
          {t('deletionWithdraw')}
        </Button>
      }
    >
      <Sentence text={t('deletionAsked')} parts={{ when: <Time atMs={atMs} /> }} />
    </Note>
  )
}

function AskDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords()
  const kit = useKitWords()
  const { email } = useMe()
  const { adopt } = useSignIn()
  const { mutateAsync } = useChange('me.requestDeletion')
  const form = useForm({
    initial: { name: '', password: '' },
    check: ({ name, password }) => ({
      name: name.trim().toLowerCase() === email ? undefined : t('deletionNameWrong'),
      password: password === '' ? t('passwordMissing') : undefined,
    }),
    send: async ({ password }) => {
      const me = await mutateAsync({ password })
      onClose()
      adopt(me)
    },
  })
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('deletionTitle', { email })}
      onSubmit={form.submit}
      actions={
        <>
          <Button onClick={onClose}>{kit('cancel')}</Button>
          <Button type="submit" kind="destructive" isWorking={form.isWorking}>
            {t('deletionSubmit')}
          </Button>
        </>
      }
    >
      <p>{t('deletionText')}</p>
      <Field label={t('deletionName', { email })} error={form.errors.name}>
        <TextInput value={form.values.name} maxLength={254} onChange={(name) => form.set('name', name)} />
      </Field>
      <PasswordField
        label={t('yourPassword')}
        value={form.values.password}
        onChange={(password) => form.set('password', password)}
        error={form.errors.password}
      />
      <FailureNote error={form.failure} />
    </Dialog>
  )
}
