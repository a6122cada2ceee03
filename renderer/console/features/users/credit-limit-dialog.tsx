// How far below zero a balance may go. Takes effect with the next request.
import { useChange } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { Dialog } from '../../../kit/dialog.tsx'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { useKitWords } from '../../../kit/kit-words.ts'
import { moneyString } from '../../../kit/money.ts'
import { MoneyInput } from '../../../kit/number-input.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { useDone } from '../../../kit/undo.ts'
import { AMOUNT_MAX } from './adjustment.ts'
import type { UserRow } from './user-status.ts'
import { useWords } from './words.ts'

interface CreditLimitDialogProps {
  readonly user: UserRow
  readonly onClose: () => void
}

interface Limit {
  readonly creditLimitNanoUsd: number | undefined
}

export function CreditLimitDialog({ user, onClose }: CreditLimitDialogProps) {
  const t = useWords()
  const kit = useKitWords()
  const tellDone = useDone()
  const { mutateAsync } = useChange('users.update', ['users.get', 'users.list', 'audit.list'])
  const initial: Limit = { creditLimitNanoUsd: user.creditLimitNanoUsd }
  const form = useForm({
    initial,
    check: ({ creditLimitNanoUsd: limit = -1 }) => ({
      creditLimitNanoUsd: limit >= 0 && limit <= AMOUNT_MAX ? undefined : t('creditLimitWrong'),
    }),
    send: async ({ creditLimitNanoUsd = 0 }) => {
      await mutateAsync({ userId: user.id, creditLimitNanoUsd })
      tellDone({
        text: t('creditLimitChanged', { email: user.email, amount: amount(creditLimitNanoUsd) }),
        undo: () => mutateAsync({ userId: user.id, creditLimitNanoUsd: user.creditLimitNanoUsd }),
      })
      onClose()
    },
  })
  const limit = form.values.creditLimitNanoUsd ?? 0
  const available = user.availableNanoUsd - user.creditLimitNanoUsd + limit
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('changeCreditLimit')}
      subtitle={user.email}
      onSubmit={form.submit}
      actions={
        <>
          <Button onClick={onClose}>{kit('cancel')}</Button>
          <Button type="submit" kind="primary" isWorking={form.isWorking}>
            {form.values.creditLimitNanoUsd === undefined
              ? t('changeCreditLimit')
              : t('creditLimitSubmit', { amount: amount(limit) })}
          </Button>
        </>
      }
    >
      <Field
        label={t('creditLimit')}
        constraint={t('usDollars')}
        error={form.errors.creditLimitNanoUsd}
        help={t('creditLimitHelp')}
      >
        <MoneyInput
          isLarge
          value={form.values.creditLimitNanoUsd}
          onChange={(value) => form.set('creditLimitNanoUsd', value)}
        />
      </Field>
      <p role="status">{t('creditLimitOutcome', { amount: moneyString(available, { kind: 'left' }) })}</p>
      <FailureNote error={form.failure} />
    </Dialog>
  )
}

const amount = (nanoUsd: number) => moneyString(nanoUsd, { kind: 'balance' })
