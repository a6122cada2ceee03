// An upstream that costs next to nothing, so that what is measured is what stands before it: sockets without an HTTP parser,
// answers made once. The model that a request names says how it is answered. Started as a process of its own, pinned beside
// the load. Usage: mock-upstream.ts, which prints `{"port":N}`.
import { createServer, type Socket } from 'node:net'
import { CHUNKS_PER_STREAM, STAMP_MARK } from './wire.ts'

const JSON_BODY = JSON.stringify({
  id: 'chatcmpl-AbCdEfGhIjKlMnOpQrStUvWx',
  object: 'chat.completion',
  created: 1_763_900_000,
  model: 'bench-json',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content:
          'The starter plan has a lower request limit and no shared wallet. The team plan adds members, budgets and audit logs.',
        refusal: null,
      },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: {
    prompt_tokens: 212,
    completion_tokens: 27,
    total_tokens: 239,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  },
  system_fingerprint: 'fp_1234567890',
})
const JSON_ANSWER = Buffer.from(
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(JSON_BODY)}\r\nConnection: keep-alive\r\n\r\n${JSON_BODY}`,
)
const STREAM_HEAD = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n',
)

const framed = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
const chunk = (members: string) =>
  framed(
    `data: {"id":"chatcmpl-AbCdEfGhIjKlMnOpQrStUvWx","object":"chat.completion.chunk","created":1763900000,"model":"bench","system_fingerprint":"fp_1234567890",${members}}\n\n`,
  )
/** Nineteen digits of the monotonic clock, which the processes of one machine share. */
const contentChunk = () =>
  chunk(
    `"choices":[{"index":0,"delta":{"content":" ${STAMP_MARK}${process.hrtime.bigint().toString().padStart(19, '0')}"},"logprobs":null,"finish_reason":null}],"usage":null`,
  )
const LAST_USAGE = `"choices":[],"usage":{"prompt_tokens":212,"completion_tokens":${CHUNKS_PER_STREAM},"total_tokens":${212 + CHUNKS_PER_STREAM},"prompt_tokens_details":{"cached_tokens":0}}`
const STREAM_END = [chunk(LAST_USAGE), framed('data: [DONE]\n\n'), '0\r\n\r\n'].join('')

/** Between two chunks of a stream; 0 writes one on every turn of the event loop. */
const PACES_MS: Readonly<Record<string, number>> = { burst: 0, first: 0, paced: 20, slow: 250 }

interface Stream {
  readonly socket: Socket
  left: number
}

/** How long the first chunk of a stream is alone, where it is waited for: a burst would keep the core from whoever is to see it. */
const FIRST_ALONE_MS = 3

const bursting = new Set<Stream>()

function burstTurn(): void {
  for (const stream of bursting) if (!writeNext(stream)) bursting.delete(stream)
  if (bursting.size > 0) setImmediate(burstTurn)
}

/** Writes one chunk, or the end; whether there is more to come. */
function writeNext(stream: Stream): boolean {
  if (stream.socket.destroyed) return false
  if (stream.left > 0) {
    stream.left -= 1
    stream.socket.write(contentChunk())
    return true
  }
  stream.socket.write(STREAM_END)
  return false
}

function startStream(socket: Socket, model: string, paceMs: number): void {
  socket.write(STREAM_HEAD)
  const stream = { socket, left: CHUNKS_PER_STREAM }
  if (paceMs > 0) {
    const timer = setInterval(() => {
      if (!writeNext(stream)) clearInterval(timer)
    }, paceMs)
    return
  }
  const burst = () => {
    if (bursting.size === 0) setImmediate(burstTurn)
    bursting.add(stream)
  }
  if (model === 'first') {
    setImmediate(() => writeNext(stream))
    setTimeout(burst, FIRST_ALONE_MS)
  } else burst()
}

function answer(socket: Socket, model: string): void {
  const paceMs = PACES_MS[model]
  if (paceMs === undefined) socket.write(JSON_ANSWER)
  else startStream(socket, model, paceMs)
}

const HEAD_END = Buffer.from('\r\n\r\n')

function serve(socket: Socket): void {
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  let head: Buffer = Buffer.alloc(0)
  let model = ''
  let bodyBytesLeft = 0
  socket.on('data', (data) => {
    if (bodyBytesLeft > 0) {
      if (model === '') model = modelIn(data)
      bodyBytesLeft -= data.length
      if (bodyBytesLeft <= 0) answer(socket, model)
      return
    }
    const bytes = head.length === 0 ? data : Buffer.concat([head, data])
    const end = bytes.indexOf(HEAD_END)
    if (end < 0) {
      head = bytes
      return
    }
    head = Buffer.alloc(0)
    const length = /content-length: *(\d+)/i.exec(bytes.toString('latin1', 0, end))?.[1]
    bodyBytesLeft = Number(length ?? 0) - (bytes.length - end - HEAD_END.length)
    model = modelIn(bytes.subarray(end))
    if (bodyBytesLeft <= 0) answer(socket, model)
  })
}

/** The member comes first in every body of the load, so the first bytes have it. */
const modelIn = (bytes: Buffer): string =>
  /"model":"bench-(\w+)"/.exec(bytes.toString('latin1', 0, 200))?.[1] ?? ''

const server = createServer(serve)
server.listen(0, '127.0.0.1', 4096, () => {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  process.stdout.write(`${JSON.stringify({ port })}\n`)
})
