// Set-ups to hand over, for the clients that people use. The key stays out of them.
import { useState } from 'react'
import { useAsk } from '../../../client/hooks.ts'
import {
  CLIENT_NAMES,
  CLIENTS,
  type Client,
  isOutOfReach,
  KEY_PLACEHOLDER,
  sampleModel,
  setUpOf,
} from '../../../frame/set-ups.ts'
import { Field } from '../../../kit/field.tsx'
import { CodeBlock, Mono } from '../../../kit/literals.tsx'
import { PanelBody, Section } from '../../../kit/page.tsx'
import { Select } from '../../../kit/select.tsx'
import { ErrorState, Note, SkeletonRows } from '../../../kit/states.tsx'
import { Tabs } from '../../../kit/tabs.tsx'
import { Sentence } from '../../../words/sentence.tsx'
import styles from './connect.module.css'
import { useWords } from './words.ts'

export function SetUpsPanel({ baseUrl }: { readonly baseUrl: string }) {
  const t = useWords()
  const prices = useAsk('prices.list', {})
  const models = prices.data?.rows.map(({ model }) => model)
  return (
    <Section title={t('setUps')} meta={t('setUpsMeta')}>
      {prices.isPending ? <SkeletonRows rows={3} /> : undefined}
      {prices.isError ? <ErrorState error={prices.error} onRetry={() => void prices.refetch()} /> : undefined}
      {models === undefined || prices.isError ? undefined : <SetUps baseUrl={baseUrl} models={models} />}
    </Section>
  )
}

interface SetUpsProps {
  readonly baseUrl: string
  readonly models: readonly string[]
}

function SetUps({ baseUrl, models }: SetUpsProps) {
  const t = useWords()
  const [client, setClient] = useState<Client>('codex')
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
    <div className={styles.setUps}>
      <Tabs
        label={t('clients')}
        value={client}
        onChange={setClient}
        tabs={CLIENTS.map((value) => ({ value, label: CLIENT_NAMES[value] }))}
      >
        <div className={styles.parts}>
          <Field label={t('model')}>
            <Select
              value={model}
              options={models.map((value) => ({ value, label: value }))}
              onChange={setChosen}
            />
          </Field>
          {isOutOfReach(client, baseUrl) ? (
            <Note status="warn">{t('container', { host: new URL(baseUrl).hostname })}</Note>
          ) : undefined}
          {setUpOf(client, baseUrl, model).map(({ where, place, text }) => (
            <CodeBlock key={where} text={text} where={place === undefined ? where : t('where_terminal')} />
          ))}
          <p className="help">
            <Sentence text={t('keyHint')} parts={{ key: <Mono>{KEY_PLACEHOLDER}</Mono> }} />
          </p>
          <Note status="info">{t('cursor')}</Note>
        </div>
      </Tabs>
    </div>
  )
}
