// A plan, made or changed: what it costs and for how long, what it carries, and what happens beyond it.
import { Plus, X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import type { PlanMetric, PlanWindow } from '../../../../contract/plans.ts'
import { useAsk, useChange } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { Checkbox, RadioGroup } from '../../../kit/choices.tsx'
import { Combobox } from '../../../kit/combobox.tsx'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { FormDialog } from '../../../kit/form-dialog.tsx'
import { IconButton } from '../../../kit/icon-button.tsx'
import { MoneyInput, NumberInput } from '../../../kit/number-input.tsx'
import { Select } from '../../../kit/select.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { useDone } from '../../../kit/undo.ts'
import { METRICS, type PlanRow, WINDOWS } from './plan-view.ts'
import styles from './plans.module.css'
import { useWords } from './words.ts'

interface TypedQuota {
  readonly window: PlanWindow
  readonly metric: PlanMetric
  readonly value: number | undefined
}
interface TypedPlan {
  readonly name: string
  readonly priceNanoUsd: number | undefined
  readonly days: number | undefined
  readonly quotas: readonly TypedQuota[]
  readonly narrowsModels: boolean
  readonly allowedModels: readonly string[]
  readonly mayUseBalance: boolean
  readonly isForSale: boolean
}

const DAYS_MAX = 3_660

export function PlanDialog({ plan, onClose }: { readonly plan?: PlanRow; readonly onClose: () => void }) {
  const t = useWords()
  const tellDone = useDone()
  const create = useChange('plans.create', ['plans.list'])
  const update = useChange('plans.update', ['plans.list'])
  const initial: TypedPlan = {
    name: plan?.name ?? '',
    priceNanoUsd: plan?.priceNanoUsd,
    days: plan?.days ?? 30,
    quotas: plan?.quotas ?? [],
    narrowsModels: (plan?.allowedModels ?? null) !== null,
    allowedModels: plan?.allowedModels ?? [],
    mayUseBalance: plan?.mayUseBalance ?? true,
    isForSale: plan?.isForSale ?? true,
  }
  const form = useForm({
    initial,
    check: (values) => ({
      name: values.name.trim() === '' ? t('nameMissing') : undefined,
      priceNanoUsd:
        values.priceNanoUsd === undefined || values.priceNanoUsd < 0 ? t('priceMissing') : undefined,
      days:
        values.days === undefined || values.days < 1 || values.days > DAYS_MAX ? t('daysMissing') : undefined,
      quotas: quotaProblem(values.quotas),
      allowedModels:
        values.narrowsModels && values.allowedModels.length === 0 ? t('modelsMissing') : undefined,
    }),
    send: async (values) => {
      const sent = {
        name: values.name.trim(),
        priceNanoUsd: values.priceNanoUsd ?? 0,
        days: values.days ?? 1,
        quotas: values.quotas.map(({ value = 1, ...quota }) => ({ ...quota, value })),
        allowedModels: values.narrowsModels ? [...values.allowedModels] : null,
        mayUseBalance: values.mayUseBalance,
        isForSale: values.isForSale,
      }
      if (plan === undefined) await create.mutateAsync(sent)
      else await update.mutateAsync({ planId: plan.id, ...sent })
      tellDone({
        text: t(plan === undefined ? 'planCreated' : 'planChanged', { name: sent.name }),
        undo:
          plan === undefined ? undefined : () => update.mutateAsync({ planId: plan.id, ...membersOf(plan) }),
      })
      onClose()
    },
  })
  function quotaProblem(quotas: readonly TypedQuota[]): string | undefined {
    if (quotas.some(({ value }) => value === undefined || value < 1)) return t('quotaMissing')
    const names = new Set(quotas.map(({ window, metric }) => `${window} ${metric}`))
    return names.size === quotas.length ? undefined : t('quotaTwice')
  }
  const { values, errors } = form
  return (
    <FormDialog
      onClose={onClose}
      title={t(plan === undefined ? 'newPlan' : 'editPlan')}
      subtitle={plan === undefined ? undefined : t('editPlanSubtitle', { count: plan.activeCount ?? 0 })}
      form={form}
      submitLabel={t(plan === undefined ? 'createPlan' : 'savePlan')}
    >
      <Field label={t('name')} error={errors.name}>
        <TextInput value={values.name} maxLength={100} onChange={(name) => form.set('name', name)} />
      </Field>
      <div className={styles.two}>
        <Field label={t('price')} constraint={t('dollars')} error={errors.priceNanoUsd}>
          <MoneyInput value={values.priceNanoUsd} onChange={(value) => form.set('priceNanoUsd', value)} />
        </Field>
        <Field label={t('lasts')} constraint={t('days')} error={errors.days}>
          <NumberInput value={values.days} onChange={(value) => form.set('days', value)} />
        </Field>
      </div>
      <QuotaFields
        quotas={values.quotas}
        error={errors.quotas}
        onChange={(quotas) => form.set('quotas', quotas)}
      />
      <div className="col g6">
        <span className="m">{t('models')}</span>
        <RadioGroup
          label={t('models')}
          look="wide-segments"
          value={values.narrowsModels ? 'some' : 'all'}
          options={[
            { value: 'all', label: t('modelsAll') },
            { value: 'some', label: t('modelsSome') },
          ]}
          onChange={(value) => form.set('narrowsModels', value === 'some')}
        />
      </div>
      {values.narrowsModels ? (
        <ModelFields
          chosen={values.allowedModels}
          error={errors.allowedModels}
          onChange={(chosen) => form.set('allowedModels', chosen)}
        />
      ) : undefined}
      <div className="col g8">
        <Checkbox isOn={values.mayUseBalance} onChange={(isOn) => form.set('mayUseBalance', isOn)}>
          {t('mayUseBalance')}
        </Checkbox>
        <Checkbox isOn={values.isForSale} onChange={(isOn) => form.set('isForSale', isOn)}>
          {t('isForSale')}
        </Checkbox>
      </div>
      <FailureNote error={form.failure} />
    </FormDialog>
  )
}

interface QuotaFieldsProps {
  readonly quotas: readonly TypedQuota[]
  readonly error: string | undefined
  readonly onChange: (quotas: readonly TypedQuota[]) => void
}

function QuotaFields({ quotas, error, onChange }: QuotaFieldsProps) {
  const t = useWords()
  const set = useRef<HTMLFieldSetElement>(null)
  const count = useRef(quotas.length)
  // A line that was added is there to be filled in.
  useEffect(() => {
    const added = quotas.length > count.current
    count.current = quotas.length
    if (added) lastOf(set.current?.querySelectorAll<HTMLElement>(`.${styles.quotaRow}`))?.focus()
  }, [quotas.length])
  const change = (index: number, quota: TypedQuota) =>
    onChange(quotas.map((each, place) => (place === index ? quota : each)))
  const free = WINDOWS.flatMap((window) => METRICS.map((metric) => ({ window, metric }))).find(
    (each) => !quotas.some(({ window, metric }) => window === each.window && metric === each.metric),
  )
  return (
    <fieldset className={styles.set} ref={set}>
      <legend className="m">{t('quotas')}</legend>
      {quotas.map((quota, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: window and metric are what is being chosen, so nothing else stays
        <div key={index} className={styles.quotaRow}>
          <Select
            label={t('quotaWindow')}
            value={quota.window}
            options={WINDOWS.map((value) => ({ value, label: t(`a_${value}`) }))}
            onChange={(window) => change(index, { ...quota, window })}
          />
          <Select
            label={t('quotaMetric')}
            value={quota.metric}
            options={METRICS.map((value) => ({ value, label: t(`of_${value}`) }))}
            onChange={(metric) => change(index, { ...quota, metric, value: undefined })}
          />
          {quota.metric === 'money' ? (
            <MoneyInput
              aria-label={t('quotaValue')}
              value={quota.value}
              onChange={(value) => change(index, { ...quota, value })}
            />
          ) : (
            <NumberInput
              aria-label={t('quotaValue')}
              value={quota.value}
              onChange={(value) => change(index, { ...quota, value })}
            />
          )}
          <IconButton
            label={t('quotaRemove')}
            onClick={() => onChange(quotas.filter((_, place) => place !== index))}
          >
            <X size={15} />
          </IconButton>
        </div>
      ))}
      {error === undefined ? undefined : (
        <p className="help err" role="alert">
          {error}
        </p>
      )}
      {free === undefined ? undefined : (
        <span>
          <Button size="sm" onClick={() => onChange([...quotas, { ...free, value: undefined }])}>
            <Plus size={13} aria-hidden="true" />
            {t('quotaAdd')}
          </Button>
        </span>
      )}
      <p className="help">{t('quotasHelp')}</p>
    </fieldset>
  )
}

/** The first control of the last line. */
const lastOf = (lines: NodeListOf<HTMLElement> | undefined): HTMLElement | null | undefined =>
  lines?.item(lines.length - 1)?.querySelector<HTMLElement>('button, input')

interface ModelFieldsProps {
  readonly chosen: readonly string[]
  readonly error: string | undefined
  readonly onChange: (chosen: readonly string[]) => void
}

function ModelFields({ chosen, error, onChange }: ModelFieldsProps) {
  const t = useWords()
  const models = useAsk('models.list', {})
  const names = (models.data?.rows ?? []).flatMap(({ model, aliases }) => [model, ...aliases])
  return (
    <>
      <Field label={t('modelAdd')} error={error}>
        <Combobox
          options={names.filter((name) => !chosen.includes(name)).map((value) => ({ value, label: value }))}
          value={null}
          onChange={(option) => (option === null ? undefined : onChange([...chosen, option.value]))}
        />
      </Field>
      <ul className="row g6 wrap">
        {chosen.map((model) => (
          <li key={model} className={`well row g4 ${styles.chip}`}>
            <code className="mono">{model}</code>
            <IconButton
              isSmall
              label={t('modelRemove', { model })}
              onClick={() => onChange(chosen.filter((name) => name !== model))}
            >
              <X size={13} />
            </IconButton>
          </li>
        ))}
      </ul>
    </>
  )
}

const membersOf = ({
  name,
  priceNanoUsd,
  days,
  quotas,
  allowedModels,
  mayUseBalance,
  isForSale,
}: PlanRow) => ({
  name,
  priceNanoUsd,
  days,
  quotas,
  allowedModels,
  mayUseBalance,
  isForSale,
})
