// The upstream of the fuzzing: takes nothing that a gateway should not have sent, answers every request in its dialect or
// as its case says, and keeps what it reported under the id of its answer.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { UPSTREAM_KEY } from '../../integration/support/running-gateway.ts'

/** What an answer reported, by its id. */
export interface Reported {
  readonly input: number
  readonly output: number
}

export type AnswerOf = (res: ServerResponse, id: string) => void

export interface FuzzUpstream {
  readonly baseUrl: string
  readonly reported: Map<string, Reported>
  arrivals: number
  /** What arrived and should not have. */
  readonly problems: string[]
  /** Answers the requests that carry this id as `x-client-request-id`; for the others there is a plain answer. */
  expect(id: string, answer: AnswerOf): void
  stop(): Promise<void>
}

export const UPSTREAM_PATHS = [
  '/v1/chat/completions',
  '/v1/responses',
  '/v1/responses/compact',
  '/v1/responses/input_tokens',
  '/v1/completions',
  '/v1/embeddings',
  '/v1/moderations',
  '/v1/images/generations',
  '/v1/images/edits',
  '/v1/audio/speech',
] as const
/** Takes a form; what forms may be is an area of its own. */
const FORM_PATH = '/v1/audio/transcriptions'

/** Headers of a connection, and those that an API client sends; whatever else arrives came from where it should not. */
const HEADERS =
  /^(host|connection|content-length|transfer-encoding|content-type|authorization|accept|accept-encoding|user-agent|openai-beta|x-client-request-id|session[-_]id|thread-id|conversation_id|originator|version|x-openai-internal-codex-responses-lite|traceparent|tracestate|x-stainless-.*|x-codex-.*)$/

export async function startFuzzUpstream(): Promise<FuzzUpstream> {
  const planned = new Map<string, AnswerOf>()
  let answers = 0
  const server = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('error', () => {})
    res.on('error', () => {})
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      upstream.arrivals += 1
      answers += 1
      const body = Buffer.concat(chunks)
      upstream.problems.push(...wrongArrival(req, body))
      const id = `id_${answers}`
      const answer = planned.get(String(req.headers['x-client-request-id']))
      if (answer) answer(res, id)
      else answerPlainly(upstream, req, body, res, id)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const upstream: FuzzUpstream = {
    // A server that listens on a port has an address with that port.
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    reported: new Map(),
    arrivals: 0,
    problems: [],
    expect: (id, answer) => void planned.set(id, answer),
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return upstream
}

function wrongArrival(req: IncomingMessage, body: Buffer): string[] {
  const problems: string[] = []
  const { method, url, headers } = req
  const isForm = url === FORM_PATH
  if (method !== 'POST' || !(isForm || UPSTREAM_PATHS.some((path) => path === url)))
    problems.push(`${method} ${url}`)
  if (headers.authorization !== `Bearer ${UPSTREAM_KEY}`) problems.push('another key than the operator’s')
  const names = req.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase())
  problems.push(...names.filter((name) => !HEADERS.test(name)).map((name) => `the header ${name}`))
  if (new Set(names).size !== names.length) problems.push('a header twice')
  if (JSON.stringify(req.rawHeaders).includes('sk-cg-')) problems.push('a client’s credential')
  try {
    const value: unknown = isForm ? {} : JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    if (typeof value !== 'object' || value === null || Array.isArray(value)) problems.push('no object')
  } catch {
    problems.push('what is no JSON')
  }
  return problems.map((problem) => `sent upstream: ${problem}\n      ${body.toString('utf8').slice(0, 500)}`)
}

export const USAGE = { input: 7, output: 11 } as const

function answerPlainly(
  { reported }: FuzzUpstream,
  { url = '' }: IncomingMessage,
  body: Buffer,
  res: ServerResponse,
  id: string,
): void {
  const isStream = /"stream":\s*true/.test(body.toString('utf8'))
  const isChat = url.endsWith('/completions')
  const hasUsage = !/\/(moderations|input_tokens|speech|generations|edits)$/.test(url)
  if (hasUsage) reported.set(id, url.endsWith('/embeddings') ? { ...USAGE, output: 0 } : USAGE)
  if (isStream && isChat) stream(res, chatEvents(id))
  else if (isStream && url.endsWith('/responses')) stream(res, responseEvents(id))
  else if (isStream && url.includes('/images/')) stream(res, IMAGE_EVENTS)
  else if (url.endsWith('/speech')) {
    res.setHeader('content-type', 'audio/mpeg')
    res.end(Buffer.alloc(2_000, 0x55))
  } else {
    res.setHeader('content-type', 'application/json')
    res.end(JSON.stringify(wholeAnswer(url, id)))
  }
}

function stream(res: ServerResponse, text: string): void {
  res.setHeader('content-type', 'text/event-stream')
  res.end(text)
}

const chatUsage = {
  prompt_tokens: USAGE.input,
  completion_tokens: USAGE.output,
  total_tokens: USAGE.input + USAGE.output,
}
const responseUsage = {
  input_tokens: USAGE.input,
  output_tokens: USAGE.output,
  total_tokens: USAGE.input + USAGE.output,
}

const chatEvents = (id: string): string =>
  [
    { id, choices: [{ index: 0, delta: { content: 'Hi' }, text: 'Hi', finish_reason: null }] },
    { id, choices: [{ index: 0, delta: {}, text: '', finish_reason: 'stop' }] },
    { id, choices: [], usage: chatUsage },
  ]
    .map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)
    .join('')
    .concat('data: [DONE]\n\n')

const responseEvents = (id: string): string =>
  [
    { type: 'response.created', response: { id, status: 'in_progress', usage: null } },
    { type: 'response.output_text.delta', delta: 'Hi' },
    { type: 'response.completed', response: { id, status: 'completed', usage: responseUsage } },
  ]
    .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    .join('')

const IMAGE_EVENTS = [
  { type: 'image_generation.partial_image', b64_json: 'aGk=' },
  { type: 'image_generation.completed', b64_json: 'aGk=', usage: responseUsage },
]
  .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  .join('')

function wholeAnswer(url: string, id: string): object {
  if (url.endsWith('/input_tokens')) return { object: 'response.input_tokens', input_tokens: 7 }
  if (url.endsWith('/moderations')) return { id, results: [{ flagged: false }] }
  if (url.endsWith('/embeddings'))
    return { object: 'list', data: [], usage: { prompt_tokens: USAGE.input, total_tokens: USAGE.input } }
  if (url.includes('/images/')) return { created: 1, data: [{ b64_json: 'aGk=' }], usage: responseUsage }
  if (url.endsWith('/completions'))
    return {
      id,
      choices: [
        { index: 0, message: { role: 'assistant', content: 'Hi' }, text: 'Hi', finish_reason: 'stop' },
      ],
      usage: chatUsage,
    }
  return { id, object: 'response', status: 'completed', output: [], usage: responseUsage }
}
