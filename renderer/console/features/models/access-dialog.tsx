// Who may use one model: everyone, administrators, people by name, or nobody.
import { X } from 'lucide-react'
import { useState } from 'react'
import type { CallInput } from '../../../../contract/catalogue.ts'
import { useAsk, useChange } from '../../../client/hooks.ts'
import { RadioGroup } from '../../../kit/choices.tsx'
import { Combobox } from '../../../kit/combobox.tsx'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { FormDialog } from '../../../kit/form-dialog.tsx'
import { IconButton } from '../../../kit/icon-button.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { useDone } from '../../../kit/undo.ts'
import { ACCESS_KINDS, type PricedModel } from './priced-model.ts'
import { useWords } from './words.ts'

interface Person {
  readonly id: string
  readonly email: string
}
interface TypedAccess {
  readonly kind: (typeof ACCESS_KINDS)[number]
  readonly role: 'admin' | 'user'
  readonly people: readonly Person[]
}

export function AccessDialog({ row, onClose }: { readonly row: PricedModel; readonly onClose: () => void }) {
  const t = useWords()
  const tellDone = useDone()
  const { model, access } = row
  const { mutateAsync } = useChange('models.setAccess', ['models.list', 'prices.list'])
  const initial: TypedAccess = {
    kind: access.kind,
    role: access.kind === 'role' ? access.role : 'admin',
    people: access.kind === 'users' ? access.userIds.map((id) => ({ id, email: '' })) : [],
  }
  const form = useForm({
    initial,
    check: ({ kind, people }) => ({
      people: kind === 'users' && people.length === 0 ? t('accessPeopleMissing') : undefined,
    }),
    send: async (values) => {
      await mutateAsync({ model, access: toAccess(values) })
      tellDone({ text: t('accessChanged', { model }), undo: () => mutateAsync({ model, access }) })
      onClose()
    },
  })
  const { kind, role, people } = form.values
  return (
    <FormDialog
      onClose={onClose}
      title={t('accessTitle')}
      subtitle={<code className="mono">{model}</code>}
      form={form}
      submitLabel={t('accessSubmit')}
    >
      <RadioGroup
        label={t('accessTitle')}
        value={kind}
        options={ACCESS_KINDS.map((value) => ({
          value,
          label: t(`access_${value}`),
          help: t(`accessHelp_${value}`),
        }))}
        onChange={(value) => form.set('kind', value)}
      />
      {kind === 'role' ? (
        <RadioGroup
          label={t('access_role')}
          look="wide-segments"
          value={role}
          options={(['admin', 'user'] as const).map((value) => ({ value, label: t(`accessRole_${value}`) }))}
          onChange={(value) => form.set('role', value)}
        />
      ) : undefined}
      {kind === 'users' ? (
        <PeoplePicker
          people={people}
          error={form.errors.people}
          onChange={(chosen) => form.set('people', chosen)}
        />
      ) : undefined}
      <FailureNote error={form.failure} />
    </FormDialog>
  )
}

function toAccess({ kind, role, people }: TypedAccess): CallInput<'models.setAccess'>['access'] {
  if (kind === 'role') return { kind, role }
  if (kind === 'users') return { kind, userIds: people.map(({ id }) => id) }
  return { kind }
}

interface PeoplePickerProps {
  readonly people: readonly Person[]
  readonly error: string | undefined
  readonly onChange: (people: readonly Person[]) => void
}

function PeoplePicker({ people, error, onChange }: PeoplePickerProps) {
  const t = useWords()
  const [typed, setTyped] = useState('')
  const found = useAsk(
    'users.list',
    { ...(typed === '' ? {} : { search: typed }), limit: 20 },
    { keepsPrevious: true },
  )
  const rows = found.data?.rows ?? []
  const free = rows.filter(({ id }) => !people.some((person) => person.id === id))
  const emailOf = ({ id, email }: Person) => email || (rows.find((row) => row.id === id)?.email ?? id)
  return (
    <>
      <Field label={t('accessPerson')} error={error}>
        <Combobox
          options={free.map(({ id, email }) => ({ value: id, label: email }))}
          value={null}
          onType={setTyped}
          onChange={(chosen) =>
            chosen === null ? undefined : onChange([...people, { id: chosen.value, email: chosen.label }])
          }
        />
      </Field>
      <ul className="col g4">
        {people.map((person) => (
          <li key={person.id} className="row sb g8">
            <span>{emailOf(person)}</span>
            <IconButton
              isSmall
              label={t('accessPersonRemove', { email: emailOf(person) })}
              onClick={() => onChange(people.filter(({ id }) => id !== person.id))}
            >
              <X size={13} />
            </IconButton>
          </li>
        ))}
      </ul>
    </>
  )
}
