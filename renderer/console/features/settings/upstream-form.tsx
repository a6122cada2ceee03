// The upstream's address and key: tried before they are saved. A key that is typed replaces the stored one, which is never shown.
import { RotateCw } from 'lucide-react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { useChange } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { RadioGroup } from '../../../kit/choices.tsx'
import { Field } from '../../../kit/field.tsx'
import { FailureNote, Note } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { useDone } from '../../../kit/undo.ts'
import { type Draft, useKeptForm } from './kept-form.ts'
import { SaveRow } from './save-row.tsx'
import styles from './settings.module.css'
import { UpstreamTestResult } from './upstream-test-result.tsx'
import { useWords } from './words.ts'

const OPENAI_BASE_URL = 'https://api.openai.com/v1'

export interface TypedUpstream {
  readonly kind: 'openai' | 'demo'
  readonly baseUrl: string
  readonly apiKey: string
}

interface UpstreamFormProps {
  readonly upstream: CallOutput<'upstreams.get'>
  readonly draft: Draft<TypedUpstream>
}

export function UpstreamForm({ upstream, draft }: UpstreamFormProps) {
  const t = useWords()
  const tellDone = useDone()
  const { key, overriddenBy } = upstream
  const { mutateAsync } = useChange('upstreams.update', [
    'upstreams.get',
    'setup.status',
    'prices.list',
    'models.list',
  ])
  const test = useChange('upstreams.test')
  const initial: TypedUpstream = {
    kind: upstream.kind ?? 'openai',
    baseUrl: upstream.baseUrl ?? '',
    apiKey: '',
  }
  const sentOf = ({ kind, baseUrl, apiKey }: TypedUpstream) => ({
    kind,
    ...(kind === 'demo' || baseUrl.trim() === '' ? {} : { baseUrl: baseUrl.trim() }),
    ...(kind === 'demo' || apiKey.trim() === '' ? {} : { apiKey: apiKey.trim() }),
  })
  const form = useKeptForm({
    draft,
    initial,
    send: async (values) => {
      await mutateAsync(sentOf(values))
      form.set('apiKey', '')
      const where = values.kind === 'demo' ? t('kindDemo') : values.baseUrl.trim() || OPENAI_BASE_URL
      // A key that was replaced is gone, and so is one whose address was left.
      const isOnlyKind = values.apiKey === '' && values.baseUrl === initial.baseUrl
      const { kind: before } = upstream
      tellDone({
        text: t('upstreamSaved', { where }),
        undo: isOnlyKind && before !== null ? () => mutateAsync({ kind: before }) : undefined,
      })
    },
  })
  const { kind, baseUrl, apiKey } = form.values
  const overridden = Object.keys(overriddenBy)
  const masked = key.lastFour === null ? t('keySet') : `••••••••${key.lastFour}`
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        form.submit()
      }}
    >
      {overridden.length === 0 ? undefined : <Note status="info">{t('upstreamFromEnvironment')}</Note>}
      <div className="field">
        <span className="lb">{t('upstreamKind')}</span>
        <RadioGroup
          label={t('upstreamKind')}
          look="wide-segments"
          value={kind}
          options={[
            { value: 'openai', label: t('kindOpenai') },
            { value: 'demo', label: t('kindDemo') },
          ]}
          onChange={(value) => form.set('kind', value)}
        />
      </div>
      {kind === 'demo' ? (
        <p className="help">{t('demoHelp')}</p>
      ) : (
        <>
          <Field
            label={t('baseUrl')}
            constraint={t('byDefault', { value: OPENAI_BASE_URL })}
            help={t('baseUrlHelp')}
            error={form.errors.baseUrl}
          >
            <TextInput
              isLiteral
              maxLength={500}
              placeholder={OPENAI_BASE_URL}
              value={baseUrl}
              onChange={(text) => form.set('baseUrl', text)}
            />
          </Field>
          <Field
            label={t('apiKey')}
            constraint={key.isSet ? masked : t('keyNone')}
            help={t(key.isSet ? 'apiKeyReplace' : 'apiKeyHelp')}
            error={form.errors.apiKey}
          >
            <TextInput
              type="password"
              isLiteral
              maxLength={500}
              value={apiKey}
              onChange={(text) => form.set('apiKey', text)}
            />
          </Field>
        </>
      )}
      <SaveRow label={t('upstreamSave')} form={form}>
        <Button onClick={() => test.mutate(sentOf(form.values))} isWorking={test.isPending}>
          <RotateCw size={14} aria-hidden="true" />
          {t('test')}
        </Button>
      </SaveRow>
      <FailureNote error={form.failure} />
      <FailureNote error={test.error} />
      {test.data === undefined ? undefined : (
        <UpstreamTestResult result={test.data} onUse={(url) => form.set('baseUrl', url)} />
      )}
    </form>
  )
}
