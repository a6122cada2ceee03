// How the primary upstream is used until somebody says otherwise: for every model, before all others, as if there were no others.
import { PRIMARY_UPSTREAM } from '../../contract/operations/upstreams.ts'
import type { UpstreamRow } from '../db/repositories/upstreams.ts'
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
