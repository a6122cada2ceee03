// The filters above the rows: days, key, model, status.
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { useAsk } from '../../../client/hooks.ts'
import { DateRange } from '../../../kit/date-range.tsx'
import { FilterBar } from '../../../kit/page.tsx'
import { FilterSelect } from '../../../kit/select.tsx'
import { StatusFilter } from '../../../usage-rows/filter-selects.tsx'
import type { UsageFilter } from '../../../usage-rows/usage-filter.ts'
import { useWords } from './words.ts'

interface UsageFiltersProps {
  readonly filter: UsageFilter
  readonly keys: CallOutput<'keys.list'>['rows']
  readonly onChange: (changes: Partial<UsageFilter>) => void
}

export function UsageFilters({ filter, keys, onChange }: UsageFiltersProps) {
  const t = useWords()
  const prices = useAsk('prices.list', {})
  // A model that has no price any more is still filtered by, where the address says so.
  const models = new Set([...(prices.data?.rows ?? []).map((row) => row.model), ...named(filter.model)])
  return (
    <FilterBar>
      <DateRange
        value={{ from: filter.from, to: filter.to }}
        onChange={({ from, to }) => onChange({ from, to })}
      />
      <FilterSelect
        label={t('key')}
        value={filter.key === '' ? undefined : filter.key}
        options={keys.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(key) => onChange({ key: key ?? '' })}
      />
      <FilterSelect
        label={t('model')}
        value={filter.model === '' ? undefined : filter.model}
        options={[...models].map((model) => ({ value: model, label: model }))}
        onChange={(model) => onChange({ model: model ?? '' })}
      />
      <StatusFilter value={filter.status} onChange={(status) => onChange({ status })} />
    </FilterBar>
  )
}

const named = (model: string): readonly string[] => (model === '' ? [] : [model])
