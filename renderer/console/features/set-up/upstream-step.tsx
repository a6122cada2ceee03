// Step 2: where requests go. The key is tried before the next step; the demo upstream needs none.
import { ArrowLeft, ArrowRight, FlaskConical, RotateCw } from 'lucide-react'
import { useState } from 'react'
import { CallError } from '../../../client/client.ts'
import { paramOf } from '../../../client/failures.ts'
import { useChange } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { Field } from '../../../kit/field.tsx'
import { FailureNote, Note } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { useFailureWords } from '../../../words/failure-words.ts'
import { ConnectionResult } from './connection-result.tsx'
import { type Draft, tokenOf, upstreamOf } from './draft.ts'
import styles from './set-up.module.css'
import { StepForm } from './step-form.tsx'
import { useWords } from './words.ts'

interface UpstreamStepProps {
  readonly draft: Draft
  /** The environment gave a key already. */
  readonly hasStoredKey: boolean
  readonly onBack: (changes: Partial<Draft>) => void
  readonly onNext: (changes: Partial<Draft>) => void
}

export function UpstreamStep({ draft, hasStoredKey, onBack, onNext }: UpstreamStepProps) {
  const t = useWords()
  const [{ apiKey, baseUrl }, setValues] = useState({ apiKey: draft.apiKey, baseUrl: draft.baseUrl })
  const [wasTried, setWasTried] = useState(false)
  const test = useChange('upstreams.test')
  // What was tested is no longer what stands there once it is typed anew.
  const isOfThese =
    test.variables?.baseUrl === baseUrl.trim() && (test.variables.apiKey ?? '') === apiKey.trim()
  const result = isOfThese ? test.data : undefined
  const failure = isOfThese ? test.error : undefined
  const addressProblem = useAddressProblem(failure)
  const isKeyMissing = !hasStoredKey && apiKey.trim() === ''
  const values: Partial<Draft> = { apiKey, baseUrl, kind: 'openai' }

  const run = (tested = baseUrl) => {
    setWasTried(true)
    if (isKeyMissing || test.isPending) return
    test.mutate({ kind: 'openai', ...upstreamOf({ apiKey, baseUrl: tested }), ...tokenOf(draft.token) })
  }
  const isWorking = result?.isWorking === true
  return (
    <StepForm
      onSubmit={() => (isWorking ? onNext(values) : run())}
      back={
        <Button kind="ghost" size="lg" onClick={() => onBack(values)}>
          <ArrowLeft size={15} aria-hidden="true" />
          {t('back')}
        </Button>
      }
      actions={
        <>
          <span className="sec">{t('noKey')}</span>
          <Button size="lg" onClick={() => onNext({ ...values, kind: 'demo' })}>
            <FlaskConical size={15} aria-hidden="true" />
            {t('useDemo')}
          </Button>
          <Button size="lg" kind="primary" type={isWorking ? 'submit' : 'button'} disabled={!isWorking}>
            {t('next')}
            <ArrowRight size={15} aria-hidden="true" />
          </Button>
        </>
      }
    >
      {hasStoredKey ? <Note status="info">{t('keyFromEnvironment')}</Note> : undefined}
      <Field
        label={t('apiKey')}
        {...(apiKey === '' ? {} : { constraint: t('keyLength', { count: apiKey.trim().length }) })}
        help={t('apiKeyHelp')}
        error={keyProblem(t, wasTried && isKeyMissing, result?.problem?.code)}
        isRequired={!hasStoredKey}
      >
        <TextInput
          type="password"
          isLiteral
          isLarge
          autoComplete="off"
          maxLength={500}
          value={apiKey}
          onChange={(typed) => setValues({ apiKey: typed, baseUrl })}
        />
      </Field>
      <div className={styles['urlrow']}>
        <Field label={t('baseUrl')} constraint={t('baseUrlConstraint')} error={addressProblem}>
          <TextInput
            isLiteral
            isLarge
            maxLength={500}
            spellCheck={false}
            value={baseUrl}
            onChange={(typed) => setValues({ apiKey, baseUrl: typed })}
          />
        </Field>
        <Button
          // Enter tests first, and goes on once the test has passed.
          {...(isWorking ? { onClick: () => run() } : { type: 'submit' as const })}
          size="lg"
          kind={isWorking ? 'secondary' : 'primary'}
          isWorking={test.isPending}
        >
          <RotateCw size={15} aria-hidden="true" />
          {t(result === undefined ? 'test' : 'testAgain')}
        </Button>
      </div>
      <FailureNote error={addressProblem === undefined ? failure : undefined} />
      {result === undefined ? undefined : (
        <ConnectionResult
          result={result}
          baseUrl={baseUrl.trim()}
          onUse={(suggested) => {
            setValues({ apiKey, baseUrl: suggested })
            run(suggested)
          }}
          onGoOn={() => onNext(values)}
        />
      )}
    </StepForm>
  )
}

/** What the gateway says about the address that was typed, for its field. */
function useAddressProblem(failure: unknown): string | undefined {
  const words = useFailureWords()
  if (!(failure instanceof CallError) || paramOf(failure.failure) !== 'baseUrl') return undefined
  return words(failure.failure, { isAtField: true })
}

function keyProblem(
  t: ReturnType<typeof useWords>,
  isMissing: boolean,
  code: string | undefined,
): string | undefined {
  if (isMissing) return t('apiKeyMissing')
  return code === 'key_rejected' || code === 'key_missing' ? t('apiKeyRefused') : undefined
}
