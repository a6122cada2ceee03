// The filters above the rows: days, person, key, model, endpoint, status, how it ended.
import { useState } from 'react'
import { useAsk } from '../../../client/hooks.ts'
import { Combobox } from '../../../kit/combobox.tsx'
import { DateRange } from '../../../kit/date-range.tsx'
import { FilterBar } from '../../../kit/page.tsx'
import { FilterSelect } from '../../../kit/select.tsx'
import { EndingFilter, StatusFilter } from '../../../usage-rows/filter-selects.tsx'
import { type ConsoleFilter, ENDPOINTS } from './filter-options.ts'
import { useWords } from './words.ts'

const FOUND_MAX = 20
const MODELS_MAX = 100

interface UsageFiltersProps {
  readonly filter: ConsoleFilter
  readonly onChange: (changes: Partial<ConsoleFilter>) => void
}

export function UsageFilters({ filter, onChange }: UsageFiltersProps) {
  const t = useWords()
  const asked = useAsk('usage.top', { by: 'model', sort: 'requests', limit: MODELS_MAX, includeDemo: true })
  // A model that was never asked for is still filtered by, where the address says so.
  const models = new Set([...(asked.data?.rows ?? []).map(({ id }) => id), filter.model])
  return (
    <FilterBar>
      <DateRange
        value={{ from: filter.from, to: filter.to }}
        onChange={({ from, to }) => onChange({ from, to })}
      />
      <PersonFilter userId={filter.user} onChange={(user) => onChange({ user, key: '' })} />
      <KeyFilter keyId={filter.key} userId={filter.user} onChange={(key) => onChange({ key })} />
      <FilterSelect
        label={t('model')}
        value={filter.model === '' ? undefined : filter.model}
        options={[...models].filter((id) => id !== '').map((id) => ({ value: id, label: id }))}
        onChange={(model) => onChange({ model: model ?? '' })}
      />
      <FilterSelect
        label={t('endpoint')}
        value={filter.endpoint}
        options={ENDPOINTS.map((endpoint) => ({ value: endpoint, label: endpoint }))}
        onChange={(endpoint) => onChange({ endpoint })}
      />
      <StatusFilter value={filter.status} onChange={(status) => onChange({ status })} />
      <EndingFilter value={filter.reason} onChange={(reason) => onChange({ reason })} />
    </FilterBar>
  )
}

interface PersonFilterProps {
  readonly userId: string
  readonly onChange: (userId: string) => void
}

/** Found by typing part of the email. */
function PersonFilter({ userId, onChange }: PersonFilterProps) {
  const t = useWords()
  const [typed, setTyped] = useState('')
  const found = useAsk(
    'users.list',
    { limit: FOUND_MAX, sort: 'email', direction: 'asc', ...(typed === '' ? {} : { search: typed }) },
    { keepsPrevious: true },
  )
  const person = useAsk('users.get', { userId }, { isEnabled: userId !== '' })
  const chosen = userId === '' ? null : { value: userId, label: person.data?.email ?? '…' }
  return (
    <Combobox
      label={t('user')}
      placeholder={t('user')}
      options={(found.data?.rows ?? []).map(({ id, email }) => ({ value: id, label: email }))}
      value={chosen}
      onType={(text) => {
        setTyped(text === chosen?.label ? '' : text)
        if (text === '' && userId !== '') onChange('')
      }}
      onChange={(option) => onChange(option?.value ?? '')}
    />
  )
}

interface KeyFilterProps extends PersonFilterProps {
  readonly keyId: string
}

/** Found by part of its name, its prefix or its owner; of the chosen person alone where there is one. */
function KeyFilter({ keyId, userId, onChange }: KeyFilterProps) {
  const t = useWords()
  const [typed, setTyped] = useState('')
  const found = useAsk(
    'keys.list',
    {
      limit: FOUND_MAX,
      ...(userId === '' ? {} : { userId }),
      ...(typed === '' ? {} : { search: typed }),
    },
    { keepsPrevious: true },
  )
  // The list of requests names the keys that are in it; there is no other way to ask for one key by its id.
  const named = useAsk('usage.list', { keyId, limit: 1 }, { isEnabled: keyId !== '' })
  const label =
    found.data?.rows.find(({ id }) => id === keyId)?.name ??
    named.data?.names.keys[keyId] ??
    (named.isPending ? '…' : t('keyGone'))
  const chosen = keyId === '' ? null : { value: keyId, label }
  return (
    <Combobox
      label={t('key')}
      placeholder={t('key')}
      options={(found.data?.rows ?? []).map(({ id, name, userEmail }) => ({
        value: id,
        label: name,
        hint: userEmail,
      }))}
      value={chosen}
      onType={(text) => {
        setTyped(text === chosen?.label ? '' : text)
        if (text === '' && keyId !== '') onChange('')
      }}
      onChange={(option) => onChange(option?.value ?? '')}
    />
  )
}
