// Answers an upgrade to WebSocket. Codex CLI falls back to HTTP at once on a 426, and only after seven tries on a 404.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { ERRORS, type Refusal, refusal } from '../../contract/errors.ts'
import { endpointAt, rawPathOf } from './endpoints.ts'
import { openAiErrorOf, retryHeaders } from './openai-error.ts'
import { printable } from './printable.ts'

/** How long a client may take to close its side once it was answered. */
const CLOSE_MS_MAX = 5_000

const REASON: Readonly<Record<number, string>> = { 404: 'Not Found', 426: 'Upgrade Required' }

export function refuseUpgrade(req: IncomingMessage, socket: Duplex, requestId: string): void {
  const path = rawPathOf(req.url ?? '')
  const isKnown = endpointAt(path)?.kind === 'metered'
  const refused: Refusal = isKnown
    ? refusal('upgrade_required')
    : refusal('unknown_url', { method: 'GET', path: printable(path) })
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
