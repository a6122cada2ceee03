// Codex CLI on the gateway's own machine, in the desktop window: the profile is shown before it is written, and undone by one
// press; and whether the gateway gives a client what it needs.
import { useState } from 'react'
import { useAsk } from '../../../client/hooks.ts'
import { sampleModel } from '../../../frame/set-ups.ts'
import { Field } from '../../../kit/field.tsx'
import { PanelBody, Section } from '../../../kit/page.tsx'
import { Select } from '../../../kit/select.tsx'
import { ErrorState, Note, SkeletonRows } from '../../../kit/states.tsx'
import { CodexProfilePart } from './codex-profile-part.tsx'
import styles from './connect.module.css'
import { SelfTestPart } from './self-test-part.tsx'
import { useWords } from './words.ts'

export function ThisComputerPanel() {
  const t = useWords()
  const prices = useAsk('prices.list', {})
  const models = prices.data?.rows.map(({ model }) => model)
  return (
    <Section title={t('here')} meta={t('hereMeta')}>
      {prices.isPending ? <SkeletonRows rows={3} /> : undefined}
      {prices.isError ? <ErrorState error={prices.error} onRetry={() => void prices.refetch()} /> : undefined}
      {models === undefined || prices.isError ? undefined : <Parts models={models} />}
    </Section>
  )
}

function Parts({ models }: { readonly models: readonly string[] }) {
  const t = useWords()
  const [chosen, setChosen] = useState<string>()
  const model = chosen ?? sampleModel(models)
  if (model === undefined) {
    return (
      <PanelBody>
        <Note status="warn">{t('noModel')}</Note>
      </PanelBody>
    )
  }
  return (
    <div className={styles.here}>
      <div className={styles.hereParts}>
        <Field label={t('model')}>
          <Select
            value={model}
            options={models.map((value) => ({ value, label: value }))}
            onChange={setChosen}
          />
        </Field>
        <CodexProfilePart model={model} />
      </div>
      <SelfTestPart key={model} model={model} />
    </div>
  )
}
