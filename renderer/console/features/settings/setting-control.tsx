// One setting: its control, its unit, what it does and what it is by default, and who decides where the environment does.
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { RadioGroup } from '../../../kit/choices.tsx'
import { Combobox } from '../../../kit/combobox.tsx'
import { Field } from '../../../kit/field.tsx'
import { MoneyInput, MultiplierInput, NumberInput } from '../../../kit/number-input.tsx'
import { Note } from '../../../kit/states.tsx'
import { TextArea, TextInput } from '../../../kit/text-input.tsx'
import type { SettingField, Typed } from './fields.ts'
import { memoryText } from './memory-text.ts'
import { zoneOption, zoneOptions } from './time-zones.ts'
import { choiceOf, useValueText } from './value-text.ts'
import { useWords } from './words.ts'

interface SettingControlProps {
  readonly field: SettingField
  readonly typed: Typed
  readonly error: string | undefined
  readonly settings: CallOutput<'settings.get'>
  readonly onChange: (typed: Typed) => void
}

export function SettingControl(props: SettingControlProps) {
  const { field, error } = props
  const t = useWords()
  const valueText = useValueText()
  if (field.kind === 'choice') return <Choice {...props} />
  return (
    <Field
      label={t(`set_${field.name}`)}
      constraint={t('byDefault', { value: valueText(field, field.byDefault) })}
      help={t(`help_${field.name}`)}
      error={error}
    >
      <Control {...props} />
    </Field>
  )
}

function Control({ field, typed, onChange }: SettingControlProps) {
  const t = useWords()
  const number = typeof typed === 'number' ? typed : undefined
  const text = typeof typed === 'string' ? typed : ''
  switch (field.kind) {
    case 'money':
      return <MoneyInput value={number} onChange={onChange} />
    case 'factor':
      return <MultiplierInput value={number} onChange={onChange} />
    case 'number':
      return (
        <NumberInput value={number} onChange={onChange} after={<UnitOf field={field} value={number} />} />
      )
    case 'zone':
      return (
        <Combobox
          options={zoneOptions(text)}
          value={text === '' ? null : zoneOption(text)}
          onChange={(zone) => onChange(zone?.value ?? '')}
          placeholder={t('zoneOfMachine')}
        />
      )
    case 'long':
      return <TextArea rows={4} maxLength={field.charsMax} value={text} onChange={onChange} />
    case 'list':
      return <TextArea rows={3} spellCheck={false} value={text} onChange={onChange} />
    default:
      return <TextInput maxLength={field.charsMax} value={text} onChange={onChange} />
  }
}

interface UnitOfProps {
  readonly field: SettingField
  readonly value: number | undefined
}

/** Bytes are typed to the byte, and said in a unit that a person reads. */
function UnitOf({ field: { unit }, value }: UnitOfProps) {
  const t = useWords()
  if (unit === undefined) return null
  const memory = unit === 'bytes' && value !== undefined ? memoryText(value) : undefined
  return (
    <>
      <span className="aff">{t(`unit_${unit}`)}</span>
      {memory === undefined ? undefined : <span className="aff num">{memory}</span>}
    </>
  )
}

function Choice({ field, typed, settings, onChange }: SettingControlProps) {
  const t = useWords()
  const valueText = useValueText()
  const { name } = field
  const { overriddenBy, effective } = settings
  return (
    <div className="field">
      <div className="lb">
        <span>{t(`set_${field.name}`)}</span>
        <span className="meta">{t('byDefault', { value: valueText(field, field.byDefault) })}</span>
      </div>
      {name === 'remoteAdministration' && overriddenBy.remoteAdministration !== undefined ? (
        <Note status="info">
          {t('doorFromEnvironment', { value: valueText(field, effective.remoteAdministration) })}
        </Note>
      ) : undefined}
      {name === 'https' && overriddenBy.https !== undefined ? (
        <Note status="info">{t('httpsFromStart', { value: valueText(field, effective.https) })}</Note>
      ) : undefined}
      <RadioGroup
        label={t(`set_${field.name}`)}
        value={typeof typed === 'string' ? typed : 'default'}
        options={(field.options ?? []).map((value) => ({
          value,
          label: t(`choice_${choiceOf(name, value)}`),
          help: t(`choiceHelp_${choiceOf(name, value)}`),
        }))}
        onChange={onChange}
      />
      <p className="help">{t(`help_${field.name}`)}</p>
    </div>
  )
}
