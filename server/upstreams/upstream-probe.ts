// Asks an upstream for its models, and says what it found or exactly what is wrong. Bounded in time and bytes, follows no
// redirect, and repeats nothing of what it was answered but names of models.
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { UpstreamProblem, UpstreamProblemCode } from '../../contract/upstream-problem.ts'
import { answerProblem, memberOf, parseAnswer, type UpstreamAnswer } from './answer-problem.ts'
import { connectionProblem, placeOf } from './connection-problem.ts'
import { createGuardedLookup, refuseForbiddenHost } from './guarded-lookup.ts'

export interface ProbeTarget {
  /** Without a slash at its end. */
  readonly baseUrl: string
  /** Undefined: none is sent. */
  readonly apiKey: string | undefined
}

export interface ProbeResult {
  readonly problem: UpstreamProblem | null
  readonly models: readonly string[]
  readonly modelCount: number
  readonly suggestedBaseUrl: string | null
}

export interface ProbeOptions {
  readonly connectTimeoutMs?: number
  readonly answerTimeoutMs?: number
  readonly lookup?: LookupFunction
}

export type UpstreamProbe = (target: ProbeTarget) => Promise<ProbeResult>

const CONNECT_TIMEOUT_MS = 5_000
const ANSWER_TIMEOUT_MS = 10_000
const BODY_BYTES_MAX = 4 * 1024 * 1024
const MODELS_SHOWN_MAX = 500
const MODEL_NAME = /^[\x21-\x7e]{1,200}$/

type Attempt = { readonly answer: UpstreamAnswer } | { readonly problem: UpstreamProblem }

export function createUpstreamProbe(options: ProbeOptions = {}): UpstreamProbe {
  return async (target) => {
    const first = understand(target, await ask(target, options))
    const isElsewhere = first.problem?.code === 'wrong_path' || first.problem?.code === 'answered_html'
    if (!isElsewhere || target.baseUrl.endsWith('/v1')) return first
    // The mistake that is made most: the address without its path.
    const suggested = { ...target, baseUrl: `${target.baseUrl}/v1` }
    const second = understand(suggested, await ask(suggested, options))
    const isFound = second.problem === null || KEY_PROBLEMS.has(second.problem.code)
    return isFound ? { ...first, suggestedBaseUrl: suggested.baseUrl } : first
  }
}

const KEY_PROBLEMS: ReadonlySet<UpstreamProblemCode> = new Set([
  'key_missing',
  'key_rejected',
  'access_denied',
  'quota_exhausted',
  'rate_limited',
])

function ask({ baseUrl, apiKey }: ProbeTarget, options: ProbeOptions): Promise<Attempt> {
  const connectTimeoutMs = options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS
  const answerTimeoutMs = options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS
  return new Promise((resolve) => {
    const fail = (error: unknown, seconds = connectTimeoutMs / 1000) =>
      finish({ problem: connectionProblem(error, baseUrl, seconds) })
    const timedOut = (code: string, ms: number) => () =>
      fail(Object.assign(new Error(code), { code }), ms / 1000)
    let req: ClientRequest | undefined
    let timer = setTimeout(timedOut('ETIMEDOUT', connectTimeoutMs), connectTimeoutMs)
    const finish = (attempt: Attempt): void => {
      clearTimeout(timer)
      resolve(attempt)
      req?.destroy()
    }
    try {
      const url = new URL(`${baseUrl}/models`)
      refuseForbiddenHost(url.hostname)
      req = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
        agent: false,
        lookup: options.lookup ?? createGuardedLookup(),
        headers: {
          accept: 'application/json',
          'accept-encoding': 'identity',
          'user-agent': 'codex-gateway',
          ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
        },
      })
    } catch (error) {
      fail(error)
      return
    }
    req.on('socket', (socket) => {
      socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => {
        clearTimeout(timer)
        timer = setTimeout(timedOut('ERR_WIRE_ANSWER_TIMEOUT', answerTimeoutMs), answerTimeoutMs)
      })
    })
    req.on('error', (error) => fail(error))
    req.on('response', (res) => readAnswer(res, baseUrl, finish, fail))
    req.end()
  })
}

function readAnswer(
  res: IncomingMessage,
  baseUrl: string,
  finish: (attempt: Attempt) => void,
  fail: (error: unknown) => void,
): void {
  const chunks: Buffer[] = []
  let length = 0
  res.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length <= BODY_BYTES_MAX) chunks.push(chunk)
    else finish({ problem: { code: 'answer_too_large', details: placeOf(baseUrl) } })
  })
  res.on('end', () =>
    finish({
      answer: {
        status: res.statusCode ?? 0,
        body: Buffer.concat(chunks),
        location: res.headers.location,
        type: res.headers['content-type'] ?? '',
      },
    }),
  )
  res.on('error', fail)
}

function understand(target: ProbeTarget, attempt: Attempt): ProbeResult {
  if ('problem' in attempt) return failed(attempt.problem)
  const { answer } = attempt
  const problem = answerProblem(target, answer)
  if (problem) return failed(problem)
  const models = modelsIn(answer.body)
  if (!models)
    return failed({ code: 'not_openai', details: { ...placeOf(target.baseUrl), status: answer.status } })
  // A name that carries the key is none, and shows that nothing here can be trusted.
  const shown = models.filter((name) => target.apiKey === undefined || !name.includes(target.apiKey))
  return {
    problem: null,
    models: shown.slice(0, MODELS_SHOWN_MAX),
    modelCount: models.length,
    suggestedBaseUrl: null,
  }
}

const failed = (problem: UpstreamProblem): ProbeResult => ({
  problem,
  models: [],
  modelCount: 0,
  suggestedBaseUrl: null,
})

/** Names of an OpenAI list (`data[].id`) or of one that Codex reads (`models[].slug`); undefined where it is neither. */
function modelsIn(body: Buffer): string[] | undefined {
  const answer = parseAnswer(body)
  const list = memberOf(answer, 'data') ?? memberOf(answer, 'models')
  if (!Array.isArray(list)) return undefined
  return list
    .map((entry: unknown) => memberOf(entry, 'id') ?? memberOf(entry, 'slug'))
    .filter((name): name is string => typeof name === 'string' && MODEL_NAME.test(name))
    .toSorted()
}
