// The upstream, as an operator tests and changes it. The stored key goes to the host that it was stored for, and to no other.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { inputRefusal } from '../../../contract/input-problems.ts'
import { PRIMARY_UPSTREAM, type UpstreamView } from '../../../contract/operations/upstreams.ts'
import { fail, ok } from '../../../contract/result.ts'
import { textOf } from '../../../contract/upstream-problem.ts'
import { DEMO_PRICES } from '../../prices/demo-prices.ts'
import type { ProbeResult } from '../../upstreams/upstream-probe.ts'
import { createAttemptThrottle } from '../attempt-throttle.ts'
import { appendAudit } from '../audit-trail.ts'
import { isSameHost, refuseBaseUrl, trimmedBaseUrl } from '../base-url.ts'
import type { SignedInCaller } from '../caller.ts'
import type { OperationDeps } from '../deps.ts'
import { audienceRefusal, type Handler, type Handlers } from '../dispatch.ts'
import { toHealthView, toKeyView } from '../upstream-view.ts'
import { OPENAI_BASE_URL, UPSTREAM_KEY } from './setup.ts'

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
          ? storedKeyFor(deps, target)
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

/** The key that is set, if this is the host that it is set for: an address in a form must not make it travel. */
async function storedKeyFor(
  { upstream, secrets }: OperationDeps,
  baseUrl: string,
): Promise<string | undefined> {
  return isSameHost(baseUrl, upstream.facts().keyBaseUrl) ? secrets.get(UPSTREAM_KEY) : undefined
}

function updateUpstream(deps: OperationDeps): Handler<'upstreams.update'> {
  const { secrets, upstreamConfig, upstream } = deps
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
    const keyBefore = await secrets.get(UPSTREAM_KEY)
    if (input.apiKey !== undefined) await secrets.set(UPSTREAM_KEY, input.apiKey)
    try {
      store(deps, caller, before, after, input.apiKey !== undefined)
    } catch (error) {
      if (input.apiKey !== undefined && keyBefore !== undefined) await secrets.set(UPSTREAM_KEY, keyBefore)
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

type Stored = { readonly kind: 'openai' | 'demo'; readonly baseUrl: string }

async function refuseChange(
  { secrets }: OperationDeps,
  after: Stored,
  stored: string,
  apiKey: string | undefined,
): Promise<Refusal | undefined> {
  const forbidden = refuseBaseUrl(after.baseUrl)
  if (!forbidden.ok) return forbidden.error
  if (apiKey !== undefined) return undefined
  if ((await secrets.get(UPSTREAM_KEY)) === undefined) {
    return after.kind === 'demo'
      ? undefined
      : inputRefusal('upstream_key_missing', 'apiKey', {}, 'is missing; none is stored yet')
  }
  // While the demo is chosen as well: the address that is stored then is the key's as soon as it is left.
  if (isSameHost(after.baseUrl, stored)) return undefined
  return inputRefusal('key_of_other_host', 'apiKey')
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
    key: toKeyView(await secrets.get(UPSTREAM_KEY), secrets.kind),
    overriddenBy,
    health: toHealthView(upstream.laneOf(PRIMARY_UPSTREAM).health),
  }
}
