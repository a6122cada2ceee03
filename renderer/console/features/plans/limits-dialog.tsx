// All limits of one role, plan, person or key, replaced together.
import type { LimitEntry, LimitScope } from '../../../../contract/limits.ts'
import { useChange } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { Dialog } from '../../../kit/dialog.tsx'
import { useForm } from '../../../kit/form.ts'
import { useKitWords } from '../../../kit/kit-words.ts'
import { NumberInput } from '../../../kit/number-input.tsx'
import { Select } from '../../../kit/select.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { toast } from '../../../kit/toast.tsx'
import { LIMITS, limitName, type TypedLimits, toRules, toTyped, waysFor } from './limit-rules.ts'
import styles from './plans.module.css'
import { useWords } from './words.ts'

export interface LimitSubject {
  readonly scope: LimitScope
  readonly subjectId: string
  readonly name: string
}

interface LimitsDialogProps {
  readonly subject: LimitSubject
  readonly rules: readonly LimitEntry[]
  readonly onClose: () => void
}

export function LimitsDialog({ subject, rules, onClose }: LimitsDialogProps) {
  const t = useWords()
  const kit = useKitWords()
  const { scope, subjectId, name } = subject
  const { mutateAsync } = useChange('limits.update', ['limits.list', 'limits.usage', 'plans.list'])
  const initial: { readonly limits: TypedLimits } = { limits: toTyped(rules) }
  const form = useForm({
    initial,
    check: ({ limits }) => ({
      limits: Object.values(limits).some(({ how, value }) => how === 'at_most' && (value ?? 0) < 1)
        ? t('limitMissing')
        : undefined,
    }),
    send: async ({ limits }) => {
      await mutateAsync({ scope, subjectId, rules: toRules(limits) })
      toast({ text: t('limitsSaved', { name }) })
      onClose()
    },
  })
  const { limits } = form.values
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('limitsOf')}
      subtitle={name}
      onSubmit={form.submit}
      actions={
        <>
          <Button onClick={onClose}>{kit('cancel')}</Button>
          <Button type="submit" kind="primary" isWorking={form.isWorking}>
            {t('limitsSave')}
          </Button>
        </>
      }
    >
      <div className={styles.limits}>
        {LIMITS.map(([metric, window]) => {
          const limit = limitName(metric, window)
          const typed = limits[limit] ?? { how: 'inherited' as const, value: undefined }
          const set = (changed: typeof typed) => form.set('limits', { ...limits, [limit]: changed })
          return (
            <div key={limit} className={styles.limitRow}>
              <span>{t(`limit_${limit}`)}</span>
              <Select
                label={t(`limit_${limit}`)}
                value={typed.how}
                options={waysFor(scope).map((value) => ({ value, label: t(`how_${value}`) }))}
                onChange={(how) => set({ ...typed, how })}
              />
              {typed.how === 'at_most' ? (
                <NumberInput
                  aria-label={t('limitValue', { limit: t(`limit_${limit}`) })}
                  value={typed.value}
                  onChange={(value) => set({ ...typed, value })}
                />
              ) : (
                <span />
              )}
            </div>
          )
        })}
      </div>
      {form.errors.limits === undefined ? undefined : (
        <p className="help err" role="alert">
          {form.errors.limits}
        </p>
      )}
      <FailureNote error={form.failure} />
      <p className="help">{t(scope === 'key' ? 'limitsHelpKey' : 'limitsHelp')}</p>
    </Dialog>
  )
}
