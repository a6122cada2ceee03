// Redeems a code. What it brings is said afterwards; whatever stands against it is said in words, and the code stays typed.
import { useState } from 'react'
import { CallError, type CallFailure } from '../../../client/client.ts'
import { useChange } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { Dialog } from '../../../kit/dialog.tsx'
import { Field } from '../../../kit/field.tsx'
import { useKitWords } from '../../../kit/kit-words.ts'
import { moneyString } from '../../../kit/money.ts'
import { FailureNote, Note } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { dateText } from '../../../kit/times.ts'
import { toast } from '../../../kit/toast.tsx'
import { useAppearance } from '../../../state/appearance.ts'
import { useWords } from './words.ts'

export function RedeemDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords()
  const kit = useKitWords()
  const { language } = useAppearance()
  const [code, setCode] = useState('')
  const [wasSent, setWasSent] = useState(false)
  const change = useChange('codes.redeem', ['me.overview', 'codes.history'])
  const { mutate, isPending, error, reset, failureCount } = change
  const failure = error instanceof CallError ? error.failure : undefined
  const isAnotherPlan = failure?.code === 'plan_active'

  const redeem = () => {
    setWasSent(true)
    if (code.trim() === '' || isPending) return
    mutate(
      { code, replacesActive: isAnotherPlan },
      {
        onSuccess({ kind, amountNanoUsd, balanceNanoUsd, plan }) {
          const text =
            kind === 'plan' && plan !== null
              ? t('redeemedPlan', { plan: plan.name, date: dateText(plan.endsAt, Date.now(), language) })
              : t('redeemedBalance', {
                  amount: moneyString(amountNanoUsd ?? 0, { kind: 'balance' }),
                  balance: moneyString(balanceNanoUsd, { kind: 'left' }),
                })
          toast({ text })
          onClose()
        },
      },
    )
  }
  const isMissing = wasSent && code.trim() === ''
  const notValid = failure?.code === 'code_not_valid' ? t('codeNotValid') : undefined
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('redeem')}
      onSubmit={redeem}
      actions={
        <>
          <Button onClick={onClose}>{kit('cancel')}</Button>
          <Button type="submit" kind="primary" isWorking={isPending}>
            {isAnotherPlan ? t('redeemReplace') : t('redeem')}
          </Button>
        </>
      }
    >
      <Field
        label={t('code')}
        help={t('codeHelp')}
        error={isMissing ? t('codeMissing') : notValid}
        isRequired
      >
        <TextInput
          isLiteral
          value={code}
          maxLength={200}
          onChange={(text) => {
            setCode(text)
            // What was said was about another code.
            reset()
          }}
        />
      </Field>
      <Refused key={failureCount} failure={failure} error={error} />
      <p className="help">{t('redeemOutcome')}</p>
    </Dialog>
  )
}

function Refused({ failure, error }: { readonly failure: CallFailure | undefined; readonly error: unknown }) {
  const t = useWords()
  const { language } = useAppearance()
  const [failedAt] = useState(Date.now)
  if (failure?.code === 'code_not_valid') return null
  if (failure?.code === 'plan_active') {
    return <Note status="warn">{t('replacesByCode', { active: String(failure.details?.['plan']) })}</Note>
  }
  const retryAfterSeconds = failure?.details?.['retryAfterSeconds']
  if (failure?.code === 'too_many_attempts' && typeof retryAfterSeconds === 'number') {
    const time = new Date(failedAt + retryAfterSeconds * 1000).toLocaleTimeString(language, {
      hourCycle: 'h23',
    })
    return <Note status="warn">{t('throttled', { time })}</Note>
  }
  return <FailureNote error={error} />
}
