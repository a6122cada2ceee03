// Takes a request's place in the rate limits: one request, one of those that run at once, and the most tokens it may use.
// What it did not use is given back when it is settled.
import type { Refusal } from '../../../contract/errors.ts'
import { DEFAULT_CONTEXT_WINDOW_TOKENS, DEFAULT_MAX_OUTPUT_TOKENS } from '../../../contract/price.ts'
import { ok, type Result } from '../../../contract/result.ts'
import type { KnownKey } from '../../accounts/key-directory.ts'
import type { LimitSubject } from '../../limits/decide-limits.ts'
import type { Admission } from '../../limits/limiter.ts'
import type { ClientResponse } from '../../wire/client-exchange.ts'
import type { StageDeps } from '../deps.ts'
import type { Filling, Identified, Reserved, Routed } from '../request.ts'

type LimitDeps = Pick<StageDeps, 'limitBook' | 'limiter' | 'planFunds'>

export const subjectOf = ({ planFunds }: Pick<LimitDeps, 'planFunds'>, key: KnownKey): LimitSubject => ({
  userId: key.userId,
  role: key.userRole,
  planId: planFunds.activeOf(key.userId)?.plan.id ?? null,
  keyFamilyId: key.familyId,
})

/** Why even the smallest request would be refused now, before its body is read; counts nothing. */
export function checkLimits(deps: LimitDeps, { key, res }: Identified): Refusal | undefined {
  const subject = subjectOf(deps, key)
  const limits = deps.limitBook.effectiveFor(subject)
  const refused = deps.limiter.check(subject, limits)
  if (refused) setHeaders(res, deps.limiter.headers(subject, limits))
  return refused
}

export function reserve(deps: LimitDeps, routed: Routed): Result<Reserved, Refusal> {
  const admitted = takePlace(deps, routed, tokensAtMost(routed))
  if (!admitted.ok) return admitted
  const reserved = routed as Filling<Routed, Pick<Reserved, 'admission'>>
  reserved.admission = admitted.value
  return ok(reserved)
}

/** The place of a request that uses so many tokens at most. */
export function takePlace(
  deps: LimitDeps,
  { key, res }: Pick<Identified, 'key' | 'res'>,
  tokensMax: number,
): Result<Admission, Refusal> {
  const subject = subjectOf(deps, key)
  const limits = deps.limitBook.effectiveFor(subject)
  const admitted = deps.limiter.admit(subject, limits, tokensMax)
  if (!admitted.ok) setHeaders(res, deps.limiter.headers(subject, limits))
  return admitted
}

function tokensAtMost({ facts, price, referencedTokens }: Routed): number {
  const window = price.contextWindowTokens ?? DEFAULT_CONTEXT_WINDOW_TOKENS
  const bound = facts.input ? facts.input.textBytes + facts.input.fixedTokensMax + referencedTokens : window
  const modelMax = price.maxOutputTokens ?? DEFAULT_MAX_OUTPUT_TOKENS
  const output = Math.min(facts.outputTokensLimit ?? modelMax, modelMax) + facts.extraOutputTokensMax
  return Math.min(bound, window) + output * facts.choices
}

/** Set ahead, so that they stand on whatever the request is answered with. */
function setHeaders(res: ClientResponse, headers: Readonly<Record<string, string>>): void {
  if (res.headersSent) return
  for (const name in headers) res.setHeader(name, headers[name] ?? '')
}
