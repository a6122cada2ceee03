// The three steps beside their list. A step is left when what it asks for is there; the last one completes the set-up.
import { Check, LockKeyhole } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { CONSOLE_PATHS } from '../../../../contract/page-paths.ts'
import { CallError } from '../../../client/client.ts'
import { useClient } from '../../../client/hooks.ts'
import { LanguageSwitch } from '../../../frame/language-switch.tsx'
import { Mark } from '../../../kit/gate.tsx'
import { FailureNote, Note } from '../../../kit/states.tsx'
import { useAppearance } from '../../../state/appearance.ts'
import { AdministratorStep } from './administrator-step.tsx'
import { type Draft, forgetDraft, keepDraft, readDraft, toInput } from './draft.ts'
import styles from './set-up.module.css'
import { SystemStep } from './system-step.tsx'
import { UpstreamStep } from './upstream-step.tsx'
import { useWords } from './words.ts'

const STEPS = ['administrator', 'upstream', 'system'] as const
type StepName = (typeof STEPS)[number]

export function SetUpSteps({ status }: { readonly status: CallOutput<'setup.status'> }) {
  const t = useWords()
  const client = useClient()
  const { language } = useAppearance()
  const [{ draft, isResumed }, setDraft] = useState(readDraft)
  const [step, setStep] = useState<StepName>('administrator')
  const [failure, setFailure] = useState<unknown>()

  const keep = (changes: Partial<Draft>): Draft => {
    const next = { ...draft, ...changes }
    setDraft({ draft: next, isResumed: false })
    keepDraft(next)
    return next
  }
  const go = (to: StepName) => {
    setFailure(undefined)
    setStep(to)
  }
  const complete = async (changes: Partial<Draft>) => {
    const whole = keep(changes)
    try {
      await client.call('setup.complete', toInput(whole, language))
    } catch (error) {
      const wrongStep = stepOf(error)
      // About a field of this step, or of none: the step itself says it.
      if (wrongStep === undefined) throw error
      setFailure(error)
      return setStep(wrongStep)
    }
    forgetDraft()
    // Back leads to where the set-up was come from, and not to one that is done.
    window.location.replace(CONSOLE_PATHS.dashboard)
  }

  return (
    <div className={styles['frame']}>
      <aside className={styles['side']}>
        <Mark isLit={false} size={56} />
        <div>
          <h1>{t('title')}</h1>
          <p className="sec">{t('intro')}</p>
        </div>
        <StepList at={step} draft={draft} onGo={go} />
        <p className={styles['lock']}>
          <LockKeyhole size={14} aria-hidden="true" />
          <span>{t('keyPromise')}</span>
        </p>
      </aside>
      <header className={styles['corner']}>
        <LanguageSwitch />
      </header>
      <main className={styles['sheet']}>
        <StepHead at={step}>
          {isResumed ? <Note status="info">{t('resumed')}</Note> : undefined}
          <FailureNote error={failure} />
        </StepHead>
        {step === 'administrator' ? (
          <AdministratorStep
            draft={draft}
            isTokenNeeded={status.isTokenRequired}
            onNext={(changes) => {
              keep(changes)
              go('upstream')
            }}
          />
        ) : undefined}
        {step === 'upstream' ? (
          <UpstreamStep
            draft={draft}
            hasStoredKey={status.upstream.kind === 'openai' && status.upstream.isConfigured}
            onBack={(changes) => {
              keep(changes)
              go('administrator')
            }}
            onNext={(changes) => {
              keep(changes)
              go('system')
            }}
          />
        ) : undefined}
        {step === 'system' ? (
          <SystemStep
            draft={draft}
            network={status.network}
            onBack={(changes) => {
              keep(changes)
              go('upstream')
            }}
            onComplete={complete}
          />
        ) : undefined}
      </main>
    </div>
  )
}

/** Where a refusal of the whole is mended, if that is an earlier step. */
function stepOf(error: unknown): StepName | undefined {
  if (!(error instanceof CallError)) return undefined
  const { code, details } = error.failure
  if (code === 'setup_token_invalid') return 'administrator'
  const param = String(details?.['param'] ?? '')
  if (param.startsWith('admin')) return 'administrator'
  return param.startsWith('upstream') ? 'upstream' : undefined
}

function StepHead({ at, children }: { readonly at: StepName; readonly children: ReactNode }) {
  const t = useWords()
  const heading = useRef<HTMLHeadingElement>(null)
  const shown = useRef(at)
  // What was pressed has gone with its step. The first one is come to by a page, not by a press.
  useEffect(() => {
    if (shown.current !== at) heading.current?.focus()
    shown.current = at
  }, [at])
  return (
    <div className={styles['head']}>
      <p className="meta">{t('stepOf', { number: STEPS.indexOf(at) + 1, total: STEPS.length })}</p>
      <h2 ref={heading} tabIndex={-1}>
        {t(`title_${at}`)}
      </h2>
      {children}
    </div>
  )
}

interface StepListProps {
  readonly at: StepName
  readonly draft: Draft
  readonly onGo: (step: StepName) => void
}

/** A step that is done can be gone back to. */
function StepList({ at, draft, onGo }: StepListProps) {
  const t = useWords()
  const here = STEPS.indexOf(at)
  const about: Readonly<Record<StepName, string>> = {
    administrator: here > 0 ? draft.email : t('about_administrator'),
    upstream: here > 1 && draft.kind === 'demo' ? t('demoChosen') : t('about_upstream'),
    system: t('about_system'),
  }
  return (
    <ol className={styles['steps']} aria-label={t('steps')}>
      {STEPS.map((step, index) => {
        const text = (
          <>
            <span className={styles['dot']} aria-hidden="true">
              {index < here ? <Check size={14} strokeWidth={2.5} /> : index + 1}
            </span>
            <span className="col">
              <span className="b">{t(`step_${step}`)}</span>
              <span className="meta">{about[step]}</span>
            </span>
          </>
        )
        return (
          <li
            key={step}
            aria-current={step === at ? 'step' : undefined}
            className={index < here ? styles['done'] : undefined}
          >
            {index < here ? (
              <button type="button" onClick={() => onGo(step)}>
                {text}
              </button>
            ) : (
              <div>{text}</div>
            )}
          </li>
        )
      })}
    </ol>
  )
}
