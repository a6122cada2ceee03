// The multiplier of the settings with that of an upstream in it, as one number: the charge keeps it, so that it can be computed
// again from what it says itself.
import { ONE_MILLION, type PartsPerMillion } from '../ledger/money.ts'
import type { UpstreamTarget } from './request.ts'

/** A begun millionth counts whole. */
export function multiplierAt(
  settingsPpm: PartsPerMillion,
  { multiplierPpm }: Pick<UpstreamTarget, 'multiplierPpm'>,
): PartsPerMillion {
  if (multiplierPpm === ONE_MILLION) return settingsPpm
  return Number((BigInt(settingsPpm) * BigInt(multiplierPpm) + 999_999n) / 1_000_000n)
}

/** What a hold reckons with while any of them may answer. */
export function dearestMultiplier(
  settingsPpm: PartsPerMillion,
  candidates: readonly Pick<UpstreamTarget, 'multiplierPpm'>[],
): PartsPerMillion {
  let dearest = Number.NEGATIVE_INFINITY
  for (const upstream of candidates) dearest = Math.max(dearest, multiplierAt(settingsPpm, upstream))
  return dearest
}
