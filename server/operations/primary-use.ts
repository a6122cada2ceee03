// How the primary upstream is used until somebody says otherwise: for every model, before all others, as if there were no others.
// With it, the list of upstreams is never empty.
import { PRIMARY_UPSTREAM } from '../../contract/operations/upstreams.ts'
import type { UpstreamRow, UpstreamsRepository } from '../db/repositories/upstreams.ts'
import { ONE_MILLION } from '../ledger/money.ts'

export const PRIMARY_USE: UpstreamRow = {
  id: PRIMARY_UPSTREAM,
  name: PRIMARY_UPSTREAM,
  baseUrl: null,
  models: null,
  priority: 100,
  multiplierPpm: ONE_MILLION,
  concurrencyMax: null,
  headSecondsMax: 60,
  isEnabled: true,
  identifiesUsers: null,
  createdAt: 0,
  updatedAt: 0,
}

/** Every upstream there is, in the order in which they are asked. */
export function upstreamRows(upstreams: Pick<UpstreamsRepository, 'all'>): readonly UpstreamRow[] {
  const rows = upstreams.all()
  const all = rows.some(({ id }) => id === PRIMARY_UPSTREAM) ? rows : [PRIMARY_USE, ...rows]
  return all.toSorted((one, other) => one.priority - other.priority)
}
