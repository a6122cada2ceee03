// Gives a plan without a price. The same plan is extended; another one ends the active plan, and that is said.
import { useState } from 'react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { useAsk, useChange } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { Dialog } from '../../../kit/dialog.tsx'
import { Field } from '../../../kit/field.tsx'
import { useKitWords } from '../../../kit/kit-words.ts'
import { NumberInput } from '../../../kit/number-input.tsx'
import { Select } from '../../../kit/select.tsx'
import { ErrorState, FailureNote, SkeletonRows } from '../../../kit/states.tsx'
import { useDone } from '../../../kit/undo.ts'
import type { UserRow } from './user-status.ts'
import { useWords } from './words.ts'

interface GrantPlanDialogProps {
  readonly user: UserRow
  readonly active: CallOutput<'users.plan'>['plan']
  readonly onClose: () => void
}

const DAYS_MAX = 3_660

export function GrantPlanDialog({ user, active, onClose }: GrantPlanDialogProps) {
  const t = useWords()
  const kit = useKitWords()
  const tellDone = useDone()
  const end = useChange('users.endPlan', ['users.plan', 'audit.list'])
  const plans = useAsk('plans.list', {})
  const { mutate, isPending, error } = useChange('users.grantPlan', ['users.plan', 'audit.list'])
  const [chosen, setChosen] = useState<string>()
  const [days, setDays] = useState<number>()
  const rows = plans.data?.rows ?? []
  const plan = rows.find(({ id }) => id === chosen) ?? rows[0]
  const lasts = days ?? plan?.days ?? 0
  const isSound = lasts >= 1 && lasts <= DAYS_MAX
  const onSuccess = () => {
    tellDone({
      text: t('planGranted', { plan: plan?.name ?? '', email: user.email }),
      // What it extended or ended does not come back by ending it.
      undo: active === null ? () => end.mutateAsync({ userId: user.id }) : undefined,
    })
    onClose()
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('grantPlan')}
      subtitle={user.email}
      onSubmit={() =>
        plan && isSound && mutate({ userId: user.id, planId: plan.id, days: lasts }, { onSuccess })
      }
      actions={
        <>
          <Button onClick={onClose}>{kit('cancel')}</Button>
          <Button
            type="submit"
            kind="primary"
            disabled={plan === undefined || !isSound}
            isWorking={isPending}
          >
            {t('grantPlanSubmit', { count: lasts })}
          </Button>
        </>
      }
    >
      {plans.isPending ? <SkeletonRows rows={2} /> : undefined}
      {plans.isError ? <ErrorState error={plans.error} onRetry={() => void plans.refetch()} /> : undefined}
      {plans.data !== undefined && plan === undefined ? <p>{t('noPlans')}</p> : undefined}
      {plan === undefined ? undefined : (
        <>
          <Field label={t('plan')}>
            <Select
              value={plan.id}
              options={rows.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={(id) => {
                setChosen(id)
                setDays(undefined)
              }}
            />
          </Field>
          <Field
            label={t('planDays')}
            constraint={t('days', { count: plan.days })}
            error={isSound ? undefined : t('planDaysWrong')}
          >
            <NumberInput key={plan.id} value={lasts} onChange={(value) => setDays(value ?? 0)} />
          </Field>
          <p className="help">{t(outcome(active, plan.id), { plan: active?.name ?? plan.name })}</p>
        </>
      )}
      <FailureNote error={error} />
    </Dialog>
  )
}

function outcome(active: GrantPlanDialogProps['active'], planId: string) {
  if (active === null) return 'grantBegins' as const
  return active.planId === planId ? ('grantExtends' as const) : ('grantReplaces' as const)
}
