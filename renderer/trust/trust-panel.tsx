// What a device or a client needs to trust the gateway over HTTPS: the fingerprint to compare, the certificate, and the line to
// paste for each of them.
import { useState } from 'react'
import { SHELL_NAMES, SHELLS, type Shell, shellOf } from '../../contract/shells.ts'
import {
  CA_FILE,
  CA_PATHS,
  fetchAuthority,
  TRUST_NAMES,
  TRUST_STEPS,
  type TrustStep,
  trustLines,
} from '../../contract/trust-steps.ts'
import { Button } from '../kit/button.tsx'
import { RadioGroup } from '../kit/choices.tsx'
import { downloadText } from '../kit/download.ts'
import { CodeBlock, CopyLine } from '../kit/literals.tsx'
import { Section } from '../kit/page.tsx'
import { Tabs } from '../kit/tabs.tsx'
import styles from './trust.module.css'
import { useTrustWords } from './words.ts'

interface TrustPanelProps {
  /** Of the gateway as others reach it, with its port. */
  readonly host: string
  readonly fingerprint: string
  /** PEM. */
  readonly certificate: string
}

export function TrustPanel({ host, fingerprint, certificate }: TrustPanelProps) {
  const t = useTrustWords()
  const [shell, setShell] = useState<Shell>(() => shellOf(navigator.userAgent))
  const [step, setStep] = useState<TrustStep>('codex')
  const steps: readonly TrustStep[] = TRUST_STEPS[shell]
  // In clear: whoever has to read it does not trust the gateway yet.
  const page = `http://${host}${CA_PATHS.page}`
  return (
    <Section title={t('title')} meta={t('meta')}>
      <div className={styles.body}>
        <p className="sec">{t('text')}</p>
        <div className="field">
          <span className="lb">{t('fingerprint')}</span>
          <CopyLine text={fingerprint} what={t('fingerprint')} />
          <p className="help">{t('compare')}</p>
        </div>
        <div className="field">
          <span className="lb">{t('page')}</span>
          <CopyLine text={page} what={t('page')} />
        </div>
        <div>
          <RadioGroup
            label={t('shell')}
            look="segments"
            value={shell}
            onChange={(next) => {
              setShell(next)
              setStep('codex')
            }}
            options={SHELLS.map((value) => ({ value, label: SHELL_NAMES[value] }))}
          />
        </div>
        <CodeBlock text={fetchAuthority(shell, host)} where={t('fetch')} />
        <div>
          <Button onClick={() => downloadText(CA_FILE, certificate, 'application/x-x509-ca-cert')}>
            {t('download')}
          </Button>
        </div>
        <Tabs
          label={t('clients')}
          value={step}
          onChange={setStep}
          tabs={steps.map((value) => ({ value, label: TRUST_NAMES[value] }))}
        >
          <div className={styles.step}>
            <CodeBlock text={trustLines(step, shell, host)} where={t('use')} />
            <p className="help">{t(`help_${step}`)}</p>
          </div>
        </Tabs>
      </div>
    </Section>
  )
}
