// A price from a moment on: typed, then looked at as what it changes, and only then written.
import { useState } from 'react'
import type { PriceInput } from '../../../../contract/price.ts'
import { RadioGroup } from '../../../kit/choices.tsx'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { FormDialog } from '../../../kit/form-dialog.tsx'
import { useKitWords } from '../../../kit/kit-words.ts'
import { TextInput } from '../../../kit/text-input.tsx'
import type { PricedModel } from './priced-model.ts'
import { type RateColumn, ratesOf } from './rates.ts'
import { RatesForm, type TypedRates } from './rates-form.tsx'
import { ReviewDialog } from './review-dialog.tsx'
import { useWords } from './words.ts'

interface SetPriceDialogProps {
  readonly rows: readonly PricedModel[]
  /** Given: the price of this one. */
  readonly model?: string
  readonly onClose: () => void
}

interface TypedPrice {
  readonly model: string
  readonly rates: TypedRates
  readonly when: 'now' | 'later'
  /** As the browser's field writes it, in the reader's zone. */
  readonly from: string
  readonly source: string
}

export function SetPriceDialog({ rows, model: given, onClose }: SetPriceDialogProps) {
  const t = useWords()
  const kit = useKitWords()
  const [reviewed, setReviewed] = useState<PriceInput>()
  const known = (model: string) => rows.find((row) => row.model === model)?.rates
  const initial: TypedPrice = {
    model: given ?? '',
    rates: ratesOf(given === undefined ? undefined : known(given)),
    when: 'now',
    from: '',
    source: '',
  }
  const form = useForm({
    initial,
    check: ({ model, rates, when, from }) => ({
      model: /^[\x21-\x7e]{1,200}$/.test(model.trim()) ? undefined : t('modelMissing'),
      rates:
        typeof rates.inputNanoUsdPerMTok === 'number' && typeof rates.outputNanoUsdPerMTok === 'number'
          ? undefined
          : t('rateMissing'),
      from: when === 'later' && !(Date.parse(from) > Date.now()) ? t('fromMissing') : undefined,
    }),
    send: async (values) => setReviewed(toInput(values)),
  })
  const { model, rates, when, from, source } = form.values
  if (reviewed !== undefined) {
    return <ReviewDialog rows={[reviewed]} onBack={() => setReviewed(undefined)} onClose={onClose} />
  }
  const chooseModel = (name: string) => {
    form.set('model', name)
    const row = known(name.trim())
    if (row !== undefined) form.set('rates', ratesOf(row))
  }
  const isMissing = (column: RateColumn) =>
    form.errors.rates !== undefined &&
    (column === 'inputNanoUsdPerMTok' || column === 'outputNanoUsdPerMTok') &&
    typeof rates[column] !== 'number'
  return (
    <FormDialog
      onClose={onClose}
      title={t('setPriceTitle')}
      subtitle={given === undefined ? t('meta') : <code className="mono">{given}</code>}
      form={form}
      submitLabel={t('review')}
    >
      {given === undefined ? (
        <Field label={t('model')} help={t('modelHelp')} error={form.errors.model}>
          <TextInput isLiteral value={model} maxLength={200} onChange={chooseModel} />
        </Field>
      ) : undefined}
      <RatesForm
        rates={rates}
        onChange={(column, value) => form.set('rates', { ...rates, [column]: value })}
        errorOf={(column) => (isMissing(column) ? form.errors.rates : undefined)}
      />
      <div className="col g6">
        <span className="m">{t('from')}</span>
        <RadioGroup
          label={t('from')}
          look="wide-segments"
          value={when}
          options={[
            { value: 'now', label: t('fromNow') },
            { value: 'later', label: t('fromLater') },
          ]}
          onChange={(value) => form.set('when', value)}
        />
      </div>
      {when === 'later' ? (
        <Field label={t('fromAt')} constraint={t('ownZone')} error={form.errors.from}>
          <TextInput type="datetime-local" value={from} onChange={(value) => form.set('from', value)} />
        </Field>
      ) : undefined}
      <Field label={t('source')} constraint={kit('optional')} help={t('sourceHelp')}>
        <TextInput value={source} maxLength={500} onChange={(value) => form.set('source', value)} />
      </Field>
    </FormDialog>
  )
}

function toInput({ model, rates, when, from, source }: TypedPrice): PriceInput {
  const set = Object.entries(rates).filter(([, value]) => value !== undefined && value !== null)
  return {
    // The names are columns, and `check` has seen to it that input and output are there.
    ...(Object.fromEntries(set) as unknown as Omit<PriceInput, 'model'>),
    model: model.trim(),
    ...(when === 'later' ? { effectiveFrom: Date.parse(from) } : {}),
    ...(source.trim() === '' ? {} : { source: source.trim() }),
  }
}
