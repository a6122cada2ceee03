// A person's plan with what is left of it, and the rate limits of their own.
import { useState } from 'react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { useAsk, useChange } from '../../../client/hooks.ts'
import { Count, Money, Time } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { ConfirmDialog } from '../../../kit/dialog.tsx'
import { Facts, PanelBody, Section } from '../../../kit/page.tsx'
import { ErrorState, FailureNote, SkeletonRows } from '../../../kit/states.tsx'
import { toast } from '../../../kit/toast.tsx'
import { PolicySection } from '../../../policy/policy-section.tsx'
import { GrantPlanDialog } from './grant-plan-dialog.tsx'
import { UserLimits } from './user-limits.tsx'
import type { UserRow } from './user-status.ts'
import styles from './users.module.css'
import { useWords } from './words.ts'

type ActivePlan = NonNullable<CallOutput<'users.plan'>['plan']>

export function UserPlan({ user }: { readonly user: UserRow }) {
  const t = useWords()
  const query = useAsk('users.plan', { userId: user.id })
  const [dialog, setDialog] = useState<'grant' | 'end'>()
  const close = () => setDialog(undefined)
  const plan = query.data?.plan
  return (
    <div className={styles['halves']}>
      <Section
        title={t('plan')}
        actions={
          <>
            {plan ? (
              <Button size="sm" onClick={() => setDialog('end')}>
                {t('endPlan')}
              </Button>
            ) : undefined}
            <Button size="sm" onClick={() => setDialog('grant')}>
              {t('grantPlan')}
            </Button>
          </>
        }
      >
        {query.isPending ? <SkeletonRows rows={3} /> : undefined}
        {query.isError ? (
          <ErrorState
            error={query.error}
            onRetry={() => void query.refetch()}
            isRetrying={query.isFetching}
          />
        ) : undefined}
        {query.data === undefined || query.isError ? undefined : (
          <PanelBody>{plan ? <PlanFacts plan={plan} /> : <p className="sec">{t('noPlan')}</p>}</PanelBody>
        )}
      </Section>
      <UserLimits user={user} />
      <PolicySection subject={{ scope: 'user', subjectId: user.id, name: user.email }} />
      {dialog === 'grant' ? <GrantPlanDialog user={user} active={plan ?? null} onClose={close} /> : undefined}
      {dialog === 'end' && plan ? <EndPlanDialog user={user} plan={plan} onClose={close} /> : undefined}
    </div>
  )
}

function PlanFacts({ plan }: { readonly plan: ActivePlan }) {
  const t = useWords()
  return (
    <>
      <Facts
        facts={[
          { name: t('planName'), value: <b className="b">{plan.name}</b> },
          { name: t('planOrigin'), value: t(`origin_${plan.origin}`) },
          { name: t('planEnds'), value: <Time atMs={plan.endsAt} isAbsolute /> },
          { name: t('planUsed'), value: <Money nanoUsd={plan.usedNanoUsd} /> },
          { name: t('planBalance'), value: t(plan.mayUseBalance ? 'yes' : 'no') },
        ]}
      />
      {plan.windows.map((window) => (
        <Quota key={`${window.window} ${window.metric}`} quota={window} />
      ))}
    </>
  )
}

function Quota({ quota }: { readonly quota: ActivePlan['windows'][number] }) {
  const t = useWords()
  const amount = (value: number) =>
    quota.metric === 'money' ? <Money nanoUsd={value} kind="balance" /> : <Count value={value} isShort />
  const share = Math.min(100, (100 * (quota.used + quota.held)) / quota.quota)
  return (
    <div className={styles['quota']}>
      <div className="row sb g8">
        <span>
          {t(`window_${quota.window}`)} · {t(`metric_${quota.metric}`)}
        </span>
        <span className="num">
          {amount(quota.used + quota.held)} / {amount(quota.quota)}
        </span>
      </div>
      <div className="track">
        <b style={{ width: `${share}%` }} />
      </div>
    </div>
  )
}

interface EndPlanDialogProps {
  readonly user: UserRow
  readonly plan: ActivePlan
  readonly onClose: () => void
}

function EndPlanDialog({ user, plan, onClose }: EndPlanDialogProps) {
  const t = useWords()
  const { mutate, isPending, error } = useChange('users.endPlan', ['users.plan', 'audit.list'])
  const onSuccess = () => {
    toast({ status: 'off', text: t('planEnded', { plan: plan.name, email: user.email }) })
    onClose()
  }
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t('endPlanTitle', { plan: plan.name })}
      confirmLabel={t('endPlan')}
      confirmName={user.email}
      onConfirm={() => mutate({ userId: user.id }, { onSuccess })}
      isWorking={isPending}
      error={<FailureNote error={error} />}
    >
      {t('endPlanText', { plan: plan.name, email: user.email })}
    </ConfirmDialog>
  )
}
