// What the tests of the demo upstream share: requests to it, and streams read down to their raw bytes.
import { connect } from 'node:net'
import type { DemoUpstream } from './demo-upstream.ts'
import type { JsonObject } from './json.ts'

export interface SentEvent {
  readonly name: string | undefined
  readonly data: string
}

export function post(
  upstream: DemoUpstream,
  path: string,
  body: unknown,
  init: RequestInit = {},
): Promise<Response> {
  return fetch(upstream.baseUrl + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${upstream.apiKey}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...init,
  })
}

// The parts of the answers' shapes that the tests look at.

/** A list of which the first entries are looked at; where one is missing, the test fails on it. */
type Listed<T> = readonly [T, T, ...T[]]

/** The last entry of a list. */
export function lastOf<T>(list: readonly T[], back = 1): T {
  const last = list.at(-back)
  if (last === undefined) throw new Error('The list is too short.')
  return last
}

export interface ChatAnswer {
  readonly id: string
  readonly model: string
  readonly service_tier: string
  readonly choices: Listed<{
    readonly index: number
    readonly finish_reason: string
    readonly message: { readonly content: string; readonly tool_calls: Listed<{ readonly id: string }> }
  }>
  readonly usage: {
    readonly prompt_tokens: number
    readonly completion_tokens: number
    readonly completion_tokens_details: { readonly reasoning_tokens: number }
  }
}

interface CallFragment {
  readonly index: number
  readonly id?: string
  readonly function: { readonly name?: string; readonly arguments: string }
}

export interface ChatChunk {
  readonly id: string
  readonly choices: Listed<{
    readonly index: number
    readonly finish_reason: string | null
    readonly delta: { readonly content?: string; readonly tool_calls?: readonly CallFragment[] }
  }>
  readonly usage?: ChatAnswer['usage'] | null
  readonly obfuscation?: string
}

export interface ResponseItem {
  readonly id: string
  readonly type: string
  readonly call_id: string
  readonly status: string
  readonly content: Listed<{
    readonly text: string
    readonly annotations: Listed<{ readonly start_index: number; readonly end_index: number }>
  }>
}

export interface ResponseAnswer {
  readonly id: string
  readonly previous_response_id: string | null
  readonly prompt?: unknown
  readonly output: Listed<ResponseItem>
  readonly usage: {
    readonly input_tokens: number
    readonly output_tokens_details: { readonly reasoning_tokens: number }
  }
  readonly tool_usage: { readonly web_search: { readonly num_requests: number } }
}

export interface ResponseEvent {
  readonly type: string
  readonly sequence_number: number
  readonly delta: string
  readonly item: ResponseItem
  readonly response: ResponseAnswer
}

// Each `as` below names the shape that its test then checks.

export const jsonOf = async <T>(response: Promise<Response>): Promise<T> =>
  (await (await response).json()) as T

export const errorOf = async (response: Response) =>
  ((await response.json()) as { readonly error: { readonly message: string; readonly code: string | null } })
    .error

export const chat = (upstream: DemoUpstream, body: JsonObject): Promise<ChatAnswer> =>
  jsonOf(post(upstream, '/chat/completions', body))

export const respond = (upstream: DemoUpstream, body: JsonObject): Promise<ResponseAnswer> =>
  jsonOf(post(upstream, '/responses', body))

export const chatStream = (upstream: DemoUpstream, body: JsonObject): Promise<Listed<ChatChunk>> =>
  streamed(upstream, '/chat/completions', body)

export const responseStream = (upstream: DemoUpstream, body: JsonObject): Promise<Listed<ResponseEvent>> =>
  streamed(upstream, '/responses', body)

/** Every event's data, without `[DONE]`. */
async function streamed<T>(upstream: DemoUpstream, path: string, body: JsonObject): Promise<Listed<T>> {
  const text = await (await post(upstream, path, { ...body, stream: true })).text()
  const events = eventsIn(text).filter((event) => event.data !== '[DONE]')
  return events.map((event) => JSON.parse(event.data)) as unknown as Listed<T>
}

/** The events of a stream in plain framing. */
export function eventsIn(text: string): SentEvent[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const lines = block.split('\n')
      const name = lines.find((line) => line.startsWith('event: '))?.slice('event: '.length)
      const data = lines.find((line) => line.startsWith('data: '))?.slice('data: '.length) ?? ''
      return { name, data }
    })
}

export interface RawAnswer {
  /** All that came over the wire, headers and chunk marks included. */
  readonly text: string
  /** How often data arrived. */
  readonly reads: number
  readonly hasReset: boolean
}

/** Sends one request over a socket of its own and reads until the other side closes. */
export function postRaw(upstream: DemoUpstream, path: string, body: unknown): Promise<RawAnswer> {
  const { hostname, port } = new URL(upstream.baseUrl)
  const bytes = Buffer.from(JSON.stringify(body))
  const { promise, resolve } = Promise.withResolvers<RawAnswer>()
  const chunks: Buffer[] = []
  let hasReset = false
  const socket = connect(Number(port), hostname)
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('error', () => {
    hasReset = true
  })
  socket.on('close', () =>
    resolve({ text: Buffer.concat(chunks).toString(), reads: chunks.length, hasReset }),
  )
  socket.write(
    `POST /v1${path} HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${upstream.apiKey}\r\n` +
      `content-type: application/json\r\ncontent-length: ${bytes.length}\r\nconnection: close\r\n\r\n`,
  )
  socket.write(bytes)
  return promise
}
