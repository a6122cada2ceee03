// Which upstreams may answer a request, and which of them is asked next. All of it is decided from what is in memory.
import type { ServedModel } from '../../contract/operations/upstreams.ts'
import type { UpstreamTarget } from './request.ts'

/** By the name that clients and prices know, the one that the upstream does. */
export type ServedModels = ReadonlyMap<string, string>

export const toServedModels = (models: readonly ServedModel[] | null): ServedModels | null =>
  models && new Map(models.map(({ model, upstreamModel }) => [model, upstreamModel ?? model]))

/** Whether the upstream serves the model, under whatever name. */
export const serves = ({ models }: Pick<UpstreamTarget, 'models'>, model: string): boolean =>
  models === null || models.has(model)

/**
 * Those that serve the model, in the order of `upstreams`, which is that of their priority; of one priority those first that
 * name the model. Where there is one upstream for all models, nothing is looked for.
 */
export function candidatesFor(
  upstreams: readonly UpstreamTarget[],
  model: string,
): readonly UpstreamTarget[] {
  if (upstreams.length === 1 && upstreams[0]?.models === null) return upstreams
  const serving = upstreams.filter((upstream) => serves(upstream, model))
  return serving.sort((one, other) => one.priority - other.priority || toRank(one) - toRank(other))
}

const toRank = ({ models }: UpstreamTarget): number => (models === null ? 1 : 0)

const hasPlace = ({ concurrencyMax, lane }: UpstreamTarget): boolean =>
  concurrencyMax === null || lane.running < concurrencyMax

/**
 * The next to ask: the preferred one, then by priority, and among equals the one with the fewest requests. One whose breaker is
 * open is asked only where it is the first and all others are no better off: an answer that fails is no worse than a refusal.
 * Undefined where every one has been tried or has no free place.
 */
export function chooseNext(
  candidates: readonly UpstreamTarget[],
  tried: readonly UpstreamTarget[],
  preferredId: string | undefined,
): UpstreamTarget | undefined {
  const [only] = candidates
  if (candidates.length === 1) return tried.length === 0 && only && hasPlace(only) ? only : undefined
  const free = candidates.filter((candidate) => !tried.includes(candidate) && hasPlace(candidate))
  const open = free.filter(({ lane }) => lane.isOpenToRequests)
  const preferred = preferredId === undefined ? undefined : open.find(({ id }) => id === preferredId)
  if (preferred) return preferred
  const [first] = open
  if (!first) return tried.length === 0 ? free[0] : undefined
  return open
    .filter((other) => other.priority === first.priority && toRank(other) === toRank(first))
    .reduce((idlest, other) => (other.lane.running < idlest.lane.running ? other : idlest))
}
