// One part of the settings as a form. It says what is about to change, sends nothing else, and says what was changed.
import { useEffect, useState } from 'react'
import type { CallInput, CallOutput } from '../../../../contract/catalogue.ts'
import { useChange } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { ConfirmDialog } from '../../../kit/dialog.tsx'
import { useForm } from '../../../kit/form.ts'
import { FailureNote } from '../../../kit/states.tsx'
import { useDone } from '../../../kit/undo.ts'
import { changedFields, isTypable, type SettingField, type Typed, toStored, toTyped } from './fields.ts'
import { SettingControl } from './setting-control.tsx'
import styles from './settings.module.css'
import { useValueText } from './value-text.ts'
import { useWords } from './words.ts'

/** What is typed and not saved, by setting: it outlives the part of the settings that it was typed in. */
export type Drafts = Map<string, Typed>

interface SettingsFormProps {
  readonly fields: readonly SettingField[]
  readonly settings: CallOutput<'settings.get'>
  readonly drafts: Drafts
}

export function SettingsForm({ fields, settings, drafts }: SettingsFormProps) {
  const t = useWords()
  const valueText = useValueText()
  const tellDone = useDone()
  const [isAsking, setIsAsking] = useState(false)
  const { mutateAsync } = useChange('settings.update', ['settings.get', 'models.list', 'https.get'])
  const stored: Readonly<Record<string, unknown>> = settings
  const initial: Readonly<Record<string, Typed>> = Object.fromEntries(
    fields.map((field) => [field.name, toTyped(field, stored[field.name])]),
  )
  const typed: Readonly<Record<string, Typed>> = Object.fromEntries(
    Object.entries(initial).map(([name, value]) => [name, drafts.get(name) ?? value]),
  )
  const form = useForm({
    initial,
    typed,
    check: (values) =>
      Object.fromEntries(
        fields.map((field) => [
          field.name,
          isTypable(field, values[field.name]) ? undefined : t('outOfRange', rangeOf(field)),
        ]),
      ),
    refusedText: (name) => refusedText(t, name),
    send: async (values) => {
      const changed = changedFields(fields, stored, values)
      // The names are settings, and the gateway looks at each value again.
      const patch = (storedOf: (field: SettingField) => unknown) =>
        Object.fromEntries(
          changed.map((field) => [field.name, storedOf(field)]),
        ) as CallInput<'settings.update'>
      await mutateAsync(patch((field) => toStored(field, values[field.name])))
      const names = changed.map(({ name }) => t(`set_${name}`)).join(t('listComma'))
      tellDone({
        text: t('saved', { names }),
        // Whoever is shut out by it could not take it back.
        undo: isClosingDoor(changed, values)
          ? undefined
          : () => mutateAsync(patch((field) => stored[field.name])),
      })
    },
  })
  const changed = changedFields(fields, stored, form.values)
  useEffect(() => keepDrafts(drafts, fields, changed, form.values))
  // Whoever administers over the network closes the door behind themselves.
  const closesDoor = isClosingDoor(changed, form.values)
  const submit = () => (closesDoor ? setIsAsking(true) : form.submit())
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (changed.length > 0) submit()
      }}
      noValidate
    >
      {fields.map((field) => (
        <SettingControl
          key={field.name}
          field={field}
          typed={form.values[field.name]}
          error={form.errors[field.name]}
          settings={settings}
          onChange={(typed) => form.set(field.name, typed)}
        />
      ))}
      <FailureNote error={form.failure} />
      {changed.length === 0 ? undefined : (
        <section className={styles.savebar} aria-label={t('changes')}>
          <ul className="grow col g4">
            {changed.map((field) => (
              <li key={field.name}>
                {t(`set_${field.name}`)}: <span className="old">{valueText(field, stored[field.name])}</span>{' '}
                <span className="m">{valueText(field, toStored(field, form.values[field.name]))}</span>
              </li>
            ))}
          </ul>
          <Button onClick={form.reset}>{t('discard')}</Button>
          <Button type="submit" kind="primary" isWorking={form.isWorking}>
            {t('save', { count: changed.length })}
          </Button>
        </section>
      )}
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={t('closeDoorTitle')}
        confirmLabel={t('closeDoor')}
        onConfirm={() => {
          setIsAsking(false)
          form.submit()
        }}
      >
        {t('closeDoorText')}
      </ConfirmDialog>
    </form>
  )
}

function keepDrafts(
  drafts: Drafts,
  fields: readonly SettingField[],
  changed: readonly SettingField[],
  values: Readonly<Record<string, Typed>>,
): void {
  for (const { name } of fields) drafts.delete(name)
  for (const { name } of changed) {
    const value = values[name]
    if (value !== undefined) drafts.set(name, value)
  }
}

const isClosingDoor = (changed: readonly SettingField[], values: Readonly<Record<string, Typed>>): boolean =>
  changed.some(({ name }) => name === 'remoteAdministration' && values[name] === 'off')

const REFUSED = [
  'productName',
  'publicBaseUrl',
  'timeZone',
  'allowedHosts',
  'corsOrigins',
  'localName',
] as const

/** What each has to be; undefined for what cannot be typed wrong without being told before it is sent. */
function refusedText(t: ReturnType<typeof useWords>, name: string): string | undefined {
  const refused = REFUSED.find((known) => known === name)
  return refused === undefined ? undefined : t(`refused_${refused}`)
}

const UNITS_OF_ONE: Readonly<Partial<Record<SettingField['kind'], number>>> = {
  money: 1_000_000_000,
  factor: 1_000_000,
}

const rangeOf = ({ kind, range = [0, 0] }: SettingField) => {
  const text = (value: number) => new Intl.NumberFormat('en').format(value / (UNITS_OF_ONE[kind] ?? 1))
  return { min: text(range[0]), max: text(range[1]) }
}
