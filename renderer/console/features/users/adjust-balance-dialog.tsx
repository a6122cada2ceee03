// A change of a balance by hand: the amount, what it leads to, and why, before anything is written.
import { Minus, Plus } from 'lucide-react'
import { useChange } from '../../../client/hooks.ts'
import { Money } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { RadioGroup } from '../../../kit/choices.tsx'
import { Dialog } from '../../../kit/dialog.tsx'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { useKitWords } from '../../../kit/kit-words.ts'
import { moneyString } from '../../../kit/money.ts'
import { MoneyInput } from '../../../kit/number-input.tsx'
import { Select } from '../../../kit/select.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { toast } from '../../../kit/toast.tsx'
import { type Adjustment, AMOUNT_MAX, KINDS, PRESETS_NANO_USD, signedAmount, toChange } from './adjustment.ts'
import type { UserRow } from './user-status.ts'
import { useWords } from './words.ts'

interface AdjustBalanceDialogProps {
  readonly user: UserRow
  readonly onClose: () => void
}

export function AdjustBalanceDialog({ user, onClose }: AdjustBalanceDialogProps) {
  const t = useWords()
  const kit = useKitWords()
  const { email } = user
  const { mutateAsync } = useChange('users.adjustBalance', [
    'users.list',
    'users.get',
    'users.ledger',
    'audit.list',
  ])
  const initial: Adjustment = {
    direction: 'add',
    kind: 'top_up',
    amountNanoUsd: undefined,
    note: '',
  }
  const form = useForm({
    initial,
    check: ({ amountNanoUsd = 0 }) => {
      const isTooLarge = amountNanoUsd > AMOUNT_MAX
      const problem = isTooLarge ? t('adjustAmountTooLarge') : t('adjustAmountMissing')
      return { amountNanoUsd: amountNanoUsd > 0 && !isTooLarge ? undefined : problem }
    },
    send: async (values) => {
      const changed = await mutateAsync(toChange(user.id, values))
      const amount = moneyString(changed.balanceNanoUsd, { kind: 'left' })
      toast({ text: t('adjusted', { email, amount }) })
      onClose()
    },
  })
  const { direction, kind, amountNanoUsd = 0, note } = form.values
  const what = direction === 'take' ? 'take' : kind
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('adjust')}
      subtitle={email}
      onSubmit={form.submit}
      actions={
        <>
          <Button onClick={onClose}>{kit('cancel')}</Button>
          <Button type="submit" kind="primary" isWorking={form.isWorking}>
            {amountNanoUsd > 0
              ? t(`adjustSubmit_${what}`, { amount: moneyString(amountNanoUsd, { kind: 'balance' }) })
              : t(`adjustSubmitEmpty_${what}`)}
          </Button>
        </>
      }
    >
      <div className="col g6">
        <span className="m">{t('adjustDirection')}</span>
        <RadioGroup
          label={t('adjustDirection')}
          look="wide-segments"
          value={direction}
          options={[
            { value: 'add', label: t('adjustAdd'), icon: <Plus size={14} aria-hidden="true" /> },
            { value: 'take', label: t('adjustTake'), icon: <Minus size={14} aria-hidden="true" /> },
          ]}
          onChange={(value) => form.set('direction', value)}
        />
      </div>
      <Field
        label={t('adjustAmount')}
        constraint={t('adjustAmountConstraint')}
        error={form.errors.amountNanoUsd}
        help={
          <span className="row g6">
            {PRESETS_NANO_USD.map((preset) => (
              <Button key={preset} size="sm" onClick={() => form.set('amountNanoUsd', preset)}>
                {moneyString(preset, { kind: 'balance' }).replace('.00', '')}
              </Button>
            ))}
          </span>
        }
      >
        <MoneyInput
          isLarge
          value={form.values.amountNanoUsd}
          onChange={(value) => form.set('amountNanoUsd', value)}
        />
      </Field>
      {direction === 'add' ? (
        <Field label={t('kind')} help={t(`kindHelp_${kind}`)}>
          <Select
            value={kind}
            options={KINDS.map((value) => ({ value, label: t(`kind_${value}`) }))}
            onChange={(next) => form.set('kind', next)}
          />
        </Field>
      ) : undefined}
      <Field label={t('adjustNote')} constraint={t('adjustNoteConstraint', { email })}>
        <TextInput value={note} maxLength={500} onChange={(text) => form.set('note', text)} />
      </Field>
      <Outcome user={user} values={form.values} />
      <FailureNote error={form.failure} />
      <p className="help">{t('adjustOutcome')}</p>
    </Dialog>
  )
}

/** `$3.18 + $50.00 = $53.18`, before the button that makes it so. */
function Outcome({ user, values }: { readonly user: UserRow; readonly values: Adjustment }) {
  const t = useWords()
  const change = signedAmount(values)
  const after = user.balanceNanoUsd + change
  return (
    <div className="well outcome">
      <div className="grow">
        <div className="meta">{t('adjustBefore')}</div>
        <Money nanoUsd={user.balanceNanoUsd} kind="left" />
      </div>
      <span className="quiet">{change < 0 ? '\u2212' : '+'}</span>
      <div className="grow">
        <div className="meta">{t(change < 0 ? 'adjustTake' : 'adjustAdd')}</div>
        <Money nanoUsd={Math.abs(change)} kind="balance" />
      </div>
      <span className="quiet">=</span>
      <div className="grow" role="status">
        <div className="meta">{t('adjustAfter')}</div>
        <span className={after < 0 ? 'b t-bad' : 'b t-ok'}>{moneyString(after, { kind: 'left' })}</span>
      </div>
    </div>
  )
}
