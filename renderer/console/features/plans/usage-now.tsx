// What one person uses in the windows that are open now, held against the limits that they meet.
import { useState } from 'react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { useAsk, useRefreshOn } from '../../../client/hooks.ts'
import { Count } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { Combobox, type ComboboxOption } from '../../../kit/combobox.tsx'
import { PanelBody, Section } from '../../../kit/page.tsx'
import { ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { LIMIT_SLOTS } from '../../../limits-form/limit-slots.ts'
import { LimitsDialog } from '../../../limits-form/limits-dialog.tsx'
import { useWords as useLimitWords } from '../../../limits-form/words.ts'
import styles from './plans.module.css'
import { useWords } from './words.ts'

type Usage = CallOutput<'limits.usage'>

export function UsageNow() {
  const t = useWords()
  const [person, setPerson] = useState<ComboboxOption | null>(null)
  const [typed, setTyped] = useState('')
  const [isEditing, setIsEditing] = useState(false)
  const found = useAsk(
    'users.list',
    { ...(typed === '' ? {} : { search: typed }), limit: 20 },
    { keepsPrevious: true },
  )
  const userId = person?.value ?? ''
  const usage = useAsk('limits.usage', { scope: 'user', subjectId: userId }, { isEnabled: person !== null })
  const own = useAsk('limits.list', { scope: 'user', subjectId: userId }, { isEnabled: person !== null })
  useRefreshOn('requests.finished', ['limits.usage'])
  return (
    <Section title={t('usedNow')}>
      <PanelBody>
        <div className="col g12">
          <Combobox
            label={t('findPerson')}
            placeholder={t('findPerson')}
            value={person}
            options={(found.data?.rows ?? []).map(({ id, email }) => ({ value: id, label: email }))}
            onType={setTyped}
            onChange={setPerson}
          />
          {person === null ? <p className="help">{t('usedNowHelp')}</p> : undefined}
          {person !== null && usage.isPending ? <SkeletonRows rows={3} /> : undefined}
          {usage.isError ? (
            <ErrorState error={usage.error} onRetry={() => void usage.refetch()} />
          ) : undefined}
          {person !== null && usage.data !== undefined ? <Meters usage={usage.data} /> : undefined}
          {person !== null && own.data !== undefined ? (
            <span>
              <Button size="sm" onClick={() => setIsEditing(true)}>
                {t('editOwnLimits')}
              </Button>
            </span>
          ) : undefined}
        </div>
      </PanelBody>
      {isEditing && person !== null && own.data !== undefined ? (
        <LimitsDialog
          subject={{ scope: 'user', subjectId: person.value, name: person.label }}
          rules={own.data.rows[0]?.rules ?? []}
          onClose={() => setIsEditing(false)}
        />
      ) : undefined}
    </Section>
  )
}

function Meters({ usage }: { readonly usage: Usage }) {
  const t = useWords()
  const slotName = useLimitWords()
  return (
    <ul className="col g8">
      {LIMIT_SLOTS.map(({ name, metric, window }) => {
        const used = window === null ? usage.concurrent : usage[window][metric]
        const limit = usage.limits.find((each) => each.metric === metric && each.window === window)
        const most = limit?.value ?? null
        const share = most === null ? 0 : Math.min(100, (100 * used) / most)
        return (
          <li key={name} className="col g4">
            <span className="row sb g8">
              <span>{slotName(name)}</span>
              <span className="num">
                <Count value={used} isShort />{' '}
                <span className="quiet">
                  {most === null ? (
                    t('withoutLimit')
                  ) : (
                    <>
                      / <Count value={most} isShort />
                    </>
                  )}
                </span>
              </span>
            </span>
            {most === null ? undefined : (
              <span className={`track ${styles.meter}`} aria-hidden="true">
                <b style={{ width: `${share}%` }} />
              </span>
            )}
          </li>
        )
      })}
    </ul>
  )
}
