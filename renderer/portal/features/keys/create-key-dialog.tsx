// A new key in two steps: what it is called and how long it lives, then its secret, shown this once.
import { useState } from 'react'
import { useChange } from '../../../client/hooks.ts'
import { useMe } from '../../../frame/session.ts'
import { Button } from '../../../kit/button.tsx'
import { Dialog } from '../../../kit/dialog.tsx'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { useKitWords } from '../../../kit/kit-words.ts'
import { CopyLine } from '../../../kit/literals.tsx'
import { Select } from '../../../kit/select.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { nameProblem } from './name-problem.ts'
import { useWords } from './words.ts'

const EXPIRIES = ['never', '7', '30', '90', '365'] as const
type Expiry = (typeof EXPIRIES)[number]

const DAY_MS = 24 * 60 * 60_000

interface CreateKeyDialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
}

export function CreateKeyDialog({ isOpen, onClose }: CreateKeyDialogProps) {
  const [secret, setSecret] = useState<string>()
  if (secret !== undefined) {
    const close = () => {
      setSecret(undefined)
      onClose()
    }
    return <SecretDialog secret={secret} onClose={close} />
  }
  return isOpen ? <NewKeyDialog onClose={onClose} onCreated={setSecret} /> : null
}

interface NewKeyDialogProps {
  readonly onClose: () => void
  readonly onCreated: (secret: string) => void
}

function NewKeyDialog({ onClose, onCreated }: NewKeyDialogProps) {
  const t = useWords()
  const kit = useKitWords()
  const me = useMe()
  const { mutateAsync } = useChange('keys.create', ['keys.list', 'me.overview'])
  const form = useForm({
    // The type keeps the choice among those that the catalogue has words for.
    initial: { name: '', expiry: 'never' as Expiry },
    check: ({ name }) => ({ name: nameProblem(name, t) }),
    send: async ({ name, expiry }) => {
      const expiresAt = expiry === 'never' ? null : Date.now() + Number(expiry) * DAY_MS
      const created = await mutateAsync({ name, expiresAt, userId: me.id })
      onCreated(created.secret)
    },
  })
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('createTitle')}
      onSubmit={form.submit}
      actions={
        <>
          <Button onClick={onClose}>{kit('cancel')}</Button>
          <Button type="submit" kind="primary" isWorking={form.isWorking}>
            {t('create')}
          </Button>
        </>
      }
    >
      <Field label={t('name')} help={t('createHelp')} error={form.errors.name} isRequired>
        <TextInput value={form.values.name} maxLength={120} onChange={(name) => form.set('name', name)} />
      </Field>
      <Field label={t('expiryLabel')}>
        <Select
          options={EXPIRIES.map((value) => ({ value, label: t(`expiry_${value}`) }))}
          value={form.values.expiry}
          onChange={(expiry) => form.set('expiry', expiry)}
        />
      </Field>
      <FailureNote error={form.failure} />
      <p className="help">{t('createOutcome')}</p>
    </Dialog>
  )
}

function SecretDialog({ secret, onClose }: { readonly secret: string; readonly onClose: () => void }) {
  const t = useWords()
  return (
    <Dialog
      isOpen
      isSticky
      onClose={onClose}
      title={t('secretTitle')}
      actions={
        <Button kind="primary" onClick={onClose}>
          {t('secretDone')}
        </Button>
      }
    >
      <p>{t('secretText')}</p>
      <div className="col g6">
        <span className="m">{t('secretKey')}</span>
        <CopyLine text={secret} what={t('secretKey')} />
      </div>
      <div className="col g6">
        <span className="m">{t('secretBase')}</span>
        <CopyLine text={`${window.location.origin}/v1`} what={t('secretBase')} />
      </div>
    </Dialog>
  )
}
