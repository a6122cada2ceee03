// The fields of what narrows a key: how long, what it may spend, which models, how often. All of them may be left empty.
import { Field } from '../kit/field.tsx'
import { MoneyInput } from '../kit/number-input.tsx'
import { LimitsForm } from '../limits-form/limits-form.tsx'
import styles from './api-keys.module.css'
import { ModelsField } from './models-field.tsx'
import { isCapSound, type Narrowing } from './narrowing.ts'
import { useApiKeyWords } from './words.ts'

interface NarrowingFieldsProps {
  readonly values: Narrowing
  readonly onChange: (values: Narrowing) => void
}

const PERIODS = ['day', 'month', 'total'] as const

export function NarrowingFields({ values, onChange }: NarrowingFieldsProps) {
  const t = useApiKeyWords()
  return (
    <>
      <div className="col g6">
        <span className="m">{t('caps')}</span>
        <div className={styles['caps']}>
          {PERIODS.map((period) => (
            <Field
              key={period}
              label={t(`cap_${period}`)}
              error={isCapSound(values[period]) ? undefined : t('capWrong')}
            >
              <MoneyInput
                value={Number.isNaN(values[period]) ? undefined : values[period]}
                placeholder={t('noCap')}
                onChange={(amount, text) =>
                  onChange({ ...values, [period]: amount ?? (text.trim() === '' ? undefined : Number.NaN) })
                }
              />
            </Field>
          ))}
        </div>
      </div>
      <ModelsField value={values.models} onChange={(models) => onChange({ ...values, models })} />
      <div className="col g6">
        <span className="m">{t('limits')}</span>
        <LimitsForm
          mayLift={false}
          values={values.limits}
          onChange={(limits) => onChange({ ...values, limits })}
        />
      </div>
    </>
  )
}
