// The demo upstream: a server that speaks OpenAI's protocol without a model behind it. Chosen at set-up, it lets anyone see
// the whole product work without a key; in tests it is the upstream, and can be told every trick. docs/demo-upstream.md
// is its manual.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Result } from '../../contract/result.ts'
import { answerSpeech, answerTranscription, answerTranslation } from './audio-endpoints.ts'
import { answerChat } from './chat-endpoint.ts'
import { answerCompact, answerInputTokens } from './compact-endpoint.ts'
import { answerCompletions } from './completions-endpoint.ts'
import { deliver, type Pace } from './delivery.ts'
import { DemoIds } from './demo-ids.ts'
import { answerEmbeddings } from './embeddings-endpoint.ts'
import { FileStore } from './file-store.ts'
import { answerFile, answerUpload, answerUploadStep, type FileRoute, filesReply } from './files-endpoint.ts'
import { fixedReply, refusedReply } from './fixed-reply.ts'
import { formOf } from './form.ts'
import { answerImageEdits, answerImages, answerImageVariations } from './images-endpoint.ts'
import { asObject, type JsonObject, parseJson } from './json.ts'
import { answerModerations } from './moderations-endpoint.ts'
import { bodyTooLarge, invalidJson, missingKey, type Refused, wrongKey } from './openai-error.ts'
import { PromptCache } from './prompt-cache.ts'
import { type ReceivedRequest, RequestLog, RequestRecord } from './received-request.ts'
import { ResponseStore } from './response-store.ts'
import { answerResponses } from './responses-endpoint.ts'
import { BODY_BYTES_MAX, modelsReply, type PostedKind, readBody, routeOf } from './routes.ts'
import type { Answered, Run } from './run.ts'
import type { Scenario, ScenarioOf } from './scenario.ts'
import { storedReply } from './stored-responses.ts'

export type { ReceivedRequest, Scenario }

export interface DemoUpstreamOptions {
  /** 0, which is the default, picks a free one. */
  readonly port?: number
  readonly host?: string
  /** The only key that is let in. */
  readonly apiKey?: string
  /** At once, unless set; `PLAUSIBLE_PACE` is that of a model. */
  readonly pace?: Pace
  /** Answers for any model name, not only for the demo's own. */
  readonly acceptAnyModel?: boolean
  /** Whether prompts may steer their answers; they may unless this is false. */
  readonly obeysDirectives?: boolean
  /** How many requests are remembered, with their bodies; 0 for none. */
  readonly requestsKeptMax?: number
  /** How long an idle connection is kept. */
  readonly keepAliveMs?: number
  /** Unix milliseconds. */
  readonly nowMs?: () => number
  /** Makes ids repeatable; they are unique to the instance otherwise. */
  readonly idSeed?: string
}

export interface DemoUpstream {
  /** With `/v1`. */
  readonly baseUrl: string
  readonly apiKey: string
  /** The latest requests, oldest first. */
  readonly requests: readonly ReceivedRequest[]
  /** Scripts the next request that carries the right key, or the next `times`; queued behind earlier ones. */
  script(next: Scenario | ScenarioOf, times?: number): void
  /** Forgets scripts, requests, stored responses and cached prompts. */
  reset(): void
  /** Closes the port and every connection at once, so that connecting fails; `accept` opens the same port again. */
  refuse(): Promise<void>
  accept(): Promise<void>
  stop(): Promise<void>
}

/** A model's pace, for people. */
export const PLAUSIBLE_PACE: Pace = { firstWordMs: 350, wordMs: 24 }

const NO_PACE: Pace = { firstWordMs: 0, wordMs: 0 }
const DEFAULT_KEY = 'sk-demo-upstream-000000000000000000000000'
const REQUESTS_KEPT_MAX = 500
const KEEP_ALIVE_MS = 65_000
const HEADER_BYTES_MAX = 64 * 1024

export async function startDemoUpstream(options: DemoUpstreamOptions = {}): Promise<DemoUpstream> {
  const upstream = new DemoServer(options)
  await upstream.listen(options.port ?? 0)
  return upstream
}

const ANSWERS: Readonly<Record<PostedKind, (body: JsonObject, run: Run) => Result<Answered, Refused>>> = {
  chat: answerChat,
  completions: answerCompletions,
  responses: answerResponses,
  compact: answerCompact,
  input_tokens: answerInputTokens,
  embeddings: answerEmbeddings,
  moderations: answerModerations,
  images: answerImages,
  image_edits: answerImageEdits,
  image_variations: answerImageVariations,
  speech: answerSpeech,
  transcriptions: answerTranscription,
  translations: answerTranslation,
  file: answerFile,
  upload: answerUpload,
}

class DemoServer implements DemoUpstream {
  readonly apiKey: string
  readonly #options: DemoUpstreamOptions
  readonly #server: Server
  readonly #host: string
  readonly #log: RequestLog
  readonly #ids: DemoIds
  readonly #nowMs: () => number
  readonly #cache = new PromptCache()
  readonly #store = new ResponseStore()
  readonly #files = new FileStore()
  #scripts: { readonly next: Scenario | ScenarioOf; readonly times: number }[] = []
  #port = 0
  readonly #open = new Set<RequestRecord>()
  #isRefusing = false

  constructor(options: DemoUpstreamOptions) {
    this.#options = options
    this.apiKey = options.apiKey ?? DEFAULT_KEY
    this.#host = options.host ?? '127.0.0.1'
    this.#log = new RequestLog(options.requestsKeptMax ?? REQUESTS_KEPT_MAX)
    // The demo stands for a party outside, which has a clock and ids of its own, unless a host or a test lends it theirs.
    this.#nowMs = options.nowMs ?? (() => Math.round(performance.timeOrigin + performance.now()))
    this.#ids = new DemoIds(options.idSeed ?? `${process.pid}:${process.hrtime.bigint()}`)
    const settings = {
      keepAliveTimeout: options.keepAliveMs ?? KEEP_ALIVE_MS,
      maxHeaderSize: HEADER_BYTES_MAX,
      requestTimeout: 0,
    }
    this.#server = createServer(settings, (message, response) => {
      // A failure here is a defect of the demo; the client sees a broken connection, a test run sees the error.
      this.#handle(message, response).catch((error: unknown) => {
        response.destroy()
        process.emitWarning(error instanceof Error ? error : String(error))
      })
    })
  }

  get baseUrl(): string {
    return `http://${this.#host}:${this.#port}/v1`
  }

  get requests(): readonly ReceivedRequest[] {
    return this.#log.records
  }

  script(next: Scenario | ScenarioOf, times = 1): void {
    this.#scripts.push({ next, times })
  }

  reset(): void {
    this.#scripts = []
    this.#log.clear()
    this.#cache.clear()
    this.#store.clear()
    this.#files.clear()
  }

  async listen(port: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#server.once('error', reject)
    this.#server.listen(port, this.#host, resolve)
    await promise
    this.#server.off('error', reject)
    // A server that listens on a TCP port has an address object.
    this.#port = (this.#server.address() as AddressInfo).port
  }

  async refuse(): Promise<void> {
    if (!this.#server.listening) return
    this.#isRefusing = true
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#server.close(() => resolve())
    this.#server.closeAllConnections()
    await Promise.all([promise, ...[...this.#open].map((record) => record.ended)])
  }

  async accept(): Promise<void> {
    if (this.#server.listening) return
    this.#isRefusing = false
    await this.listen(this.#port)
  }

  async stop(): Promise<void> {
    await this.refuse()
  }

  async #handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const record = new RequestRecord(message, this.#nowMs())
    this.#log.add(record)
    this.#open.add(record)
    const gone = new AbortController()
    response.once('close', () => {
      this.#open.delete(record)
      if (response.writableFinished) return
      this.#noteGone(record)
      gone.abort()
    })
    response.once('finish', () => record.end('finished'))
    const isTooLarge = !(await readBody(message, record))
    this.#log.trim()
    if (gone.signal.aborted) return
    const { reply, scenario } = this.#answer(record, isTooLarge)
    await deliver(
      { response, record, pace: this.#options.pace ?? NO_PACE, signal: gone.signal },
      reply,
      scenario,
    )
  }

  #noteGone(record: RequestRecord): void {
    if (record.outcome !== 'open') return
    if (this.#isRefusing) {
      record.end('stopped')
      return
    }
    record.clientGoneAt = this.#nowMs()
    record.end('client_gone')
  }

  #answer(record: RequestRecord, isTooLarge: boolean): Answered {
    const requestId = this.#ids.next('req_', 32)
    const refuse = (refused: Refused): Answered => ({ reply: refusedReply(refused, requestId), scenario: {} })
    const route = routeOf(record)
    if (route.kind === 'refused') return refuse(route.refused)
    const wrong = this.#checkKey(record)
    if (wrong) return refuse(wrong)
    if (isTooLarge) return refuse(bodyTooLarge(BODY_BYTES_MAX))
    const scripted = this.#nextScript(record)
    const fixed = scripted && fixedReply(scripted, requestId)
    if (fixed) return { reply: fixed, scenario: scripted }
    if (route.kind === 'models')
      return { reply: modelsReply(route.name, requestId), scenario: scripted ?? {} }
    if (route.kind === 'stored')
      return { reply: storedReply(this.#store, route, requestId), scenario: scripted ?? {} }
    const answered =
      route.kind === 'kept'
        ? this.#kept(route.route, record, requestId, scripted)
        : this.#generate(ANSWERS[route.kind], record, requestId, scripted)
    return 'error' in answered ? { ...refuse(answered), scenario: scripted ?? {} } : answered
  }

  #kept(
    route: FileRoute,
    record: RequestRecord,
    requestId: string,
    scripted: Scenario | undefined,
  ): Answered | Refused {
    if (route.kind === 'upload') {
      // Cancelling has no body that anybody reads.
      if (route.asked === 'cancel') record.body = Buffer.from('{}')
      const step = (body: JsonObject, run: Run) => answerUploadStep(route, body, run)
      return this.#generate(step, record, requestId, scripted)
    }
    const reply = filesReply(this.#files, route, requestId)
    return 'error' in reply ? reply : { reply, scenario: scripted ?? {} }
  }

  #generate(
    answer: (body: JsonObject, run: Run) => Result<Answered, Refused>,
    record: RequestRecord,
    requestId: string,
    scripted: Scenario | undefined,
  ): Answered | Refused {
    const isForm = record.headers['content-type']?.startsWith('multipart/') === true
    const body = isForm ? formOf(record) : asObject(parseJson(record.body.toString()))
    if (!body) return invalidJson()
    const run: Run = {
      ids: this.#ids,
      cache: this.#cache,
      store: this.#store,
      files: this.#files,
      acceptAnyModel: this.#options.acceptAnyModel === true,
      obeysDirectives: this.#options.obeysDirectives !== false,
      scripted,
      record,
      requestId,
      createdS: Math.floor(this.#nowMs() / 1000),
    }
    const answered = answer(body, run)
    return answered.ok ? answered.value : answered.error
  }

  #checkKey({ headers }: RequestRecord): Refused | undefined {
    const key = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1]
    if (key === undefined) return missingKey()
    return key === this.apiKey ? undefined : wrongKey(key)
  }

  #nextScript(record: RequestRecord): Scenario | undefined {
    const [first, ...rest] = this.#scripts
    if (!first) return undefined
    this.#scripts = first.times > 1 ? [{ ...first, times: first.times - 1 }, ...rest] : rest
    return typeof first.next === 'function' ? first.next(record) : first.next
  }
}
