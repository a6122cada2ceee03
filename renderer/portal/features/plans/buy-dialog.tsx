// Buys a plan, or extends it: what it costs, what is left of the balance then, and until when, before anybody confirms it.
import type { ReactNode } from 'react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import type { PlanView } from '../../../../contract/plans.ts'
import { useChange } from '../../../client/hooks.ts'
import { Money } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { Dialog } from '../../../kit/dialog.tsx'
import { useKitWords } from '../../../kit/kit-words.ts'
import { FailureNote, Note } from '../../../kit/states.tsx'
import { dateText } from '../../../kit/times.ts'
import { toast } from '../../../kit/toast.tsx'
import { useAppearance } from '../../../state/appearance.ts'
import { Sentence } from '../../../words/sentence.tsx'
import { purchaseOf } from './purchase.ts'
import { useWords } from './words.ts'

interface BuyDialogProps {
  readonly plan: PlanView
  readonly account: CallOutput<'me.overview'>
  /** It may be another plan by now than the one that is shown. */
  readonly onRefused: () => void
  readonly onClose: () => void
}

export function BuyDialog({ plan, account, onRefused, onClose }: BuyDialogProps) {
  const t = useWords()
  const kit = useKitWords()
  const { language } = useAppearance()
  const { mutate, isPending, error } = useChange('plans.buy', ['me.overview', 'plans.list'])
  const nowMs = Date.now()
  const purchase = purchaseOf(plan, account, nowMs)
  const { kind, shortByNanoUsd, newBalanceNanoUsd, endsAt } = purchase
  const date = dateText(endsAt, nowMs, language)
  const { name } = plan
  const label = {
    new: t('buyNamed', { plan: name }),
    extends: t('extendNamed', { plan: name }),
    replaces: t('replaceAndBuy', { plan: name }),
  }[kind]
  const buy = () =>
    mutate(
      { planId: plan.id, replacesActive: kind === 'replaces', priceNanoUsd: plan.priceNanoUsd },
      {
        onSuccess() {
          toast({ text: t(kind === 'extends' ? 'extended' : 'bought', { plan: name }) })
          onClose()
        },
        onError: onRefused,
      },
    )
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t(kind === 'extends' ? 'extendNamed' : 'buyNamed', { plan: name })}
      onSubmit={() => shortByNanoUsd === 0 && !isPending && buy()}
      actions={
        <>
          <Button onClick={onClose}>{kit('cancel')}</Button>
          <Button type="submit" kind="primary" disabled={shortByNanoUsd > 0} isWorking={isPending}>
            {label}
          </Button>
        </>
      }
    >
      <div>
        <MoneyLine name={t('balance')} nanoUsd={account.balanceNanoUsd} />
        <MoneyLine name={t('price')} nanoUsd={-plan.priceNanoUsd} />
        <MoneyLine name={<b className="b">{t('newBalance')}</b>} nanoUsd={newBalanceNanoUsd} />
      </div>
      {shortByNanoUsd > 0 ? (
        <Note status="warn">
          <Sentence
            text={t('notAffordable')}
            parts={{
              amount: <Money nanoUsd={shortByNanoUsd} kind="balance" />,
              available: <Money nanoUsd={account.availableNanoUsd} kind="left" />,
            }}
          />
        </Note>
      ) : undefined}
      {kind === 'replaces' ? (
        <Note status="warn">{t('replaces', { active: account.plan?.name ?? '' })}</Note>
      ) : undefined}
      {shortByNanoUsd > 0 ? undefined : (
        <p className="help">{t(kind === 'extends' ? 'extendOutcome' : 'buyOutcome', { plan: name, date })}</p>
      )}
      <FailureNote error={error} />
    </Dialog>
  )
}

const MoneyLine = ({ name, nanoUsd }: { readonly name: ReactNode; readonly nanoUsd: number }) => (
  <div className="ln">
    <span className="k">{name}</span>
    <span className="dots" />
    <Money nanoUsd={nanoUsd} kind="left" />
  </div>
)
