// Gives back what a request cost, whole or in part, once; the outcome stands above the button.
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { useAsk, useChange } from '../../../client/hooks.ts'
import { Money } from '../../../kit/amounts.tsx'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { FormDialog } from '../../../kit/form-dialog.tsx'
import { moneyString } from '../../../kit/money.ts'
import { MoneyInput } from '../../../kit/number-input.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { toast } from '../../../kit/toast.tsx'
import { useWords } from './words.ts'

interface RefundDialogProps {
  readonly receipt: Pick<CallOutput<'usage.receipt'>, 'requestId' | 'userId' | 'model' | 'refundableNanoUsd'>
  readonly email: string
  readonly onClose: () => void
}

export function RefundDialog({ receipt, email, onClose }: RefundDialogProps) {
  const t = useWords()
  const { requestId, userId, model, refundableNanoUsd } = receipt
  const owner = useAsk('users.get', { userId })
  const { mutateAsync } = useChange('usage.refund', [
    'usage.receipt',
    'users.get',
    'users.ledger',
    'dashboard.get',
  ])
  const form = useForm<{ amountNanoUsd: number | undefined; note: string }>({
    initial: { amountNanoUsd: refundableNanoUsd, note: t('refundNote') },
    check: ({ amountNanoUsd, note }) => ({
      amountNanoUsd:
        amountNanoUsd === undefined || amountNanoUsd < 1 || amountNanoUsd > refundableNanoUsd
          ? t('amountWrong', { amount: moneyString(refundableNanoUsd, { kind: 'price' }) })
          : undefined,
      note: note.trim() === '' ? t('noteMissing') : undefined,
    }),
    send: async ({ amountNanoUsd = refundableNanoUsd, note }) => {
      const { refundedNanoUsd } = await mutateAsync({ requestId, amountNanoUsd, note })
      toast({ text: t('refundedToast', { amount: moneyString(refundedNanoUsd), email }) })
      onClose()
    },
  })
  const amount = form.values.amountNanoUsd
  const balance = owner.data?.balanceNanoUsd
  return (
    <FormDialog
      onClose={onClose}
      title={t('refund')}
      subtitle={
        <>
          {email} · <code className="mono">{model}</code>
        </>
      }
      form={form}
      submitLabel={amount === undefined ? t('refund') : t('refundAmount', { amount: moneyString(amount) })}
    >
      <Field
        label={t('amount')}
        constraint={t('atMost', { amount: moneyString(refundableNanoUsd, { kind: 'price' }) })}
        error={form.errors.amountNanoUsd}
        isRequired
      >
        <MoneyInput value={amount} onChange={(value) => form.set('amountNanoUsd', value)} />
      </Field>
      <Field label={t('note')} help={t('noteHelp')} error={form.errors.note} isRequired>
        <TextInput value={form.values.note} maxLength={500} onChange={(note) => form.set('note', note)} />
      </Field>
      {balance === undefined || amount === undefined ? undefined : (
        <div className="well outcome">
          <span className="grow sec">{t('balanceAfter')}</span>
          <span className="num">
            <Money nanoUsd={balance} kind="left" /> + <Money nanoUsd={amount} kind="total" /> ={' '}
            <b className="b">
              <Money nanoUsd={balance + amount} kind="left" />
            </b>
          </span>
        </div>
      )}
      <p className="sec">{t('refundText')}</p>
      <FailureNote error={form.failure} />
    </FormDialog>
  )
}
