// The rate limits of one person: what holds now and whose rule it is, and the form for their own.
import { useState } from 'react'
import { useAsk, useChange } from '../../../client/hooks.ts'
import { Count } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { Dialog } from '../../../kit/dialog.tsx'
import { useKitWords } from '../../../kit/kit-words.ts'
import { PanelBody, Section } from '../../../kit/page.tsx'
import { ErrorState, FailureNote, SkeletonRows } from '../../../kit/states.tsx'
import { toast } from '../../../kit/toast.tsx'
import {
  areLimitsSound,
  type LimitEntry,
  slotOf,
  toEntries,
  toValues,
} from '../../../limits-form/limit-slots.ts'
import { LimitsForm } from '../../../limits-form/limits-form.tsx'
import { useWords as useLimitWords } from '../../../limits-form/words.ts'
import type { UserRow } from './user-status.ts'
import { useWords } from './words.ts'

export function UserLimits({ user }: { readonly user: UserRow }) {
  const t = useWords()
  const slotName = useLimitWords()
  const own = useAsk('limits.list', { scope: 'user', subjectId: user.id })
  const usage = useAsk('limits.usage', { scope: 'user', subjectId: user.id })
  const [isEditing, setIsEditing] = useState(false)
  const rules = own.data?.rows[0]?.rules ?? []
  return (
    <Section
      title={t('limits')}
      actions={
        <Button size="sm" disabled={own.data === undefined} onClick={() => setIsEditing(true)}>
          {t('changeLimits')}
        </Button>
      }
    >
      {usage.isPending ? <SkeletonRows rows={3} /> : undefined}
      {usage.isError ? (
        <ErrorState error={usage.error} onRetry={() => void usage.refetch()} isRetrying={usage.isFetching} />
      ) : undefined}
      {usage.data === undefined || usage.isError ? undefined : (
        <PanelBody>
          {usage.data.limits.map((entry) => (
            <div className="ln" key={`${entry.metric} ${entry.window}`}>
              <span className="k">{slotName(slotOf(entry)?.name ?? 'concurrent')}</span>
              <span className="dots" />
              <span className="num">
                <Count value={usedOf(usage.data, entry)} /> /{' '}
                {entry.value === null ? slotName('lifted') : <Count value={entry.value} />}
              </span>
              <span className="quiet">{t(`scope_${entry.scope}`)}</span>
            </div>
          ))}
        </PanelBody>
      )}
      {isEditing ? <LimitsDialog user={user} rules={rules} onClose={() => setIsEditing(false)} /> : undefined}
    </Section>
  )
}

type Usage = NonNullable<ReturnType<typeof useAsk<'limits.usage'>>['data']>

function usedOf(usage: Usage, { metric, window }: Pick<LimitEntry, 'metric' | 'window'>): number {
  if (metric === 'concurrent' || window === null) return usage.concurrent
  return usage[window][metric]
}

interface LimitsDialogProps {
  readonly user: UserRow
  readonly rules: readonly LimitEntry[]
  readonly onClose: () => void
}

function LimitsDialog({ user, rules, onClose }: LimitsDialogProps) {
  const t = useWords()
  const kit = useKitWords()
  const [values, setValues] = useState(() => toValues(rules))
  const { mutate, isPending, error } = useChange('limits.update', [
    'limits.list',
    'limits.usage',
    'audit.list',
  ])
  const isSound = areLimitsSound(values)
  const onSuccess = () => {
    toast({ text: t('limitsChanged', { email: user.email }) })
    onClose()
  }
  const save = () => {
    if (isSound) mutate({ scope: 'user', subjectId: user.id, rules: toEntries(values) }, { onSuccess })
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('changeLimits')}
      subtitle={user.email}
      onSubmit={save}
      actions={
        <>
          <Button onClick={onClose}>{kit('cancel')}</Button>
          <Button type="submit" kind="primary" disabled={!isSound} isWorking={isPending}>
            {t('save')}
          </Button>
        </>
      }
    >
      <LimitsForm values={values} onChange={setValues} />
      <p className="help">{t('limitsHelp')}</p>
      <FailureNote error={error} />
    </Dialog>
  )
}
