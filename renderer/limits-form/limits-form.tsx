// The rate limits of one person, role, plan or key, as a form: seven lines, each inherited, a number, or lifted.
import { NumberInput } from '../kit/number-input.tsx'
import { Select } from '../kit/select.tsx'
import { LIMIT_SLOTS, type LimitSlot, type LimitValues } from './limit-slots.ts'
import styles from './limits-form.module.css'
import { useWords } from './words.ts'

interface LimitsFormProps {
  readonly values: LimitValues
  readonly onChange: (values: LimitValues) => void
  /** A key only narrows: none of its limits can be lifted. */
  readonly mayLift?: boolean
}

/** For screens that load the catalogue `limits-form`. */
export function LimitsForm({ values, onChange, mayLift = true }: LimitsFormProps) {
  return (
    <div className={styles['lines']}>
      {LIMIT_SLOTS.map((slot) => (
        <LimitLine
          key={slot.name}
          slot={slot}
          value={values[slot.name]}
          mayLift={mayLift}
          onChange={(value) => onChange({ ...values, [slot.name]: value })}
        />
      ))}
    </div>
  )
}

type Mode = 'inherited' | 'number' | 'lifted'
const MODES: readonly Mode[] = ['inherited', 'number', 'lifted']

interface LimitLineProps {
  readonly slot: LimitSlot
  readonly value: number | null | undefined
  readonly mayLift: boolean
  readonly onChange: (value: number | null | undefined) => void
}

function LimitLine({ slot, value, mayLift, onChange }: LimitLineProps) {
  const t = useWords()
  const label = t(slot.name)
  const mode = modeOf(value)
  const choose = (next: Mode) => {
    if (next === 'number') return onChange(Number.NaN)
    onChange(next === 'lifted' ? null : undefined)
  }
  return (
    <div className={mayLift ? styles['line'] : `${styles['line']} ${styles['narrow']}`}>
      <span>{label}</span>
      {mayLift ? (
        <Select
          label={label}
          value={mode}
          options={MODES.map((each) => ({ value: each, label: t(each) }))}
          onChange={choose}
        />
      ) : undefined}
      {mode === 'number' || !mayLift ? (
        <NumberInput
          aria-label={label}
          value={typeof value === 'number' && !Number.isNaN(value) ? value : undefined}
          placeholder={mayLift ? '' : t('inherited')}
          onChange={(typed, text) =>
            onChange(typed ?? (text.trim() === '' && !mayLift ? undefined : Number.NaN))
          }
        />
      ) : (
        <span />
      )}
    </div>
  )
}

function modeOf(value: number | null | undefined): Mode {
  if (value === undefined) return 'inherited'
  return value === null ? 'lifted' : 'number'
}
