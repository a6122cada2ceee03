// The filters of requests whose choices are the same in both apps.
import type { ChargeReason } from '../../contract/usage.ts'
import { FilterSelect } from '../kit/select.tsx'
import { STATUSES, type UsageFilter } from './usage-filter.ts'
import { useUsageWords } from './words.ts'

interface StatusFilterProps {
  readonly value: UsageFilter['status']
  readonly onChange: (status: UsageFilter['status']) => void
}

/** Which answer the client was given. */
export function StatusFilter({ value, onChange }: StatusFilterProps) {
  const t = useUsageWords()
  return (
    <FilterSelect
      label={t('status')}
      value={value}
      options={STATUSES.map((status) => ({ value: status, label: t(`status_${status}`) }))}
      onChange={onChange}
    />
  )
}

export const REASONS = [
  'completed',
  'client_left',
  'upstream_failed',
  'estimated',
  'refused',
] as const satisfies readonly ChargeReason[]

interface EndingFilterProps {
  readonly value: ChargeReason | undefined
  readonly onChange: (reason: ChargeReason | undefined) => void
}

/** How the request ended, which is why its charge is what it is. */
export function EndingFilter({ value, onChange }: EndingFilterProps) {
  const t = useUsageWords()
  return (
    <FilterSelect<ChargeReason>
      label={t('ending')}
      value={value}
      options={REASONS.map((reason) => ({ value: reason, label: t(`reason_${reason}`) }))}
      onChange={onChange}
    />
  )
}
