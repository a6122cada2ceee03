// All limits of one role, plan, person or key, replaced together. Wherever limits are changed, this is the dialog.
import type { LimitEntry, LimitScope } from '../../contract/limits.ts'
import { useChange } from '../client/hooks.ts'
import { useForm } from '../kit/form.ts'
import { FormDialog } from '../kit/form-dialog.tsx'
import { FailureNote } from '../kit/states.tsx'
import { useDone } from '../kit/undo.ts'
import { areLimitsSound, type LimitValues, toEntries, toValues } from './limit-slots.ts'
import { LimitsForm } from './limits-form.tsx'
import { useWords } from './words.ts'

export interface LimitSubject {
  readonly scope: LimitScope
  readonly subjectId: string
  /** As people call it: an email, a plan's name. */
  readonly name: string
}

interface LimitsDialogProps {
  readonly subject: LimitSubject
  /** What stands there now; further members of a rule are left out of what is sent. */
  readonly rules: readonly LimitEntry[]
  readonly onClose: () => void
}

const TOUCHED = ['limits.list', 'limits.usage', 'plans.list', 'audit.list'] as const

/** For screens that load the catalogue `limits-form`. */
export function LimitsDialog({ subject, rules, onClose }: LimitsDialogProps) {
  const t = useWords()
  const tellDone = useDone()
  const { scope, subjectId, name } = subject
  const { mutateAsync } = useChange('limits.update', TOUCHED)
  const initial: { readonly limits: LimitValues } = { limits: toValues(rules) }
  const form = useForm({
    initial,
    check: ({ limits }) => ({ limits: areLimitsSound(limits) ? undefined : t('missing') }),
    send: async ({ limits }) => {
      const set = (values: LimitValues) => mutateAsync({ scope, subjectId, rules: toEntries(values) })
      await set(limits)
      tellDone({ text: t('saved', { name }), undo: () => set(initial.limits) })
      onClose()
    },
  })
  return (
    <FormDialog onClose={onClose} title={t('title')} subtitle={name} form={form} submitLabel={t('save')}>
      <LimitsForm
        values={form.values.limits}
        mayLift={scope !== 'key'}
        onChange={(limits) => form.set('limits', limits)}
      />
      {form.errors.limits === undefined ? undefined : (
        <p className="help err" role="alert">
          {form.errors.limits}
        </p>
      )}
      <FailureNote error={form.failure} />
      <p className="help">{t(scope === 'key' ? 'helpKey' : 'help')}</p>
    </FormDialog>
  )
}
