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
import { FailureNote } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { toast } from '../../../kit/toast.tsx'
import type { UserRow } from './user-status.ts'
import { useWords } from './words.ts'

const DOLLAR = 1_000_000_000
const AMOUNT_MAX = 1_000_000 * DOLLAR
const PRESETS = [10, 20, 50, 100] as const

interface AdjustBalanceDialogProps {
  readonly user: UserRow
  readonly onClose: () => void
}

interface Adjustment {
  readonly direction: 'add' | 'take'
  readonly amountNanoUsd: number | undefined
  readonly note: string
}

export function AdjustBalanceDialog({ user, onClose }: AdjustBalanceDialogProps) {
  const t = useWords()
  const kit = useKitWords()
  const { email } = user
  const { mutateAsync } = useChange('users.adjustBalance', ['users.list', 'users.get'])
  const initial: Adjustment = { direction: 'add', amountNanoUsd: undefined, note: '' }
  const form = useForm({
    initial,
    check: ({ amountNanoUsd = 0 }) => {
      const isTooLarge = amountNanoUsd > AMOUNT_MAX
      const problem = isTooLarge ? t('adjustAmountTooLarge') : t('adjustAmountMissing')
      return { amountNanoUsd: amountNanoUsd > 0 && !isTooLarge ? undefined : problem }
    },
    send: async (values) => {
      const changed = await mutateAsync({ userId: user.id, amountNanoUsd: signed(values), note: values.note })
      const amount = moneyString(changed.balanceNanoUsd, { kind: 'balance' })
      toast({ text: t('adjusted', { email, amount }) })
      onClose()
    },
  })
  const { direction, amountNanoUsd = 0, note } = form.values
  const amount = moneyString(amountNanoUsd, { kind: 'balance' })
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
            {t(direction === 'add' ? 'adjustSubmitAdd' : 'adjustSubmitTake', { amount })}
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
            {PRESETS.map((dollars) => (
              <Button key={dollars} size="sm" onClick={() => form.set('amountNanoUsd', dollars * DOLLAR)}>
                ${dollars}
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
      <Field label={t('adjustNote')} constraint={t('adjustNoteConstraint', { email })}>
        <TextInput value={note} maxLength={500} onChange={(text) => form.set('note', text)} />
      </Field>
      <Outcome user={user} values={form.values} />
      <FailureNote error={form.failure} />
      <p className="help">{t('adjustOutcome')}</p>
    </Dialog>
  )
}

const signed = ({ direction, amountNanoUsd = 0 }: Adjustment): number =>
  direction === 'add' ? amountNanoUsd : -amountNanoUsd

/** `$3.18 + $50.00 = $53.18`, before the button that makes it so. */
function Outcome({ user, values }: { readonly user: UserRow; readonly values: Adjustment }) {
  const t = useWords()
  const change = signed(values)
  const after = user.balanceNanoUsd + change
  return (
    <div className="well outcome">
      <div className="grow">
        <div className="meta">{t('adjustBefore')}</div>
        <Money nanoUsd={user.balanceNanoUsd} kind="balance" />
      </div>
      <span className="quiet">{change < 0 ? '\u2212' : '+'}</span>
      <div className="grow">
        <div className="meta">{t(change < 0 ? 'adjustTake' : 'adjustAdd')}</div>
        <Money nanoUsd={Math.abs(change)} kind="balance" />
      </div>
      <span className="quiet">=</span>
      <div className="grow" role="status">
        <div className="meta">{t('adjustAfter')}</div>
        <span className={after < 0 ? 'b t-bad' : 'b t-ok'}>{moneyString(after, { kind: 'balance' })}</span>
      </div>
    </div>
  )
}
