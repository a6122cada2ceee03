// Set-up: the first administrator, the upstream and the first settings, written together or not at all.
import type { z } from 'zod'
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { inputRefusal } from '../../../contract/input-problems.ts'
import type { setupComplete } from '../../../contract/operations/setup.ts'
import { PRIMARY_UPSTREAM } from '../../../contract/operations/upstreams.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import { appendAudit } from '../audit-trail.ts'
import { refuseBaseUrl, trimmedBaseUrl } from '../base-url.ts'
import type { Caller } from '../caller.ts'
import { decideDefaultBalance, giveDefaultBalance } from '../default-balance.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'
import { mayBeSetUpBy } from '../setup-gate.ts'
import { tooBusy } from '../throttles.ts'
import { startSession } from './auth.ts'

export const OPENAI_BASE_URL = 'https://api.openai.com/v1'

export type SetupInput = z.output<typeof setupComplete.input>
export type SetupOutput = z.output<typeof setupComplete.output>

export function setupHandlers(deps: OperationDeps): Pick<Handlers, 'setup.status' | 'setup.complete'> {
  const { setup, upstream, startUp } = deps
  // Hashing and storing the key take time; a second call must not slip in between.
  let isRunning = false
  return {
    'setup.status'(_input, caller) {
      const isDone = setup.isDone()
      return ok({
        isDone,
        isTokenRequired: !isDone && caller.door === 'http',
        upstream: upstream.state(),
        network: !isDone && mayBeSetUpBy(caller) ? startUp().network : null,
      })
    },
    async 'setup.complete'(input, caller) {
      const notAllowed = setup.refusalFor(caller, input.token)
      if (notAllowed) return fail(notAllowed)
      if (isRunning) return fail(refusal('setup_already_done'))
      isRunning = true
      try {
        const done = await completeSetup(deps, input, caller)
        if (done.ok) await startSession(deps, done.value.id, caller)
        return done
      } finally {
        isRunning = false
      }
    },
  }
}

/** Does the whole set-up for a caller who may. `upstream` is left as it is where the input names none. */
export async function completeSetup(
  deps: OperationDeps,
  input: Pick<SetupInput, 'admin' | 'settings'> & { readonly upstream?: SetupInput['upstream'] | undefined },
  caller: Caller,
): Promise<Result<SetupOutput, Refusal>> {
  const { repositories, settings, setup, upstreamConfig, clock } = deps
  const forbidden = refuseBaseUrl(input.upstream?.baseUrl)
  if (!forbidden.ok) return forbidden
  const key = await storeUpstreamKey(deps, input.upstream)
  if (!key.ok) return key
  const passwordHash = await deps.passwords.hash(input.admin.password)
  if (passwordHash === undefined) return fail(tooBusy())
  const { upstream } = input
  const config = upstream && { kind: upstream.kind, baseUrl: baseUrlOf(deps, upstream) }
  const done = repositories.transaction(() => {
    const admin = createAdministrator(deps, input.admin, passwordHash)
    if (!admin.ok) return admin
    const stored = settings.store(input.settings ?? {}, admin.value.id)
    if (config) upstreamConfig.store(config, admin.value.id)
    decideDefaultBalance({ ...deps, settings: { current: () => stored } }, admin.value.id)
    setup.finish(clock.now())
    appendAudit(deps, caller, {
      operation: 'setup.complete',
      targetType: 'gateway',
      targetId: null,
      before: null,
      after: {
        admin: admin.value.email,
        upstream: config,
      },
      actorUserId: admin.value.id,
    })
    return ok({ id: admin.value.id, email: admin.value.email, stored })
  })
  if (!done.ok) return done
  const { stored, ...admin } = done.value
  settings.takeOver(stored)
  if (config) upstreamConfig.takeOver(config)
  await giveDefaultBalance(deps, admin.id, null)
  await deps.upstream.apply()
  return ok(admin)
}

/** A key without an address is for where requests go by the environment. */
const baseUrlOf = ({ upstream }: OperationDeps, { kind, baseUrl }: SetupInput['upstream']): string =>
  trimmedBaseUrl(
    baseUrl ?? (kind === 'openai' ? upstream.facts().givenBaseUrl : undefined) ?? OPENAI_BASE_URL,
  )

async function storeUpstreamKey(
  deps: OperationDeps,
  entered: SetupInput['upstream'] | undefined,
): Promise<Result<void, Refusal>> {
  const { upstream, upstreamKeys } = deps
  if (entered?.kind !== 'openai') return ok(undefined)
  const baseUrl = baseUrlOf(deps, entered)
  if (entered.apiKey !== undefined) {
    await upstreamKeys.set(PRIMARY_UPSTREAM, baseUrl, entered.apiKey)
    return ok(undefined)
  }
  if (upstream.facts().overriddenBy.apiKey !== undefined) return ok(undefined)
  if ((await upstreamKeys.get(PRIMARY_UPSTREAM, baseUrl)) !== undefined) return ok(undefined)
  const said = 'is missing; send the key, set OPENAI_API_KEY, or choose the kind "demo"'
  return fail(inputRefusal('upstream_key_missing', 'upstream.apiKey', {}, said))
}

function createAdministrator(
  { repositories, ids, clock }: OperationDeps,
  { email, locale }: SetupInput['admin'],
  passwordHash: string,
) {
  return repositories.users.create({
    id: ids.next(),
    email,
    locale: locale ?? null,
    passwordHash,
    role: 'admin',
    status: 'active',
    createdAt: clock.now(),
  })
}
