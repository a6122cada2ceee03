// The plans as cards: price and time, quotas, models and rate limits, and how many people have each.
import { Archive, Gauge, MoreHorizontal, Pencil, Ticket, Users } from 'lucide-react'
import { useState } from 'react'
import { useAsk, useChange } from '../../../client/hooks.ts'
import { Count, Money } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { Checkbox } from '../../../kit/choices.tsx'
import { ConfirmDialog } from '../../../kit/dialog.tsx'
import { IconButton } from '../../../kit/icon-button.tsx'
import { Menu, MenuItem } from '../../../kit/menu.tsx'
import { Tag } from '../../../kit/shape.tsx'
import { EmptyState, ErrorState, FailureNote, SkeletonRows } from '../../../kit/states.tsx'
import { useDone } from '../../../kit/undo.ts'
import { LimitsDialog } from '../../../limits-form/limits-dialog.tsx'
import { useSearchParams } from '../../../routing/search-params.ts'
import { LimitWords } from './limit-words.tsx'
import { PARAMS } from './params.ts'
import { PlanDialog } from './plan-dialog.tsx'
import { PLAN_SHAPE, type PlanRow, planState, WINDOWS } from './plan-view.ts'
import styles from './plans.module.css'
import { useWords } from './words.ts'

export function PlanCards({ onCreate }: { readonly onCreate: () => void }) {
  const t = useWords()
  const [{ archived }, setParams] = useSearchParams(PARAMS)
  const plans = useAsk('plans.list', { includeArchived: archived }, { keepsPrevious: true })
  const [asked, setAsked] = useState<{
    readonly what: 'edit' | 'limits' | 'archive'
    readonly plan: PlanRow
  }>()
  const close = () => setAsked(undefined)
  const rows = plans.data?.rows ?? []
  return (
    <section className="col g8" aria-label={t('plans')}>
      {plans.isPending ? <SkeletonRows rows={3} /> : undefined}
      {plans.isError ? (
        <ErrorState error={plans.error} onRetry={() => void plans.refetch()} isRetrying={plans.isFetching} />
      ) : undefined}
      {rows.length > 0 && !plans.isError ? (
        <div className={styles.cards}>
          {rows.map((plan) => (
            <PlanCard key={plan.id} plan={plan} onAsk={(what) => setAsked({ what, plan })} />
          ))}
        </div>
      ) : undefined}
      {plans.isSuccess && rows.length === 0 ? (
        <EmptyState
          icon={<Ticket size={32} strokeWidth={1.5} />}
          title={t('emptyTitle')}
          actions={<Button onClick={onCreate}>{t('newPlan')}</Button>}
        >
          {t('emptyText')}
        </EmptyState>
      ) : undefined}
      <Checkbox isOn={archived} onChange={(isOn) => setParams({ archived: isOn })}>
        <span className="meta">{t('showArchived')}</span>
      </Checkbox>
      {asked?.what === 'edit' ? <PlanDialog plan={asked.plan} onClose={close} /> : undefined}
      {asked?.what === 'limits' ? (
        <LimitsDialog
          subject={{ scope: 'plan', subjectId: asked.plan.id, name: asked.plan.name }}
          rules={asked.plan.limits}
          onClose={close}
        />
      ) : undefined}
      {asked?.what === 'archive' ? <ArchivePlan plan={asked.plan} onClose={close} /> : undefined}
    </section>
  )
}

interface PlanCardProps {
  readonly plan: PlanRow
  readonly onAsk: (what: 'edit' | 'limits' | 'archive') => void
}

function PlanCard({ plan, onAsk }: PlanCardProps) {
  const t = useWords()
  const state = planState(plan)
  const { name, priceNanoUsd, days, quotas, allowedModels, mayUseBalance, limits, activeCount } = plan
  return (
    <article className={`panel ${styles.card}`} aria-label={name}>
      <div className={styles.part}>
        <div className="row sb g8">
          <h2 className="trunc">{name}</h2>
          <Tag status={PLAN_SHAPE[state]}>{t(`plan_${state}`)}</Tag>
        </div>
        <div>
          <span className={styles.price}>
            <Money nanoUsd={priceNanoUsd} kind="balance" />
          </span>{' '}
          <span className="meta">{t('forDays', { count: days })}</span>
        </div>
      </div>
      <dl className={`${styles.part} ${styles.quotas}`}>
        {WINDOWS.map((window) => {
          const set = quotas.filter((quota) => quota.window === window)
          return (
            <div key={window} className={styles.quota}>
              <dt>{t(`window_${window}`)}</dt>
              <dd>
                {set.length === 0 ? <span className="quiet">{t('noQuota')}</span> : undefined}
                {set.map(({ metric, value }) => (
                  <div key={metric} className="m">
                    {metric === 'money' ? (
                      <Money nanoUsd={value} kind="balance" />
                    ) : (
                      <>
                        <Count value={value} isShort /> {t(`metric_${metric}`)}
                      </>
                    )}
                  </div>
                ))}
              </dd>
            </div>
          )
        })}
      </dl>
      <div className={`${styles.part} ${styles.last}`}>
        <div className="meta">
          {allowedModels === null ? t('allModels') : <span className="mono">{allowedModels.join(', ')}</span>}
        </div>
        <div className="meta">
          <LimitWords rules={limits} none={t('noLimits')} />
        </div>
        <div className="meta">{t(mayUseBalance ? 'thenBalance' : 'thenRefused')}</div>
        <div className="row sb g8">
          <span className="row g6 sec">
            <Users size={14} aria-hidden="true" />
            {t('people', { count: activeCount ?? 0 })}
          </span>
          {state === 'archived' ? (
            <BringBack plan={plan} />
          ) : (
            <Menu
              trigger={
                <IconButton label={t('planActions', { name })}>
                  <MoreHorizontal size={16} />
                </IconButton>
              }
            >
              <MenuItem icon={<Pencil size={15} />} onSelect={() => onAsk('edit')}>
                {t('editPlan')}
              </MenuItem>
              <MenuItem icon={<Gauge size={15} />} onSelect={() => onAsk('limits')}>
                {t('editLimits')}
              </MenuItem>
              <MenuItem icon={<Archive size={15} />} isDestructive onSelect={() => onAsk('archive')}>
                {t('archivePlan')}
              </MenuItem>
            </Menu>
          )}
        </div>
      </div>
    </article>
  )
}

function BringBack({ plan: { id: planId, name } }: { readonly plan: PlanRow }) {
  const t = useWords()
  const tellDone = useDone()
  const bringBack = useChange('plans.unarchive', ['plans.list'])
  const archive = useChange('plans.archive', ['plans.list'])
  const onSuccess = () =>
    tellDone({ text: t('broughtBack', { name }), undo: () => archive.mutateAsync({ planId }) })
  return (
    <Button
      size="sm"
      isWorking={bringBack.isPending}
      onClick={() => bringBack.mutate({ planId }, { onSuccess })}
    >
      {t('bringBack')}
    </Button>
  )
}

function ArchivePlan({ plan, onClose }: { readonly plan: PlanRow; readonly onClose: () => void }) {
  const t = useWords()
  const { name, activeCount } = plan
  const tellDone = useDone()
  const { mutate, isPending, error } = useChange('plans.archive', ['plans.list'])
  const bringBack = useChange('plans.unarchive', ['plans.list'])
  const confirm = () =>
    mutate(
      { planId: plan.id },
      {
        onSuccess: () => {
          tellDone({
            text: t('archived', { name }),
            undo: () => bringBack.mutateAsync({ planId: plan.id }),
          })
          onClose()
        },
      },
    )
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t('archiveTitle', { name })}
      confirmLabel={t('archivePlan')}
      onConfirm={confirm}
      isWorking={isPending}
      error={<FailureNote error={error} />}
    >
      {t('archiveText', { name, count: activeCount ?? 0 })}
    </ConfirmDialog>
  )
}
