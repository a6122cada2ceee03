// What is measured on a full folder: every list, narrowed in each way, every report, and what the pages ask for.

export interface MeasuredCall {
  readonly name: string
  readonly input: object
  /** Asked by the person themselves, and not by an administrator. */
  readonly isOfPerson?: boolean
}

interface Known {
  /** Of the person who asked most. */
  readonly userId: string
  readonly keyId: string
  readonly model: string
  /** One that few requests, or cheap ones, ask for. */
  readonly rareModel: string
  readonly nowMs: number
}

const DAY_MS = 86_400_000

/** The dearest first, and the cheapest. */
const byCost = (filter: object): readonly MeasuredCall[] =>
  (['desc', 'asc'] as const).map((direction) => ({
    name: 'usage.list',
    input: { ...filter, sort: 'cost', direction },
  }))

export function measuredCalls({ userId, keyId, model, rareModel, nowMs }: Known): readonly MeasuredCall[] {
  const month = { from: nowMs - 30 * DAY_MS, to: nowMs }
  const day = { from: nowMs - DAY_MS, to: nowMs }
  return [
    { name: 'usage.list', input: {} },
    { name: 'usage.list', input: { limit: 200 } },
    { name: 'usage.list', input: { userId } },
    { name: 'usage.list', input: { keyId } },
    { name: 'usage.list', input: { model } },
    { name: 'usage.list', input: { model: 'nobody-asked-for-this' } },
    { name: 'usage.list', input: { endpoint: '/v1/completions' } },
    { name: 'usage.list', input: { endpoint: '/v1/nothing' } },
    { name: 'usage.list', input: { status: 502 } },
    { name: 'usage.list', input: { status: 200 } },
    { name: 'usage.list', input: { reason: 'refused' } },
    { name: 'usage.list', input: { model, status: 429 } },
    { name: 'usage.list', input: { model, endpoint: '/v1/nothing' } },
    { name: 'usage.list', input: { model: 'nobody-asked-for-this', reason: 'refused' } },
    { name: 'usage.list', input: { model: 'nobody-asked-for-this', status: 429 } },
    { name: 'usage.list', input: { userId, model, status: 502 } },
    { name: 'usage.list', input: { from: nowMs - 60 * DAY_MS, to: nowMs - 59 * DAY_MS } },
    { name: 'usage.list', input: {}, isOfPerson: true },
    { name: 'usage.list', input: { direction: 'asc' } },
    { name: 'usage.list', input: { userId, direction: 'asc' } },
    ...byCost({}),
    ...byCost({ userId }),
    ...byCost({ keyId }),
    ...byCost({ model }),
    ...byCost({ model: rareModel }),
    ...byCost({ endpoint: '/v1/completions' }),
    ...byCost({ status: 200 }),
    ...byCost({ reason: 'completed' }),
    ...byCost({ status: 429 }),
    ...byCost({ reason: 'client_left' }),
    ...byCost({ userId, model, status: 200 }),
    ...byCost({ model: rareModel, endpoint: '/v1/responses' }),
    ...byCost(day),
    ...byCost(month),
    ...byCost({ model, ...month }),
    { name: 'users.list', input: { limit: 200 } },
    { name: 'users.list', input: { sort: 'balance', limit: 200 } },
    { name: 'users.list', input: { search: '77' } },
    { name: 'keys.list', input: { limit: 200 } },
    { name: 'keys.list', input: { search: 'key 3' } },
    { name: 'keys.list', input: { userId } },
    { name: 'keys.list', input: { sort: 'name', direction: 'asc', limit: 200 } },
    { name: 'keys.list', input: { sort: 'owner', direction: 'asc', limit: 200 } },
    { name: 'keys.list', input: { sort: 'lastUsedAt', limit: 200 } },
    { name: 'keys.list', input: { sort: 'expiresAt', search: 'key 3' } },
    { name: 'users.ledger', input: { userId, include: 'all', limit: 200 } },
    { name: 'users.ledger', input: { userId, include: 'changes' } },
    { name: 'audit.list', input: {} },
    { name: 'audit.list', input: { direction: 'asc' } },
    { name: 'audit.list', input: { sort: 'actor', direction: 'asc' } },
    { name: 'audit.list', input: { sort: 'operation' } },
    { name: 'audit.list', input: { search: 'nothing-says-this' } },
    { name: 'losses.list', input: {} },
    { name: 'codes.list', input: {} },
    { name: 'codes.list', input: { sort: 'name', direction: 'asc' } },
    { name: 'codes.list', input: { sort: 'redeemed', limit: 200 } },
    { name: 'codes.history', input: {} },
    { name: 'invitations.list', input: { sort: 'email' } },
    { name: 'plans.list', input: {} },
    { name: 'notices.list', input: {} },
    { name: 'mail.list', input: {} },
    { name: 'mail.list', input: { sort: 'recipient', search: 'example' } },
    { name: 'prices.list', input: {} },
    { name: 'prices.list', input: { history: true, sort: 'effectiveFrom', direction: 'desc' } },
    { name: 'models.list', input: {} },
    { name: 'me.overview', input: {}, isOfPerson: true },
    { name: 'users.get', input: { userId } },
    { name: 'usage.summary', input: {} },
    { name: 'usage.summary', input: { userId } },
    { name: 'usage.summary', input: { keyId, ...month } },
    { name: 'usage.series', input: { ...month, bucket: 'day', groupBy: 'model' } },
    { name: 'usage.series', input: { from: nowMs - DAY_MS, to: nowMs, bucket: 'quarter' } },
    { name: 'usage.series', input: { ...month, bucket: 'day', userId, groupBy: 'key' } },
    { name: 'usage.series', input: { ...month, bucket: 'day', groupBy: 'user' } },
    { name: 'usage.series', input: { ...month, bucket: 'day', withTimings: true } },
    { name: 'usage.top', input: { by: 'model' } },
    { name: 'usage.top', input: { by: 'user', ...month } },
    { name: 'dashboard.get', input: { days: 30 } },
    { name: 'dashboard.get', input: { days: 7 } },
    // What the pages ask for beside lists: home and usage of the portal, the dashboard and a person in the console.
    {
      name: 'usage.series',
      input: { ...day, bucket: 'hour', userId, groupBy: 'model', top: 6, includeDemo: true },
      isOfPerson: true,
    },
    {
      name: 'usage.series',
      input: { ...month, bucket: 'day', userId, groupBy: 'model', top: 6, includeDemo: true },
      isOfPerson: true,
    },
    { name: 'usage.summary', input: { userId, ...month, includeDemo: true }, isOfPerson: true },
    { name: 'usage.list', input: { userId, limit: 1 }, isOfPerson: true },
    { name: 'notices.list', input: {}, isOfPerson: true },
    { name: 'keys.list', input: {}, isOfPerson: true },
    { name: 'limits.usage', input: { scope: 'user' }, isOfPerson: true },
    { name: 'me.statement', input: { month: new Date(nowMs).toISOString().slice(0, 7) }, isOfPerson: true },
    { name: 'usage.summary', input: { userId, includeDemo: true } },
    { name: 'usage.summary', input: { model, ...month } },
    { name: 'usage.series', input: { ...month, bucket: 'day', groupBy: 'key' } },
    { name: 'usage.series', input: { ...month, bucket: 'hour', groupBy: 'model' } },
    { name: 'usage.series', input: { ...month, bucket: 'day', userId, withTimings: true } },
    { name: 'usage.top', input: { by: 'key', ...month } },
    { name: 'usage.top', input: { by: 'key', userId, ...month } },
    { name: 'system.status', input: {} },
    { name: 'limits.list', input: {} },
    { name: 'limits.list', input: { sort: 'updatedAt', direction: 'desc' } },
    { name: 'backups.list', input: {} },
    { name: 'ledger.status', input: {} },
    { name: 'settings.get', input: {} },
    { name: 'prices.unpriced', input: {} },
  ]
}
