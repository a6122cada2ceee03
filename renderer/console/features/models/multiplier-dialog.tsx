// What charges are multiplied with: those of one model, or all of them.
import { useChange } from '../../../client/hooks.ts'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { FormDialog } from '../../../kit/form-dialog.tsx'
import { multiplierText } from '../../../kit/multiplier.ts'
import { MultiplierInput } from '../../../kit/number-input.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { useDone } from '../../../kit/undo.ts'
import { useWords } from './words.ts'

interface MultiplierDialogProps {
  /** Undefined for all models. */
  readonly model: string | undefined
  readonly multiplierPpm: number
  readonly onClose: () => void
}

export function MultiplierDialog({ model, multiplierPpm, onClose }: MultiplierDialogProps) {
  const t = useWords()
  const tellDone = useDone()
  const ofModel = useChange('models.setMultiplier', ['models.list'])
  const ofAll = useChange('settings.update', ['settings.get'])
  const initial: { readonly multiplierPpm: number | undefined } = { multiplierPpm }
  const form = useForm({
    initial,
    check: (values) => ({
      multiplierPpm: values.multiplierPpm === undefined ? t('multiplierMissing') : undefined,
    }),
    send: async (values) => {
      const ppm = values.multiplierPpm ?? multiplierPpm
      const set = (sent: number): Promise<unknown> =>
        model === undefined
          ? ofAll.mutateAsync({ multiplierPpm: sent })
          : ofModel.mutateAsync({ model, multiplierPpm: sent })
      await set(ppm)
      const factor = multiplierText(ppm)
      tellDone({
        text: model === undefined ? t('multiplierSetAll', { factor }) : t('multiplierSet', { model, factor }),
        undo: () => set(multiplierPpm),
      })
      onClose()
    },
  })
  return (
    <FormDialog
      onClose={onClose}
      title={t(model === undefined ? 'multiplierTitleAll' : 'multiplierTitle')}
      subtitle={model === undefined ? undefined : <code className="mono">{model}</code>}
      form={form}
      submitLabel={t('multiplierSubmit')}
    >
      <Field
        label={t('multiplier')}
        constraint={t('multiplierConstraint')}
        help={t(model === undefined ? 'multiplierHelpAll' : 'multiplierHelp')}
        error={form.errors.multiplierPpm}
      >
        <MultiplierInput
          value={form.values.multiplierPpm}
          onChange={(value) => form.set('multiplierPpm', value)}
        />
      </Field>
      <FailureNote error={form.failure} />
    </FormDialog>
  )
}
