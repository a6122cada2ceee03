// Another name for a key; its secret and its history stay.
import { useChange } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { Dialog } from '../../../kit/dialog.tsx'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { useKitWords } from '../../../kit/kit-words.ts'
import { FailureNote } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { toast } from '../../../kit/toast.tsx'
import type { KeyRow } from './key-status.ts'
import { nameProblem } from './name-problem.ts'
import { useWords } from './words.ts'

interface RenameKeyDialogProps {
  readonly apiKey: KeyRow
  readonly onClose: () => void
}

export function RenameKeyDialog({ apiKey, onClose }: RenameKeyDialogProps) {
  const t = useWords()
  const kit = useKitWords()
  const { mutateAsync } = useChange('keys.update', ['keys.list'])
  const form = useForm({
    initial: { name: apiKey.name },
    check: ({ name }) => ({ name: nameProblem(name, t) }),
    send: async ({ name }) => {
      await mutateAsync({ keyId: apiKey.id, name })
      toast({ text: t('renamed', { name: name.trim() }) })
      onClose()
    },
  })
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('renameTitle', { name: apiKey.name })}
      onSubmit={form.submit}
      actions={
        <>
          <Button onClick={onClose}>{kit('cancel')}</Button>
          <Button type="submit" kind="primary" isWorking={form.isWorking}>
            {t('renameSubmit')}
          </Button>
        </>
      }
    >
      <Field label={t('name')} error={form.errors.name} isRequired>
        <TextInput value={form.values.name} maxLength={120} onChange={(name) => form.set('name', name)} />
      </Field>
      <FailureNote error={form.failure} />
    </Dialog>
  )
}
