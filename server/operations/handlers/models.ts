// Models, as an administrator steers them: who may use which, and with what multiplier.
import type { ModelView } from '../../../contract/operations/models.ts'
import { ok } from '../../../contract/result.ts'
import type { ModelRule } from '../../db/repositories/models.ts'
import { ONE_MILLION } from '../../ledger/money.ts'
import { appendAudit } from '../audit-trail.ts'
import type { SignedInCaller } from '../caller.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'

type Noun = 'models.list' | 'models.setAccess' | 'models.setMultiplier'

export function modelHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  return {
    'models.list': () => ok({ rows: listModels(deps), nextCursor: null }),
    'models.setAccess': ({ model, access }, caller) =>
      ok(change(deps, caller, 'models.setAccess', model, { access })),
    'models.setMultiplier': ({ model, multiplierPpm }, caller) =>
      ok(change(deps, caller, 'models.setMultiplier', model, { multiplierPpm })),
  }
}

const OPEN = { access: { kind: 'everyone' }, multiplierPpm: ONE_MILLION } as const

function change(
  deps: OperationDeps,
  caller: SignedInCaller,
  operation: 'models.setAccess' | 'models.setMultiplier',
  model: string,
  changes: Partial<Omit<ModelRule, 'model'>>,
): ModelView {
  const { models } = deps
  const before = models.ruleOf(model) ?? OPEN
  const after = { access: before.access, multiplierPpm: before.multiplierPpm, ...changes, model }
  models.set(after, caller.user.id, () =>
    appendAudit(deps, caller, {
      operation,
      targetType: 'model',
      targetId: model,
      before: { access: before.access, multiplierPpm: before.multiplierPpm },
      after: { access: after.access, multiplierPpm: after.multiplierPpm },
    }),
  )
  return viewOf(deps, model, nextPrices(deps), aliasesByModel(deps))
}

function listModels(deps: OperationDeps): ModelView[] {
  const { prices, models, clock } = deps
  const aliases = aliasesByModel(deps)
  const upcoming = nextPrices(deps)
  const names = new Set([
    ...prices.models(clock.now()).map((row) => row.model),
    ...models.all().map((rule) => rule.model),
    ...aliases.keys(),
    ...upcoming.keys(),
  ])
  return [...names].sort().map((model) => viewOf(deps, model, upcoming, aliases))
}

function viewOf(
  { prices, models, clock }: OperationDeps,
  model: string,
  upcoming: ReadonlyMap<string, number>,
  aliases: ReadonlyMap<string, string[]>,
): ModelView {
  const price = prices.priceOf(model, clock.now())
  const rule = models.ruleOf(model)
  return {
    model,
    price: price ? { id: price.id, origin: price.origin, effectiveFrom: price.effectiveFrom } : null,
    nextPriceAt: upcoming.get(model) ?? null,
    access: rule?.access ?? OPEN.access,
    multiplierPpm: rule?.multiplierPpm ?? ONE_MILLION,
    ruledBy: rule && rule.model !== model ? rule.model : null,
    aliases: aliases.get(model) ?? [],
  }
}

/** When each model gets its next price. */
function nextPrices({ prices, clock }: OperationDeps): ReadonlyMap<string, number> {
  const upcoming = prices.history(clock.now()).filter((row) => row.state === 'upcoming')
  // The latest of a model stand first, so that the one that stays is the next.
  return new Map(upcoming.map((row) => [row.model, row.effectiveFrom]))
}

function aliasesByModel({ settings }: OperationDeps): ReadonlyMap<string, string[]> {
  const aliases = new Map<string, string[]>()
  for (const [alias, model] of Object.entries(settings.current().modelAliases)) {
    aliases.set(model, [...(aliases.get(model) ?? []), alias])
  }
  return aliases
}
