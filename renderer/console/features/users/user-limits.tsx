// The rate limits of one person: what holds now and whose rule it is, and the form for their own.
import { useState } from 'react'
import { useAsk } from '../../../client/hooks.ts'
import { Count } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { PanelBody, Section } from '../../../kit/page.tsx'
import { ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { type LimitEntry, slotOf } from '../../../limits-form/limit-slots.ts'
import { LimitsDialog } from '../../../limits-form/limits-dialog.tsx'
import { useWords as useLimitWords } from '../../../limits-form/words.ts'
import type { UserRow } from './user-status.ts'
import { useWords } from './words.ts'

export function UserLimits({ user }: { readonly user: UserRow }) {
  const t = useWords()
  const slotName = useLimitWords()
  const own = useAsk('limits.list', { scope: 'user', subjectId: user.id })
  const usage = useAsk('limits.usage', { scope: 'user', subjectId: user.id })
  const [isEditing, setIsEditing] = useState(false)
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
      {isEditing ? (
        <LimitsDialog
          subject={{ scope: 'user', subjectId: user.id, name: user.email }}
          rules={own.data?.rows[0]?.rules ?? []}
          onClose={() => setIsEditing(false)}
        />
      ) : undefined}
    </Section>
  )
}

type Usage = NonNullable<ReturnType<typeof useAsk<'limits.usage'>>['data']>

function usedOf(usage: Usage, { metric, window }: Pick<LimitEntry, 'metric' | 'window'>): number {
  if (metric === 'concurrent' || window === null) return usage.concurrent
  return usage[window][metric]
}
