// Answers an upgrade to WebSocket that is not made, in HTTP. Codex CLI falls back to HTTP at once on a 426, and only after seven
// tries on a 404.
import type { Duplex } from 'node:stream'
import { ERRORS, type Refusal } from '../../../contract/errors.ts'
import { openAiErrorOf, retryHeaders } from '../openai-error.ts'

/** How long a client may take to close its side once it was answered. */
const CLOSE_MS_MAX = 5_000

const REASON: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

export function refuseUpgrade(socket: Duplex, requestId: string, refused: Refusal): void {
  const { status } = ERRORS[refused.code]
  const body = JSON.stringify({ error: openAiErrorOf(refused) })
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'x-request-id': requestId,
    connection: 'close',
    ...retryHeaders(refused),
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  // A client that has gone already is no fault of anyone's.
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status} ${REASON[status] ?? ''}\r\n${lines.join('')}\r\n${body}`)
  const timer = setTimeout(() => socket.destroy(), CLOSE_MS_MAX)
  timer.unref()
  socket.once('close', () => clearTimeout(timer))
}
