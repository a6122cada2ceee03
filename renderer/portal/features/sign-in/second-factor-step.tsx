// After the password: a code of the authenticator app, or a recovery code for the day the app is gone.
import { useEffect, useRef, useState } from 'react'
import { useSignIn } from '../../../frame/session.ts'
import { Button } from '../../../kit/button.tsx'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { FailureNote } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { toast } from '../../../kit/toast.tsx'
import { OpenCard } from '../../shell/open-card.tsx'
import { useWords } from './words.ts'

/** From so many recovery codes on, it is time for new ones. */
const FEW_CODES = 3

interface SecondFactorStepProps {
  readonly challenge: string
  readonly onBack: () => void
}

export function SecondFactorStep({ challenge, onBack }: SecondFactorStepProps) {
  const t = useWords()
  const { verifySecondFactor } = useSignIn()
  const [isRecovery, setIsRecovery] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const form = useForm({
    initial: { code: '' },
    check: ({ code }) => ({ code: code.trim() === '' ? t('codeMissing') : undefined }),
    send: async ({ code }) => {
      const { recoveryCodesLeft: count } = await verifySecondFactor({ challenge, code })
      if (count !== null)
        toast({ status: count <= FEW_CODES ? 'warn' : 'info', text: t('codesLeft', { count }) })
    },
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: another kind of code is typed from the start
  useEffect(() => input.current?.focus(), [isRecovery])
  const switchKind = () => {
    form.reset()
    setIsRecovery(!isRecovery)
  }
  return (
    <OpenCard
      title={t('codeTitle')}
      subtitle={t(isRecovery ? 'recoveryText' : 'codeText')}
      onSubmit={form.submit}
    >
      <Field label={t(isRecovery ? 'recoveryCode' : 'code')} error={form.errors.code}>
        <TextInput
          ref={input}
          name="code"
          autoComplete={isRecovery ? 'off' : 'one-time-code'}
          inputMode={isRecovery ? 'text' : 'numeric'}
          maxLength={40}
          isLarge
          isLiteral
          value={form.values.code}
          onChange={(code) => form.set('code', code)}
        />
      </Field>
      <FailureNote error={form.failure} />
      <Button type="submit" kind="primary" size="lg" isBlock isWorking={form.isWorking}>
        {t('codeSubmit')}
      </Button>
      <div className="ways">
        <button type="button" className="link" onClick={switchKind}>
          {t(isRecovery ? 'useApp' : 'useRecovery')}
        </button>
        <button type="button" className="link" onClick={onBack}>
          {t('back')}
        </button>
      </div>
    </OpenCard>
  )
}
