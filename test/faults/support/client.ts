// The client of a load: sends one planned request over HTTP and hangs up where its plan says.
import { type Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { Asking } from './asking.ts'
import { LAST_BUT_ONE } from './leaving.ts'
import { sendFrame } from './socket-ask.ts'

/** What the client saw of its answer. */
export interface Seen {
  readonly status: number | undefined
  /** `x-request-id` of the gateway, where it got as far as headers. */
  readonly requestId: string | undefined
  readonly body: Buffer
  /** The HTTP message came to its end. */
  readonly isWhole: boolean
  readonly hasLeft: boolean
}

export interface Connection {
  readonly url: string
  readonly apiKey: string
  readonly agent: Agent
  /** Resolves when the upstream has the request before it. */
  readonly arrived: Promise<void>
}

/** Longer than anything in a load takes; a request that never ends is a finding and not a hanging test. */
const ANSWER_MS_MAX = 30_000

export function send(asking: Asking, connection: Connection): Promise<Seen> {
  if (asking.isSocket) return sendFrame(asking, connection)
  const { path, contentType, body, id } = asking
  const sent = request(connection.url + path, {
    method: 'POST',
    agent: connection.agent,
    headers: {
      authorization: `Bearer ${connection.apiKey}`,
      'content-type': contentType,
      'content-length': body.length,
      'x-client-request-id': id,
    },
  })
  return new Promise((resolve) => {
    const seen = new Sight(sent, resolve)
    sent.setTimeout(ANSWER_MS_MAX, () => seen.leave())
    sent.on('response', (response) => seen.watch(response, asking))
    sent.on('error', () => seen.end())
    void sendBody(sent, asking, connection, seen)
  })
}

async function sendBody(
  sent: ClientRequest,
  { leaving, body }: Asking,
  { arrived }: Connection,
  seen: Sight,
): Promise<void> {
  switch (leaving.when) {
    case 'before_body':
      sent.flushHeaders()
      await sleep(2)
      seen.leave()
      return
    case 'mid_body':
      sent.write(body.subarray(0, body.length >> 1))
      await sleep(2)
      seen.leave()
      return
    case 'with_body':
      sent.end(body)
      await nextTurn()
      seen.leave()
      return
    case 'before_headers':
      sent.end(body)
      await arrived
      seen.leave()
      return
    case 'stays':
    case 'after_events':
    case 'before_last_event':
      sent.end(body)
  }
}

class Sight {
  readonly #sent: ClientRequest
  readonly #resolve: (seen: Seen) => void
  readonly #chunks: Buffer[] = []
  #response: IncomingMessage | undefined
  #hasLeft = false

  constructor(sent: ClientRequest, resolve: (seen: Seen) => void) {
    this.#sent = sent
    this.#resolve = resolve
  }

  watch(response: IncomingMessage, { leaving }: Asking): void {
    this.#response = response
    response.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk)
      if (leaving.when === 'after_events' && this.#events() >= leaving.events) this.leave()
      if (leaving.when === 'before_last_event' && LAST_BUT_ONE.test(this.#text())) this.leave()
    })
    response.on('end', () => this.end())
    response.on('error', () => this.end())
    response.on('close', () => this.end())
  }

  leave(): void {
    if (this.#response?.complete) return
    this.#hasLeft = true
    this.#sent.destroy()
    this.end()
  }

  end(): void {
    const response = this.#response
    const requestId = response?.headers['x-request-id']
    this.#resolve({
      status: response?.statusCode,
      requestId: typeof requestId === 'string' ? requestId : undefined,
      body: Buffer.concat(this.#chunks),
      isWhole: response?.complete === true && !this.#hasLeft,
      hasLeft: this.#hasLeft,
    })
  }

  #text(): string {
    return Buffer.concat(this.#chunks).toString('utf8')
  }

  #events(): number {
    return this.#text().split('\n\n').length - 1
  }
}
