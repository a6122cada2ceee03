// An upstream, added or changed: where it is, what it serves, and how it is used among others. Of the primary one only the
// last two.
import { RotateCw } from 'lucide-react'
import { useChange } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { Dialog } from '../../../kit/dialog.tsx'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { useKitWords } from '../../../kit/kit-words.ts'
import { MultiplierInput, NumberInput } from '../../../kit/number-input.tsx'
import { Select } from '../../../kit/select.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { TextArea, TextInput } from '../../../kit/text-input.tsx'
import { useDone } from '../../../kit/undo.ts'
import { parseServedModels, servedModelsText } from './served-models.ts'
import styles from './settings.module.css'
import type { UpstreamRow } from './upstream-state.ts'
import { UpstreamTestResult } from './upstream-test-result.tsx'
import { useWords } from './words.ts'

/** Whether the upstream is told people apart; `address`: only OpenAI's own is. */
type Telling = 'address' | 'told' | 'not_told'
const TELLINGS: readonly Telling[] = ['address', 'told', 'not_told']

function tellingOf(identifiesUsers: boolean | null | undefined): Telling {
  if (identifiesUsers == null) return 'address'
  return identifiesUsers ? 'told' : 'not_told'
}

interface TypedUpstream {
  readonly name: string
  readonly baseUrl: string
  readonly apiKey: string
  readonly models: string
  readonly priority: number | undefined
  readonly multiplierPpm: number | undefined
  readonly concurrencyMax: number | undefined
  readonly concurrencyText: string
  readonly headSecondsMax: number | undefined
  readonly telling: Telling
}

/** Where a local model server usually listens. */
const LOCAL_BASE_URL = 'http://127.0.0.1:11434/v1'
const SOME_MODELS = 'gpt-6-sol\nhouse-model = qwen3:32b'

const PRIORITY_MAX = 1_000
const SECONDS_MAX = 2_100
const CONCURRENCY_MAX = 100_000

const isWithin = (value: number | undefined, min: number, max: number): boolean =>
  value !== undefined && value >= min && value <= max

/** Nothing is typed, which stands for any number. */
const isNothing = ({ concurrencyMax, concurrencyText }: TypedUpstream): boolean =>
  concurrencyMax === undefined && concurrencyText.trim() === ''

export function UpstreamDialog({
  row,
  onClose,
}: {
  readonly row?: UpstreamRow
  readonly onClose: () => void
}) {
  const t = useWords()
  const kit = useKitWords()
  const tellDone = useDone()
  const create = useChange('upstreams.create', ['upstreams.list'])
  const change = useChange('upstreams.change', ['upstreams.list'])
  const test = useChange('upstreams.test')
  const isPrimary = row?.isPrimary === true
  const initial: TypedUpstream = {
    name: row?.name ?? '',
    baseUrl: row?.baseUrl ?? '',
    apiKey: '',
    models: servedModelsText(row?.models ?? null),
    priority: row?.priority ?? 100,
    multiplierPpm: row?.multiplierPpm ?? 1_000_000,
    concurrencyMax: row?.concurrencyMax ?? undefined,
    concurrencyText: '',
    headSecondsMax: row?.headSecondsMax ?? 60,
    telling: tellingOf(row?.identifiesUsers),
  }
  const form = useForm({
    initial,
    check: (values) => ({
      name: !isPrimary && values.name.trim() === '' ? t('upstreamNameMissing') : undefined,
      baseUrl: !isPrimary && !/^https?:\/\/./.test(values.baseUrl.trim()) ? t('baseUrlMissing') : undefined,
      models: parseServedModels(values.models) === undefined ? t('upstreamModelsWrong') : undefined,
      priority: isWithin(values.priority, 0, PRIORITY_MAX)
        ? undefined
        : t('wholeNumber', { min: 0, max: PRIORITY_MAX }),
      multiplierPpm: values.multiplierPpm === undefined ? t('multiplierWrong') : undefined,
      concurrencyMax:
        isNothing(values) || isWithin(values.concurrencyMax, 1, CONCURRENCY_MAX)
          ? undefined
          : t('wholeNumber', { min: 1, max: CONCURRENCY_MAX }),
      headSecondsMax: isWithin(values.headSecondsMax, 1, SECONDS_MAX)
        ? undefined
        : t('wholeNumber', { min: 1, max: SECONDS_MAX }),
    }),
    send: async (values) => {
      const use = {
        models: parseServedModels(values.models) ?? null,
        priority: values.priority ?? 0,
        multiplierPpm: values.multiplierPpm ?? 0,
        concurrencyMax: values.concurrencyMax ?? null,
        headSecondsMax: values.headSecondsMax ?? 1,
        identifiesUsers: values.telling === 'address' ? null : values.telling === 'told',
      }
      const place = { name: values.name.trim(), ...placeOf(values) }
      if (row === undefined) await create.mutateAsync({ ...use, ...place })
      else await change.mutateAsync({ upstreamId: row.id, ...use, ...(isPrimary ? {} : place) })
      const name = isPrimary ? t('primary') : place.name
      // A key that was replaced is gone, and so is one whose address was left.
      const isSamePlace = row !== undefined && values.apiKey === '' && values.baseUrl === initial.baseUrl
      tellDone({
        text: t(row === undefined ? 'upstreamAdded' : 'upstreamChanged', { name }),
        undo: isSamePlace ? () => change.mutateAsync(toUse(row)) : undefined,
      })
      onClose()
    },
  })
  const { values, errors } = form
  const tryIt = () =>
    test.mutate({ kind: 'openai', ...(row === undefined ? {} : { upstreamId: row.id }), ...placeOf(values) })
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t(row === undefined ? 'upstreamAdd' : 'upstreamEditTitle')}
      subtitle={isPrimary ? t('primaryHelp') : row?.name}
      onSubmit={form.submit}
      actions={
        <>
          {isPrimary ? undefined : (
            <Button onClick={tryIt} isWorking={test.isPending} disabled={values.baseUrl.trim() === ''}>
              <RotateCw size={14} aria-hidden="true" />
              {t('test')}
            </Button>
          )}
          <span className="grow" />
          <Button onClick={onClose}>{kit('cancel')}</Button>
          <Button type="submit" kind="primary" isWorking={form.isWorking}>
            {t(row === undefined ? 'upstreamAdd' : 'upstreamSave')}
          </Button>
        </>
      }
    >
      {isPrimary ? undefined : (
        <>
          <Field label={t('upstreamName')} error={errors.name}>
            <TextInput value={values.name} maxLength={100} onChange={(name) => form.set('name', name)} />
          </Field>
          <Field label={t('baseUrl')} help={t('upstreamBaseUrlHelp')} error={errors.baseUrl}>
            <TextInput
              isLiteral
              maxLength={500}
              placeholder={LOCAL_BASE_URL}
              value={values.baseUrl}
              onChange={(baseUrl) => form.set('baseUrl', baseUrl)}
            />
          </Field>
          <KeyField
            row={row}
            value={values.apiKey}
            error={errors.apiKey}
            onChange={(key) => form.set('apiKey', key)}
          />
          {/* A note alone gives way where the dialog scrolls. */}
          {test.isIdle ? undefined : (
            <div className="col g8">
              <FailureNote error={test.error} />
              {test.data === undefined ? undefined : (
                <UpstreamTestResult result={test.data} onUse={(url) => form.set('baseUrl', url)} />
              )}
            </div>
          )}
        </>
      )}
      <Field
        label={t('upstreamModels')}
        constraint={t('everyModelEmpty')}
        help={t('upstreamModelsHelp')}
        error={errors.models}
      >
        <TextArea
          rows={3}
          value={values.models}
          placeholder={SOME_MODELS}
          onChange={(models) => form.set('models', models)}
        />
      </Field>
      <div className={styles.two}>
        <Field label={t('priority')} help={t('priorityHelp')} error={errors.priority}>
          <NumberInput value={values.priority} onChange={(value) => form.set('priority', value)} />
        </Field>
        <Field label={t('multiplier')} help={t('multiplierHelp')} error={errors.multiplierPpm}>
          <MultiplierInput
            value={values.multiplierPpm}
            onChange={(value) => form.set('multiplierPpm', value)}
          />
        </Field>
        <Field label={t('concurrency')} help={t('concurrencyEmpty')} error={errors.concurrencyMax}>
          <NumberInput
            value={values.concurrencyMax}
            onChange={(value, text) => {
              form.set('concurrencyMax', value)
              form.set('concurrencyText', text)
            }}
          />
        </Field>
        <Field label={t('headSeconds')} help={t('headSecondsUnit')} error={errors.headSecondsMax}>
          <NumberInput
            value={values.headSecondsMax}
            onChange={(value) => form.set('headSecondsMax', value)}
          />
        </Field>
      </div>
      <p className="help">{t('headSecondsHelp')}</p>
      <Field label={t('telling')} help={t('tellingHelp')}>
        <Select
          value={values.telling}
          options={TELLINGS.map((value) => ({ value, label: t(`telling_${value}`) }))}
          onChange={(telling) => form.set('telling', telling)}
        />
      </Field>
      <FailureNote error={form.failure} />
    </Dialog>
  )
}

/** What is typed of where it is; a key that is not typed stays as it is. */
const placeOf = ({ baseUrl, apiKey }: Pick<TypedUpstream, 'baseUrl' | 'apiKey'>) => ({
  baseUrl: baseUrl.trim(),
  ...(apiKey.trim() === '' ? {} : { apiKey: apiKey.trim() }),
})

interface KeyFieldProps {
  readonly row: UpstreamRow | undefined
  readonly value: string
  readonly error: string | undefined
  readonly onChange: (key: string) => void
}

function KeyField({ row, value, error, onChange }: KeyFieldProps) {
  const t = useWords()
  const key = row?.key
  const masked = key?.lastFour ? `••••••••${key.lastFour}` : t('keySet')
  return (
    <Field
      label={t('apiKey')}
      constraint={key?.isSet ? masked : t('upstreamKeyOptional')}
      help={t(key?.isSet ? 'apiKeyReplace' : 'upstreamKeyHelp')}
      error={error}
    >
      <TextInput type="password" isLiteral maxLength={500} value={value} onChange={onChange} />
    </Field>
  )
}

/** How an upstream is used, as it is sent. */
const toUse = (row: UpstreamRow) => ({
  upstreamId: row.id,
  models: row.models,
  priority: row.priority,
  multiplierPpm: row.multiplierPpm,
  concurrencyMax: row.concurrencyMax,
  headSecondsMax: row.headSecondsMax,
  ...(row.isPrimary ? {} : { name: row.name }),
})
