// Names what is wrong with an upstream by what it answered. Its own words are not carried over: some quote the key.
import type { UpstreamProblem } from '../../contract/upstream-problem.ts'
import { placeOf } from './connection-problem.ts'
import { statedReason } from './stated-reason.ts'

export interface UpstreamAnswer {
  readonly status: number
  readonly body: Buffer
  /** The headers `location` and `content-type`. */
  readonly location: string | undefined
  readonly type: string
}

/** What a status means; undefined where the answer may be a list of models. */
export function answerProblem(
  { baseUrl, apiKey }: { readonly baseUrl: string; readonly apiKey: string | undefined },
  answer: UpstreamAnswer,
): UpstreamProblem | undefined {
  const { status } = answer
  const details = { ...placeOf(baseUrl), status }
  if (status >= 300 && status < 400) {
    return { code: 'redirected', details: { ...details, location: originOf(answer.location, baseUrl) } }
  }
  if (isHtml(answer)) return { code: 'answered_html', details }
  if (status === 200) return undefined
  if (status === 401) return { code: apiKey === undefined ? 'key_missing' : 'key_rejected', details }
  if (status === 403) return { code: 'access_denied', details }
  if (status === 404 || status === 405) {
    return {
      code: 'wrong_path',
      details: { ...details, path: `${new URL(baseUrl).pathname.replace(/\/+$/, '')}/models` },
    }
  }
  if (status === 402 || (status === 429 && isOutOfCredit(answer.body)))
    return { code: 'quota_exhausted', details }
  if (status === 429) return { code: 'rate_limited', details }
  return { code: status >= 500 ? 'upstream_error' : 'not_openai', details }
}

const isHtml = ({ type, body }: UpstreamAnswer): boolean =>
  /^text\/html\b/i.test(type) || /^\s*<(!doctype html|html)\b/i.test(body.toString('latin1', 0, 200))

/** Where a redirect leads: the host alone, because what follows it may carry anything. */
function originOf(location: string | undefined, baseUrl: string): string {
  return location !== undefined && URL.canParse(location, baseUrl)
    ? new URL(location, baseUrl).origin
    : 'nowhere'
}

function isOutOfCredit(body: Buffer): boolean {
  const error = memberOf(parseAnswer(body), 'error')
  const code = memberOf(error, 'code') ?? memberOf(error, 'type')
  return code === 'insufficient_quota' || code === 'credit_balance_exhausted'
}

/**
 * The same for an answer to somebody's request: undefined where the upstream speaks of that request, which is no trouble of
 * the upstream's. `isOperators`: what it says is for the operator alone to mend.
 */
export function troubleOf(
  baseUrl: string,
  answer: UpstreamAnswer,
  isOperators: boolean,
): UpstreamProblem | undefined {
  const problem = answerProblem({ baseUrl, apiKey: '' }, answer)
  if (problem?.code !== 'wrong_path' && problem?.code !== 'not_openai') return problem
  const error = memberOf(parseAnswer(answer.body), 'error')
  // What servers of other shapes say of a path is the same as what they say of a model, so only the rest is believed.
  const isAboutRequest =
    problem.code === 'wrong_path'
      ? error !== undefined
      : (typeof error === 'object' && error !== null) ||
        (!isOperators && statedReason(answer.body) !== undefined)
  return isAboutRequest ? undefined : problem
}

export function parseAnswer(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    // What is no JSON has no members; the caller says so.
    return undefined
  }
}

export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Record<string, unknown>)[name] // an object, as was asked above
}
