// The upstream, as an operator tests and changes it. The stored key goes to the host that it was stored for, and to no other.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { inputRefusal } from '../../../contract/input-problems.ts'
import { PRIMARY_UPSTREAM, type UpstreamView } from '../../../contract/operations/upstreams.ts'
import { fail, ok } from '../../../contract/result.ts'
import { textOf } from '../../../contract/upstream-problem.ts'
import { DEMO_PRICES } from '../../prices/demo-prices.ts'
import type { KeptKey } from '../../settings/upstream-keys.ts'
import type { ProbeResult } from '../../upstreams/upstream-probe.ts'
import { createAttemptThrottle } from '../attempt-throttle.ts'
import { appendAudit } from '../audit-trail.ts'
import { isSameHost, refuseBaseUrl, trimmedBaseUrl } from '../base-url.ts'
import type { SignedInCaller } from '../caller.ts'
import type { OperationDeps } from '../deps.ts'
import { audienceRefusal, type Handler, type Handlers } from '../dispatch.ts'
import { toHealthView, toKeyView } from '../upstream-view.ts'
import { OPENAI_BASE_URL } from './setup.ts'

type Noun = 'upstreams.test' | 'upstreams.get' | 'upstreams.update'

/** A person tries a few times in a row; a script that looks for open ports tries more. */
const TESTS = { attemptsMax: 10, refillMs: 3_000 }
const TESTS_AT_ONCE_MAX = 4

export function upstreamHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  return {
    'upstreams.test': testUpstream(deps),
    'upstreams.get': async () => ok(await viewOf(deps)),
    'upstreams.update': updateUpstream(deps),
  }
}

function testUpstream(deps: OperationDeps): Handler<'upstreams.test'> {
  const { setup, clock, probe } = deps
  const byAddress = createAttemptThrottle(clock, TESTS)
  let running = 0
  return async ({ kind, upstreamId, baseUrl, apiKey, token }, caller) => {
    const notAllowed = setup.isDone() ? audienceRefusal('admin', caller) : setup.refusalFor(caller, token)
    if (notAllowed) return fail(notAllowed)
    const attempt = byAddress.take(caller.address)
    const waitMs = 'retryAfterMs' in attempt ? attempt.retryAfterMs : 1_000
    if ('retryAfterMs' in attempt || running >= TESTS_AT_ONCE_MAX) {
      const retryAfterSeconds = Math.ceil(waitMs / 1000)
      return fail(refusal('too_many_attempts', { retryAfterSeconds }, { retryAfterMs: waitMs }))
    }
    running += 1
    const startedMonoMs = clock.monotonicMs()
    try {
      const tested = kind ?? (upstreamId === undefined ? deps.upstream.facts().kind : null) ?? 'openai'
      const further = setup.isDone() && upstreamId !== undefined ? furtherOf(deps, upstreamId) : undefined
      const target = trimmedBaseUrl(baseUrl ?? further?.baseUrl ?? currentBaseUrl(deps))
      const stored = () =>
        upstreamId === undefined || upstreamId === PRIMARY_UPSTREAM
          ? deps.upstream.keyFor(target)
          : deps.upstreamKeys.get(upstreamId, target)
      const result =
        tested === 'demo' ? DEMO : await probe({ baseUrl: target, apiKey: apiKey ?? (await stored()) })
      const durationMs = Math.round(clock.monotonicMs() - startedMonoMs)
      return ok({
        isWorking: result.problem === null,
        problem: result.problem && { ...result.problem, message: textOf(result.problem) },
        models: [...result.models],
        modelCount: result.modelCount,
        durationMs,
        suggestedBaseUrl: result.suggestedBaseUrl,
      })
    } finally {
      running -= 1
    }
  }
}

const furtherOf = ({ repositories }: OperationDeps, upstreamId: string) =>
  repositories.upstreams.all().find(({ id }) => id === upstreamId)

/** The demo is part of the gateway: it is there. */
const DEMO: ProbeResult = {
  problem: null,
  models: DEMO_PRICES.map(({ model }) => model),
  modelCount: DEMO_PRICES.length,
  suggestedBaseUrl: null,
}

const currentBaseUrl = ({ upstream }: OperationDeps): string => upstream.facts().baseUrl ?? OPENAI_BASE_URL

function updateUpstream(deps: OperationDeps): Handler<'upstreams.update'> {
  const { upstreamKeys, upstreamConfig, upstream } = deps
  // One after the other: two at once could leave the key of one with the address of the other.
  let last: Promise<unknown> = Promise.resolve()
  const change: Handler<'upstreams.update'> = async (input, caller) => {
    const before = upstreamConfig.current()
    // Kept while the demo is chosen: whoever goes back finds address and key as they were.
    const stored = before?.baseUrl ?? OPENAI_BASE_URL
    // A key without an address is for where requests go by the environment.
    const meant = (input.apiKey === undefined ? undefined : upstream.facts().givenBaseUrl) ?? stored
    const after = {
      kind: input.kind ?? before?.kind ?? 'openai',
      baseUrl: trimmedBaseUrl(input.baseUrl ?? meant),
    }
    const refused = await refuseChange(deps, after, stored, input.apiKey)
    if (refused) return fail(refused)
    const keyBefore = await upstreamKeys.kept(PRIMARY_UPSTREAM)
    if (input.apiKey !== undefined) await upstreamKeys.set(PRIMARY_UPSTREAM, after.baseUrl, input.apiKey)
    try {
      store(deps, caller, before, after, input.apiKey !== undefined)
    } catch (error) {
      // For the sake of the address that stays. Where this fails too, the new key is of no use to it, and harmless.
      if (input.apiKey !== undefined) await putBack(deps, keyBefore)
      throw error
    }
    await upstream.apply()
    upstream.laneOf(PRIMARY_UPSTREAM).reset()
    return ok(await viewOf(deps))
  }
  return (input, caller) => {
    const done = last.then(() => change(input, caller))
    last = done.catch(() => undefined)
    return done
  }
}

const putBack = ({ upstreamKeys }: OperationDeps, key: KeptKey | undefined): Promise<void> =>
  key ? upstreamKeys.set(PRIMARY_UPSTREAM, key.origin, key.apiKey) : upstreamKeys.forget(PRIMARY_UPSTREAM)

type Stored = { readonly kind: 'openai' | 'demo'; readonly baseUrl: string }

async function refuseChange(
  { upstream, upstreamKeys }: OperationDeps,
  after: Stored,
  stored: string,
  apiKey: string | undefined,
): Promise<Refusal | undefined> {
  const forbidden = refuseBaseUrl(after.baseUrl)
  if (!forbidden.ok) return forbidden.error
  if (apiKey !== undefined) return undefined
  const isSameAddress = isSameHost(after.baseUrl, stored)
  if (upstream.facts().overriddenBy.apiKey !== undefined)
    return isSameAddress ? undefined : inputRefusal('key_of_other_host', 'apiKey')
  const kept = await upstreamKeys.kept(PRIMARY_UPSTREAM)
  if (kept && isSameHost(after.baseUrl, kept.origin)) return undefined
  // While the demo is chosen as well: whoever leaves it expects the key to be of use.
  if (kept && !isSameAddress) return inputRefusal('key_of_other_host', 'apiKey')
  if (after.kind === 'demo') return undefined
  return inputRefusal('upstream_key_missing', 'apiKey', {}, 'is missing; none is stored for this host')
}

function store(
  deps: OperationDeps,
  caller: SignedInCaller,
  before: Stored | undefined,
  after: Stored,
  isKeyReplaced: boolean,
): void {
  deps.repositories.transaction(() => {
    appendAudit(deps, caller, {
      operation: 'upstreams.update',
      targetType: 'gateway',
      targetId: null,
      before: before ?? null,
      after: { ...after, isKeyReplaced },
    })
    deps.upstreamConfig.store(after, caller.user.id)
  })
  deps.upstreamConfig.takeOver(after)
}

async function viewOf({ secrets, upstream }: OperationDeps): Promise<UpstreamView> {
  const { kind, baseUrl, isConfigured, overriddenBy } = upstream.facts()
  return {
    kind,
    baseUrl: kind === 'demo' ? null : baseUrl,
    isConfigured,
    key: toKeyView(await upstream.key(), secrets.kind),
    overriddenBy,
    health: toHealthView(upstream.laneOf(PRIMARY_UPSTREAM).health),
  }
}
