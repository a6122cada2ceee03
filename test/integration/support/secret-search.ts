// Looks for secrets where none may be: in every log line of a run, in every answer of the OpenAI side with its headers, and
// in every error of the portal side. A server in this process is watched by its port, so a suite sees also what it does not
// read itself.
import { ServerResponse } from 'node:http'
import type { MemoryLog } from './test-ports.ts'

/** Of one answer, what is kept to be searched. */
const ANSWER_BYTES_MAX = 1024 * 1024
/** Shorter ones are found anywhere by chance. */
const SECRET_LENGTH_MIN = 8

interface Answer {
  readonly where: string
  readonly status: number
  readonly isOpenAiSide: boolean
  readonly text: string
}

export class SecretSearch {
  readonly #log: MemoryLog
  readonly #secrets = new Map<string, string>()
  readonly #answers: Answer[] = []
  #stopWatching: () => void = () => {}

  constructor(log: MemoryLog) {
    this.#log = log
  }

  /** A secret that is used in this run. An API key counts whole and by its secret part, a cookie by its value. */
  used(what: string, secret: string): void {
    const parts = [secret, secret.split('=').at(-1) ?? '', /^sk-cg-\w+-(\w+)$/.exec(secret)?.[1] ?? '']
    for (const part of parts) if (part.length >= SECRET_LENGTH_MIN) this.#secrets.set(part, what)
  }

  /** Takes the secret that an operation has made from what it answered. */
  usedIn(data: unknown): void {
    const secret = typeof data === 'object' && data !== null && 'secret' in data ? data.secret : undefined
    if (typeof secret === 'string') this.used('an API key', secret)
  }

  watch(port: number): void {
    this.#stopWatching = watchAnswers(port, (answer) => this.#answers.push(answer))
  }

  /** Something that was received in a way of its own. */
  saw(where: string, text: string): void {
    this.#answers.push({ where, status: 0, isOpenAiSide: true, text })
  }

  /** Where a secret was found: what it is and where it stood, never the secret itself. */
  found(): readonly string[] {
    const places = [
      ...this.#answers
        .filter(({ status, isOpenAiSide }) => isOpenAiSide || status >= 400)
        .map(({ where, text }) => ({ where, text })),
      ...this.#log
        .lines()
        .map((line) => ({ where: `the log: ${line.event ?? line.msg}`, text: JSON.stringify(line) })),
    ]
    const findings = new Set<string>()
    for (const { where, text } of places)
      for (const [secret, what] of this.#secrets)
        if (text.includes(secret)) findings.add(`${what} in ${where}`)
    return [...findings]
  }

  /** Ends the watching, and fails the suite where anything was found. */
  stop(): void {
    this.#stopWatching()
    const findings = this.found()
    if (findings.length > 0) throw new Error(`Secrets were shown:\n${findings.join('\n')}`)
  }
}

const watchers = new Map<number, (answer: Answer) => void>()
const kept = new WeakMap<ServerResponse, Buffer[]>()

function watchAnswers(port: number, onAnswer: (answer: Answer) => void): () => void {
  if (watchers.size === 0) tapServerResponse()
  watchers.set(port, onAnswer)
  return () => void watchers.delete(port)
}

let isTapped = false

/** Node tells nobody what it answers with, so what is written to an answer is looked at where it is written. */
function tapServerResponse(): void {
  if (isTapped) return
  isTapped = true
  const { write, end } = ServerResponse.prototype
  ServerResponse.prototype.write = function (this: ServerResponse, ...args: Parameters<typeof write>) {
    keep(this, args[0])
    return write.apply(this, args)
  } as typeof write
  ServerResponse.prototype.end = function (this: ServerResponse, ...args: Parameters<typeof end>) {
    keep(this, args[0])
    report(this)
    return end.apply(this, args)
  } as typeof end
}

function keep(response: ServerResponse, chunk: unknown): void {
  if (!watchers.has(response.req.socket.localPort ?? 0)) return
  const pieces = kept.get(response) ?? []
  kept.set(response, pieces)
  const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
  const keptBytes = pieces.reduce((sum, { length }) => sum + length, 0)
  if (bytes instanceof Uint8Array && keptBytes < ANSWER_BYTES_MAX) pieces.push(Buffer.from(bytes))
}

function report(response: ServerResponse): void {
  const { req } = response
  const onAnswer = watchers.get(req.socket.localPort ?? 0)
  if (!onAnswer) return
  const path = (req.url ?? '').split('?')[0] ?? ''
  const isOpenAiSide = /^(\/api)?\/v1(\/|$)/.test(path)
  const { 'set-cookie': _, ...headers } = response.getHeaders()
  onAnswer({
    where: `${req.method} ${path} → ${response.statusCode}`,
    status: response.statusCode,
    isOpenAiSide,
    text: `${JSON.stringify(headers)}\n${Buffer.concat(kept.get(response) ?? []).toString('utf8')}`,
  })
}
