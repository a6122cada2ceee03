// The one HTTP server: a plain listener that checks the host, hands the OpenAI side its requests, and leaves the rest to
// Express. The hot path pays for nothing that it does not use.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { ERRORS, type Refusal, refusal } from '../../contract/errors.ts'
import { refuse } from '../operations/dispatch.ts'
import { answerEnvelope, openAiBody } from './answers.ts'
import { createApp } from './app.ts'
import type { EventStreams } from './event-streams.ts'
import type { GatewayDoor, HttpDeps } from './http-deps.ts'
import { isHostAllowed } from './request-origin.ts'

const HEADERS_TIMEOUT_MS = 60_000
/** Doors have closer limits for the bodies that they read; this one is for whatever none of them waits for. */
const REQUEST_TIMEOUT_MS = 3_660_000
/** Longer than clients keep a connection idle: Node's 5 s would close it in the middle of their next request. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000

export function createHttpServer(
  deps: HttpDeps & { readonly gateway: GatewayDoor; readonly streams: EventStreams },
): Server {
  const { gateway, allowedHosts } = deps
  const app = createApp(deps)

  const listener = (req: IncomingMessage, res: ServerResponse): void => {
    if (deps.isStopping()) res.setHeader('connection', 'close')
    if (!isHostAllowed(req.headers.host, allowedHosts())) refuseHost(gateway, req, res)
    else if (gateway.claims(req)) gateway.handle(req, res)
    // The whole URL of another server, as a proxy would be asked: we are none.
    else if (!req.url?.startsWith('/')) answerEnvelope(res, refuse(refusal('malformed_request')))
    else app(req, res)
  }
  // The gateway asks for a body itself, when it wants it; an operation's is small and always wanted.
  const continueListener = (req: IncomingMessage, res: ServerResponse): void => {
    const isForGateway = !isHostAllowed(req.headers.host, allowedHosts()) || gateway.claims(req)
    if (!isForGateway) res.writeContinue()
    listener(req, res)
  }

  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS })
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS
  server.on('request', listener)
  server.on('checkContinue', continueListener)
  server.on('upgrade', (req: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy())
    if (isHostAllowed(req.headers.host, allowedHosts())) gateway.handleUpgrade(req, socket)
    else endSocket(gateway, socket, refusal('host_rejected', { host: shownHost(req) }))
  })
  server.on('clientError', (error, socket) => answerClientError(gateway, error, socket))
  return server
}

const shownHost = (req: IncomingMessage): string =>
  (req.headers.host ?? '').slice(0, 100).replace(/[^\x21-\x7e]/g, '?')

function refuseHost(gateway: GatewayDoor, req: IncomingMessage, res: ServerResponse): void {
  const refused = refusal('host_rejected', { host: shownHost(req) })
  if (!req.complete) res.setHeader('connection', 'close')
  if (gateway.claims(req)) gateway.refuse(req, res, refused)
  else answerEnvelope(res, refuse(refused))
}

/** What is no HTTP, or not in time: there is no request to answer to, only a socket. */
function answerClientError(gateway: GatewayDoor, error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
  else if (error.code === 'HPE_HEADER_OVERFLOW') endSocket(gateway, socket, refusal('headers_too_large'))
  else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') endSocket(gateway, socket, refusal('request_timeout'))
  else endSocket(gateway, socket, refusal('malformed_request'))
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}

function endSocket(
  gateway: GatewayDoor,
  socket: Duplex & { remoteAddress?: string },
  refused: Refusal,
): void {
  // An answer is under way on this socket: anything written now would become part of it.
  if (isAnswering(socket)) {
    socket.destroy()
    return
  }
  const { status } = ERRORS[refused.code]
  const body = JSON.stringify(openAiBody(refused))
  const requestId = gateway.recordRefused(socket.remoteAddress ?? '', refused)
  socket.end(
    `HTTP/1.1 ${status} ${REASONS[status] ?? ''}\r\nconnection: close\r\nx-request-id: ${requestId}\r\n` +
      `content-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

/** Node keeps the response that a socket is busy with here; there is no public way to ask. */
const isAnswering = (
  socket: Duplex & Partial<Pick<Socket, 'bytesWritten'>> & { _httpMessage?: ServerResponse | null },
) => socket._httpMessage?.headersSent === true
