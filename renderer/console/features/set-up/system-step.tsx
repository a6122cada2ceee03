// Step 3: what everybody is told, what a new user is given, who gets in, and from where the gateway can be reached.
import { ArrowLeft } from 'lucide-react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { LanguageSwitch } from '../../../frame/language-switch.tsx'
import { Button } from '../../../kit/button.tsx'
import { RadioGroup } from '../../../kit/choices.tsx'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { CodeBlock, Mono } from '../../../kit/literals.tsx'
import { MoneyInput } from '../../../kit/number-input.tsx'
import { Facts } from '../../../kit/page.tsx'
import { StatusShape } from '../../../kit/shape.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { TextArea } from '../../../kit/text-input.tsx'
import { type Draft, REGISTRATIONS } from './draft.ts'
import styles from './set-up.module.css'
import { StepForm } from './step-form.tsx'
import { useWords } from './words.ts'

const BALANCE_MAX = 1_000_000_000_000_000

interface SystemStepProps {
  readonly draft: Draft
  readonly network: Network | null
  readonly onBack: (changes: Partial<Draft>) => void
  readonly onComplete: (changes: Partial<Draft>) => Promise<void>
}

type Network = NonNullable<CallOutput<'setup.status'>['network']>

export function SystemStep({ draft, network, onBack, onComplete }: SystemStepProps) {
  const t = useWords()
  const { announcement, defaultBalanceNanoUsd, registration } = draft
  const form = useForm({
    initial: { announcement, defaultBalanceNanoUsd, registration },
    fieldOf: {
      'settings.announcement': 'announcement',
      'settings.defaultBalanceNanoUsd': 'defaultBalanceNanoUsd',
      'settings.registration': 'registration',
    },
    check: (values) => {
      const amount = values.defaultBalanceNanoUsd ?? -1
      return {
        defaultBalanceNanoUsd: amount < 0 || amount > BALANCE_MAX ? t('defaultBalanceWrong') : undefined,
      }
    },
    send: onComplete,
  })
  const { values, errors, set } = form
  return (
    <StepForm
      onSubmit={form.submit}
      back={
        <Button kind="ghost" size="lg" onClick={() => onBack(values)}>
          <ArrowLeft size={15} aria-hidden="true" />
          {t('back')}
        </Button>
      }
      actions={
        <Button type="submit" kind="primary" size="lg" isWorking={form.isWorking}>
          {t('submit')}
        </Button>
      }
    >
      <Field
        label={t('announcement')}
        constraint={t('announcementConstraint')}
        help={t('announcementHelp')}
        error={errors.announcement}
      >
        <TextArea
          rows={2}
          maxLength={2000}
          value={values.announcement}
          onChange={(text) => set('announcement', text)}
        />
      </Field>
      <Field
        label={t('defaultBalance')}
        constraint={t('defaultBalanceConstraint')}
        help={t('defaultBalanceHelp')}
        error={errors.defaultBalanceNanoUsd}
      >
        <MoneyInput
          isLarge
          value={values.defaultBalanceNanoUsd}
          onChange={(amount) => set('defaultBalanceNanoUsd', amount)}
        />
      </Field>
      <div className="col g8">
        <span className="m">{t('registration')}</span>
        <RadioGroup
          label={t('registration')}
          value={values.registration}
          options={REGISTRATIONS.map((value) => ({
            value,
            label: t(`registration_${value}`),
            help: t(`registrationHelp_${value}`),
          }))}
          onChange={(value) => set('registration', value)}
        />
      </div>
      {network === null ? undefined : <NetworkFacts network={network} />}
      <div className="row sb g12 wrap">
        <div>
          <div className="m">{t('language')}</div>
          <p className="help">{t('languageHelp')}</p>
        </div>
        <LanguageSwitch />
      </div>
      <FailureNote error={form.failure} />
    </StepForm>
  )
}

const openToNetwork = (port: string) => `npm run headless -- --host 0.0.0.0 --port ${port}`

/** Decided where the gateway is started, so it is told here and not asked. */
function NetworkFacts({ network }: { readonly network: Network }) {
  const t = useWords()
  const { isOpenToNetwork, addresses } = network
  const port = new URL(addresses[0] ?? window.location.origin).port || '80'
  return (
    <div className={styles['network']}>
      <span className="m">{t('network')}</span>
      <Facts
        facts={[
          {
            name: t('networkWho'),
            value: (
              <StatusShape status={isOpenToNetwork ? 'ok' : 'off'}>
                {t(isOpenToNetwork ? 'networkOpen' : 'networkClosed')}
              </StatusShape>
            ),
          },
          {
            name: t('networkAddress'),
            value: addresses.map((address) => (
              <div key={address}>
                <Mono>{address}</Mono>
              </div>
            )),
          },
          { name: t('networkPort'), value: <Mono>{port}</Mono> },
        ]}
      />
      <p className="help">{t(isOpenToNetwork ? 'networkChange' : 'networkOpenHelp')}</p>
      {isOpenToNetwork ? undefined : <CodeBlock where={t('shell')} text={openToNetwork(port)} />}
    </div>
  )
}
