// All rates of a price row as fields: the standard ones first, the others where they are asked for.
import { Checkbox } from '../../../kit/choices.tsx'
import { Field } from '../../../kit/field.tsx'
import { MoneyInput, NumberInput } from '../../../kit/number-input.tsx'
import { columnWords } from './column-words.ts'
import styles from './models.module.css'
import {
  hasRates,
  isMedia,
  KINDS,
  MEDIA_COLUMNS,
  RATE_GROUPS,
  type RateColumn,
  TOKEN_COLUMNS,
  TOOL_COLUMNS,
} from './rates.ts'
import { useWords } from './words.ts'

/** Undefined where a field is empty. */
export type TypedRates = Readonly<Partial<Record<RateColumn, number | boolean | null | undefined>>>

interface RatesFormProps {
  readonly rates: TypedRates
  readonly onChange: (column: RateColumn, value: number | boolean | undefined) => void
  readonly errorOf: (column: RateColumn) => string | undefined
}

export function RatesForm({ rates, onChange, errorOf }: RatesFormProps) {
  const t = useWords()
  const numberOf = (column: RateColumn) => {
    const value = rates[column]
    return typeof value === 'number' ? value : undefined
  }
  const [standard, ...others] = RATE_GROUPS
  const errorIn = ({ columns }: (typeof RATE_GROUPS)[number]) =>
    KINDS.some((kind) => columns[kind] !== undefined && errorOf(columns[kind]) !== undefined)
  const group = ({ columns }: (typeof RATE_GROUPS)[number]) =>
    KINDS.flatMap((kind) => {
      const column = columns[kind]
      if (column === undefined) return []
      return [
        <Field key={kind} label={t(`kind_${kind}`)} error={errorOf(column)}>
          <MoneyInput value={numberOf(column)} onChange={(value) => onChange(column, value)} />
        </Field>,
      ]
    })
  const sets = (groups: typeof RATE_GROUPS) =>
    groups.map((each) => (
      <fieldset key={each.group} className={styles.set}>
        <legend className={hasRates(each, rates) ? 'm' : 'sec'}>{t(`group_${each.group}`)}</legend>
        <div className={styles.four}>{group(each)}</div>
      </fieldset>
    ))
  const amounts = (columns: readonly RateColumn[]) =>
    columns.map((column) => (
      <Field key={column} label={columnWords(t, column)} error={errorOf(column)}>
        <MoneyInput value={numberOf(column)} onChange={(value) => onChange(column, value)} />
      </Field>
    ))
  const tiers = others.filter((each) => !isMedia(each))
  const media = others.filter(isMedia)
  return (
    <>
      <div className={styles.four}>{standard === undefined ? undefined : group(standard)}</div>
      <details className={styles.more} {...(tiers.some(errorIn) ? { open: true } : {})}>
        <summary>{t('moreRates')}</summary>
        <div className="col g16">
          {sets(tiers)}
          <div className={styles.two}>
            {amounts(TOOL_COLUMNS)}
            {TOKEN_COLUMNS.map((column) => (
              <Field key={column} label={columnWords(t, column)} error={errorOf(column)}>
                <NumberInput value={numberOf(column)} onChange={(value) => onChange(column, value)} />
              </Field>
            ))}
          </div>
          <Checkbox isOn={rates.isReasoning === true} onChange={(isOn) => onChange('isReasoning', isOn)}>
            {t('rate_isReasoning')}
          </Checkbox>
        </div>
      </details>
      <details className={styles.more} {...(media.some(errorIn) ? { open: true } : {})}>
        <summary>{t('mediaRates')}</summary>
        <div className="col g16">
          <p className="help">{t('mediaHelp')}</p>
          {sets(media)}
          <div className={styles.two}>{amounts(MEDIA_COLUMNS)}</div>
        </div>
      </details>
    </>
  )
}
