// The upstreams as a list: the primary one as it is used among others, and those beside it, made, changed and removed while
// requests run. A key goes to the host that it was entered for, and to no other.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { inputRefusal } from '../../../contract/input-problems.ts'
import {
  type ListedUpstream,
  PRIMARY_UPSTREAM,
  UPSTREAMS_MAX,
} from '../../../contract/operations/upstreams.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { UpstreamRow } from '../../db/repositories/upstreams.ts'
import { appendAudit } from '../audit-trail.ts'
import { refuseBaseUrl, trimmedBaseUrl } from '../base-url.ts'
import type { SignedInCaller } from '../caller.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'
import { upstreamRows } from '../primary-use.ts'
import { toHealthView, toKeyView } from '../upstream-view.ts'

type Noun = 'upstreams.list' | 'upstreams.create' | 'upstreams.change' | 'upstreams.remove'
type Named = 'upstreams.create' | 'upstreams.change' | 'upstreams.remove'

export function upstreamListHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  // One after the other: two at once could leave the key of one with the address of the other.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(change: () => Promise<T>): Promise<T> => {
    const done = last.then(change)
    last = done.catch(() => undefined)
    return done
  }
  return {
    'upstreams.list': async () => {
      const rows = upstreamRows(deps.repositories.upstreams).map((row) => toListed(deps, row))
      return ok({ rows: await Promise.all(rows), nextCursor: null })
    },
    'upstreams.create': (input, caller) => inTurn(() => create(deps, input, caller)),
    'upstreams.change': (input, caller) => inTurn(() => change(deps, input, caller)),
    'upstreams.remove': ({ upstreamId }, caller) => inTurn(() => remove(deps, upstreamId, caller)),
  }
}

type Input<Name extends Named> = Parameters<Handlers[Name]>[0]

async function create(
  deps: OperationDeps,
  { apiKey, ...input }: Input<'upstreams.create'>,
  caller: SignedInCaller,
): Promise<Result<ListedUpstream, Refusal>> {
  if (deps.repositories.upstreams.all().length >= UPSTREAMS_MAX) {
    return fail(inputRefusal('too_many_upstreams', '', { max: UPSTREAMS_MAX }))
  }
  const now = deps.clock.now()
  const row: UpstreamRow = {
    ...input,
    baseUrl: trimmedBaseUrl(input.baseUrl),
    id: deps.ids.next(),
    createdAt: now,
    updatedAt: now,
  }
  const refused = refuseRow(deps, row)
  if (refused) return fail(refused)
  if (apiKey !== undefined) await deps.upstreamKeys.set(row.id, input.baseUrl, apiKey)
  try {
    save(deps, caller, 'upstreams.create', null, row, apiKey !== undefined)
  } catch (error) {
    await deps.upstreamKeys.forget(row.id)
    throw error
  }
  await deps.upstream.apply()
  return ok(await toListed(deps, row))
}

async function change(
  deps: OperationDeps,
  { upstreamId, apiKey, ...changes }: Input<'upstreams.change'>,
  caller: SignedInCaller,
): Promise<Result<ListedUpstream, Refusal>> {
  const before = upstreamRows(deps.repositories.upstreams).find(({ id }) => id === upstreamId)
  if (!before) return fail(unknownUpstream())
  if (before.baseUrl === null) {
    const refused = refuseOfPrimary({ apiKey, ...changes })
    if (refused) return fail(refused)
  }
  const named = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
  const row: UpstreamRow = {
    ...before,
    ...named,
    baseUrl: changes.baseUrl === undefined ? before.baseUrl : trimmedBaseUrl(changes.baseUrl),
    updatedAt: deps.clock.now(),
  }
  const refused = refuseRow(deps, row)
  if (refused) return fail(refused)
  // First without the key and then with it, so that nothing is ever stored beside an address that it is not for.
  save(deps, caller, 'upstreams.change', before, row, apiKey !== undefined)
  await changeKey(deps, before, row, apiKey)
  if (row.baseUrl !== before.baseUrl || apiKey !== undefined) deps.upstream.laneOf(row.id).reset()
  await deps.upstream.apply()
  return ok(await toListed(deps, row))
}

async function changeKey(
  { upstreamKeys }: OperationDeps,
  before: UpstreamRow,
  { id, baseUrl }: UpstreamRow,
  apiKey: string | null | undefined,
): Promise<void> {
  if (baseUrl === null || before.baseUrl === null) return
  if (typeof apiKey === 'string') return upstreamKeys.set(id, baseUrl, apiKey)
  const isElsewhere = new URL(baseUrl).origin !== new URL(before.baseUrl).origin
  if (apiKey === null || isElsewhere) await upstreamKeys.forget(id)
}

async function remove(
  deps: OperationDeps,
  upstreamId: string,
  caller: SignedInCaller,
): Promise<Result<{ readonly upstreamId: string }, Refusal>> {
  const before = deps.repositories.upstreams.all().find(({ id }) => id === upstreamId)
  if (upstreamId === PRIMARY_UPSTREAM) {
    return fail(inputRefusal('primary_stays', 'upstreamId'))
  }
  if (!before) return fail(unknownUpstream())
  deps.repositories.transaction(() => {
    appendAudit(deps, caller, {
      operation: 'upstreams.remove',
      targetType: 'upstream',
      targetId: upstreamId,
      before: audited(before),
      after: null,
    })
    deps.repositories.upstreams.remove(upstreamId)
  })
  await deps.upstreamKeys.forget(upstreamId)
  await deps.upstream.apply()
  deps.upstream.forget(upstreamId)
  return ok({ upstreamId })
}

const unknownUpstream = (): Refusal => refusal('upstream_not_found', undefined, { param: 'upstreamId' })

function refuseRow({ repositories }: OperationDeps, row: UpstreamRow): Refusal | undefined {
  const forbidden = refuseBaseUrl(row.baseUrl ?? undefined)
  if (!forbidden.ok) return forbidden.error
  const name = row.name.toLowerCase()
  const isTaken = repositories.upstreams
    .all()
    .some((other) => other.id !== row.id && other.name.toLowerCase() === name)
  if (!isTaken && (row.id === PRIMARY_UPSTREAM || name !== PRIMARY_UPSTREAM)) return undefined
  return inputRefusal('name_taken', 'name')
}

function refuseOfPrimary(changes: Omit<Input<'upstreams.change'>, 'upstreamId'>): Refusal | undefined {
  const param = (['baseUrl', 'apiKey', 'isEnabled', 'name'] as const).find(
    (name) => changes[name] !== undefined,
  )
  if (param === undefined) return undefined
  const said =
    'of the primary upstream, only models, priority, multiplierPpm, concurrencyMax, headSecondsMax and identifiesUsers are changed here; its address and key are with upstreams.update'
  return inputRefusal('not_of_primary', param, {}, said)
}

function save(
  deps: OperationDeps,
  caller: SignedInCaller,
  operation: Named,
  before: UpstreamRow | null,
  after: UpstreamRow,
  isKeyReplaced: boolean,
): void {
  deps.repositories.transaction(() => {
    appendAudit(deps, caller, {
      operation,
      targetType: 'upstream',
      targetId: after.id,
      before: before && audited(before),
      after: { ...audited(after), isKeyReplaced },
    })
    deps.repositories.upstreams.save(after)
  })
}

const audited = ({ id: _, createdAt: __, updatedAt: ___, ...rest }: UpstreamRow) => rest

async function toListed(deps: OperationDeps, row: UpstreamRow): Promise<ListedUpstream> {
  const { upstream, upstreamKeys, secrets } = deps
  const { id, baseUrl, createdAt: _, updatedAt: __, models, ...use } = row
  const lane = upstream.laneOf(id)
  const { kind, baseUrl: primaryBaseUrl } = upstream.facts()
  const isPrimary = baseUrl === null
  const key = isPrimary ? await upstream.key() : await upstreamKeys.get(id, baseUrl)
  return {
    ...use,
    id,
    isPrimary,
    kind: isPrimary ? kind : 'openai',
    baseUrl: baseUrl ?? (kind === 'demo' ? null : primaryBaseUrl),
    models: models && [...models],
    isInUse: upstream.isInUse(id),
    key: toKeyView(key, secrets.kind),
    running: lane.running,
    breaker: lane.breaker(),
    health: toHealthView(lane.health),
  }
}
