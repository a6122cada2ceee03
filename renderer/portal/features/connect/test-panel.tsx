// Proves a set-up: sends a real request with a key of the person's own, and shows the answer as it comes, how long it took
// and what it cost; or what is wrong, in words.
import { Play, Square } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useChange } from '../../../client/hooks.ts'
import { useMe } from '../../../frame/session.ts'
import { KEY_PLACEHOLDER } from '../../../frame/set-ups.ts'
import { Button } from '../../../kit/button.tsx'
import { Field } from '../../../kit/field.tsx'
import { PanelBody, Section } from '../../../kit/page.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import styles from './connect.module.css'
import { TestOutcomeView } from './test-outcome.tsx'
import { sendTestRequest, type TestOutcome } from './test-request.ts'
import { useWords } from './words.ts'

const TEST_KEY_MS = 60 * 60_000

type Run =
  | { readonly kind: 'none' }
  | { readonly kind: 'running'; readonly text: string }
  | { readonly kind: 'done'; readonly text: string; readonly outcome: TestOutcome }

interface TestPanelProps {
  readonly model: string
  /** What stands in the field; empty while a key that was made for the test is used. */
  readonly pasted: string
  readonly onPaste: (text: string) => void
}

export function TestPanel({ model, pasted, onPaste }: TestPanelProps) {
  const t = useWords()
  const me = useMe()
  // Ends within the hour, so that it has no place in a set-up.
  const [testKey, setTestKey] = useState<string>()
  const secret = testKey ?? pasted
  const [isKeyMissing, setIsKeyMissing] = useState(false)
  const [run, setRun] = useState<Run>({ kind: 'none' })
  const stop = useRef<AbortController>(undefined)
  const creation = useChange('keys.create', ['keys.list', 'me.overview'])
  useEffect(() => () => stop.current?.abort(), [])
  const isBusy = run.kind === 'running' || creation.isPending

  const send = async (key: string) => {
    const controller = new AbortController()
    stop.current = controller
    let text = ''
    setRun({ kind: 'running', text })
    const outcome = await sendTestRequest({
      secret: key,
      model,
      prompt: t('testPrompt'),
      signal: controller.signal,
      now: () => performance.now(),
      onText(grown) {
        text = grown
        setRun({ kind: 'running', text })
      },
    })
    setRun({ kind: 'done', text, outcome })
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isBusy) return
    setIsKeyMissing(secret.trim() === '')
    if (secret.trim() !== '') void send(secret.trim())
  }
  const sendWithNewKey = () => {
    setIsKeyMissing(false)
    creation.mutate(
      { name: t('testKeyName'), userId: me.id, expiresAt: Date.now() + TEST_KEY_MS },
      {
        onSuccess(created) {
          setTestKey(created.secret)
          void send(created.secret)
        },
      },
    )
  }
  return (
    <Section title={t('testTitle')}>
      <PanelBody>
        <form className={styles.test} noValidate onSubmit={submit}>
          <p className="sec">{t('testText', { model })}</p>
          <Field
            label={t('testKey')}
            help={t('testKeyHelp')}
            error={isKeyMissing ? t('testKeyMissing') : undefined}
          >
            <TextInput
              isLiteral
              type="password"
              autoComplete="off"
              maxLength={200}
              placeholder={KEY_PLACEHOLDER}
              value={secret}
              onChange={(text) => {
                setTestKey(undefined)
                onPaste(text.trim())
              }}
            />
          </Field>
          <div className="row g8 wrap">
            {run.kind === 'running' ? (
              <Button onClick={() => stop.current?.abort()}>
                <Square size={14} aria-hidden="true" />
                {t('testStop')}
              </Button>
            ) : (
              <Button type="submit" kind="primary">
                <Play size={14} aria-hidden="true" />
                {t('testSend')}
              </Button>
            )}
            <Button onClick={sendWithNewKey} isWorking={creation.isPending} disabled={run.kind === 'running'}>
              {t('testNewKey')}
            </Button>
          </div>
          <FailureNote error={creation.error} />
          {run.kind === 'none' ? undefined : (
            <>
              {run.kind === 'done' ? <TestOutcomeView outcome={run.outcome} /> : undefined}
              <output
                className={styles.answer}
                aria-label={t('testAnswer')}
                aria-busy={run.kind === 'running'}
              >
                {run.text === '' && run.kind === 'running' ? (
                  <span className="quiet">{t('testWaiting')}</span>
                ) : (
                  run.text
                )}
              </output>
            </>
          )}
        </form>
      </PanelBody>
    </Section>
  )
}
