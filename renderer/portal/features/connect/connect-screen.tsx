// How a client is connected: this gateway's address, and a set-up to paste for each client that people use.
import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { SHELL_NAMES, SHELLS, shellOf } from '../../../../contract/shells.ts'
import { useAsk } from '../../../client/hooks.ts'
import {
  CLIENT_NAMES,
  CLIENTS,
  type Client,
  isKey,
  isOutOfReach,
  KEY_PLACEHOLDER,
  sampleModel,
  setUpOf,
} from '../../../frame/set-ups.ts'
import { RadioGroup } from '../../../kit/choices.tsx'
import { Field } from '../../../kit/field.tsx'
import { CodeBlock, CopyLine, Mono } from '../../../kit/literals.tsx'
import { PageHeader } from '../../../kit/page.tsx'
import { Select } from '../../../kit/select.tsx'
import { ErrorState, Note, SkeletonRows } from '../../../kit/states.tsx'
import { Tabs } from '../../../kit/tabs.tsx'
import { choiceParam, useSearchParams } from '../../../routing/search-params.ts'
import { TrustPanel } from '../../../trust/trust-panel.tsx'
import { Sentence } from '../../../words/sentence.tsx'
import { carriedKey, forgetCarriedKey } from '../../carried-key.ts'
import styles from './connect.module.css'
import { TestPanel } from './test-panel.tsx'
import { useWords } from './words.ts'

export function ConnectScreen() {
  const t = useWords()
  const prices = useAsk('prices.list', {})
  return (
    <>
      <PageHeader title={t('title')} meta={t('meta')} />
      {prices.data !== undefined && !prices.isError ? (
        <SetUps models={prices.data.rows.map((row) => row.model)} />
      ) : (
        <div className="panel">
          {prices.isPending ? <SkeletonRows rows={4} /> : undefined}
          {prices.isError ? (
            <ErrorState
              error={prices.error}
              onRetry={() => void prices.refetch()}
              isRetrying={prices.isFetching}
            />
          ) : undefined}
        </div>
      )}
    </>
  )
}

function SetUps({ models }: { readonly models: readonly string[] }) {
  const t = useWords()
  const [{ client: named }, setParams] = useSearchParams({ client: choiceParam([...CLIENTS]) })
  const client: Client = named ?? 'codex'
  const [chosen, setChosen] = useState<string>()
  const [shell, setShell] = useState(() => shellOf(navigator.userAgent))
  const [pasted, setPasted] = useState(carriedKey)
  useEffect(forgetCarriedKey, [])
  const key = isKey(pasted) ? pasted : undefined
  const model = chosen ?? sampleModel(models)
  const trust = useAsk('https.trust', {})
  const { fingerprint = null, certificate = null } = trust.data ?? {}
  const baseUrl = `${addressOf(window.location, fingerprint !== null)}/v1`
  if (model === undefined) return <Note status="warn">{t('noModel')}</Note>
  const parts = setUpOf(client, baseUrl, model, key, shell)
  return (
    <div className={styles.screen}>
      <div className="panel">
        <div className={styles.body}>
          <div className="field">
            <span className="lb">{t('address')}</span>
            <CopyLine text={baseUrl} what={t('address')} />
            <p className="help">{t('addressHelp')}</p>
          </div>
          <Field label={t('model')} help={t('modelHelp')}>
            <Select
              value={model}
              onChange={setChosen}
              options={models.map((name) => ({ value: name, label: name }))}
            />
          </Field>
          <Tabs
            label={t('clients')}
            value={client}
            onChange={(value) => setParams({ client: value })}
            tabs={CLIENTS.map((value) => ({ value, label: CLIENT_NAMES[value] }))}
          >
            <div className={styles.parts}>
              {isOutOfReach(client, baseUrl) ? (
                <Note status="warn">{t('container', { host: window.location.hostname })}</Note>
              ) : undefined}
              {parts.some(({ place }) => place === 'shell') ? (
                <RadioGroup
                  label={t('shell')}
                  look="segments"
                  value={shell}
                  options={SHELLS.map((value) => ({ value, label: SHELL_NAMES[value] }))}
                  onChange={setShell}
                />
              ) : undefined}
              {parts.map(({ where, place, text }) => (
                <CodeBlock key={where} text={text} where={place === undefined ? where : t('shell')} />
              ))}
              <p className="help">
                {key === undefined ? (
                  <Sentence
                    text={t('keyHint')}
                    parts={{
                      key: <Mono>{KEY_PLACEHOLDER}</Mono>,
                      link: (
                        <Link href={`${PORTAL_PATHS.keys}?new=1`} className={styles.link}>
                          {t('keyLink')}
                        </Link>
                      ),
                    }}
                  />
                ) : (
                  t('keyFilled')
                )}
              </p>
            </div>
          </Tabs>
        </div>
      </div>
      <TestPanel model={model} pasted={pasted} onPaste={setPasted} />
      {fingerprint === null || certificate === null ? undefined : (
        <div className={styles.trust}>
          <TrustPanel host={window.location.host} fingerprint={fingerprint} certificate={certificate} />
        </div>
      )}
    </div>
  )
}

/** Over HTTPS where the gateway has it, even for whoever reads this page in clear; on its own machine nobody listens in between. */
function addressOf({ origin, host, hostname }: Location, isSecure: boolean): string {
  return isSecure && !/^(localhost|\[::1\]|127\..*)$/.test(hostname) ? `https://${host}` : origin
}
