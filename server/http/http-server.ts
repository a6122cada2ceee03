// The one HTTP server: a plain listener that checks the host, hands the OpenAI side its requests, and leaves the rest to
// Express. The hot path pays for nothing that it does not use.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { ERRORS, type Refusal, refusal } from '../../contract/errors.ts'
import { refuse } from '../operations/dispatch.ts'
import { createFrontDoor, type FrontDoor } from '../wire/front-door.ts'
import { answerEnvelope, openAiBody } from './answers.ts'
import { createApp } from './app.ts'
import { answerBothSchemes } from './both-schemes.ts'
import type { EventStreams } from './event-streams.ts'
import type { GatewayDoor, HttpDeps } from './http-deps.ts'
import { httpsRequired, mustComeEncrypted, sendToHttps } from './https-only.ts'
import { isHostAllowed, isMachineOfContainers } from './request-origin.ts'

const HEADERS_TIMEOUT_MS = 60_000
/** Doors have closer limits for the bodies that they read; this one is for whatever none of them waits for. */
const REQUEST_TIMEOUT_MS = 3_660_000
/** Longer than clients keep a connection idle: Node's 5 s would close it in the middle of their next request. */
const KEEP_ALIVE_SECONDS = 75
/** Far more than a team has; idle ones take some 6 KB each, so that all of them are 60 MB. */
const CONNECTIONS_MAX = 10_000

export interface Doors {
  readonly server: Server
  /** Ends the connections on which nothing is being answered. */
  endIdle(): void
  endAll(): void
}

export function createHttpServer(
  deps: HttpDeps & { readonly gateway: GatewayDoor; readonly streams: EventStreams },
): Doors {
  const { gateway, allowedHosts } = deps
  const app = createApp(deps)

  const isForUs = (req: IncomingMessage): boolean =>
    isHostAllowed(req.headers.host, allowedHosts) ||
    (isMachineOfContainers(req.headers.host) && gateway.claims(req))

  const listener = (req: IncomingMessage, res: ServerResponse): void => {
    if (deps.isStopping()) res.setHeader('connection', 'close')
    if (!isForUs(req)) refuseHost(gateway, req, res)
    else if (mustComeEncrypted(deps.https, req)) sendToHttps(gateway, req, res)
    else if (gateway.claims(req)) gateway.handle(req, res)
    // The whole URL of another server, as a proxy would be asked: we are none.
    else if (!req.url?.startsWith('/')) answerEnvelope(res, refuse(refusal('malformed_request')))
    else app(req, res)
  }
  // The gateway asks for a body itself, when it wants it; an operation's is small and always wanted.
  const continueListener = (req: IncomingMessage, res: ServerResponse): void => {
    const isRefused = !isForUs(req) || mustComeEncrypted(deps.https, req)
    if (!isRefused && !gateway.claims(req)) res.writeContinue()
    listener(req, res)
  }

  const server = createServer({
    requestTimeout: REQUEST_TIMEOUT_MS,
    headersTimeout: HEADERS_TIMEOUT_MS,
    shouldUpgradeCallback: asksForSocket,
  })
  server.keepAliveTimeout = KEEP_ALIVE_SECONDS * 1000
  server.on('request', listener)
  server.on('checkContinue', continueListener)
  const upgraded = new WeakSet<Duplex>()
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgraded.add(socket)
    socket.on('error', () => socket.destroy())
    if (!isForUs(req)) endSocket(gateway, socket, refusal('host_rejected', { host: shownHost(req) }))
    else if (mustComeEncrypted(deps.https, req)) endSocket(gateway, socket, httpsRequired(req))
    else gateway.handleUpgrade(req, socket, head)
  })
  server.on('clientError', (error, socket) => answerClientError(gateway, error, socket))
  const front = plainRequestsFirst(server, deps, upgraded)
  const { endUndecided } = answerBothSchemes(server, deps.https, front)
  return {
    server,
    endIdle() {
      server.closeIdleConnections()
      front.endIdle()
      endUndecided()
    },
    endAll() {
      server.closeAllConnections()
      front.endAll()
    },
  }
}

/**
 * Another protocol may be left out of account, and the request answered as it is (RFC 9110, "Upgrade"): the HTTP client of
 * Java offers HTTP/2 in this way with everything that it asks for in clear.
 */
const asksForSocket = ({ headers }: IncomingMessage): boolean => /\bwebsocket\b/i.test(headers.upgrade ?? '')

/** What the OpenAI side is asked for most is answered over the bare connection; Node's HTTP gets what is anything else. */
function plainRequestsFirst(
  server: Server,
  deps: HttpDeps & { readonly gateway: GatewayDoor },
  upgraded: WeakSet<Duplex>,
): FrontDoor {
  const { gateway, allowedHosts, https } = deps
  const serveHttp = server.listeners('connection')
  return createFrontDoor({
    keepAliveSeconds: KEEP_ALIVE_SECONDS,
    firstRequestSeconds: HEADERS_TIMEOUT_MS / 1000,
    connectionsMax: CONNECTIONS_MAX,
    isBusyElsewhere: (socket) => upgraded.has(socket) || responseOn(socket) != null,
    takes: ({ target, headers }, socket) =>
      gateway.meters(target) &&
      (isHostAllowed(headers.host, allowedHosts) || isMachineOfContainers(headers.host)) &&
      !mustComeEncrypted(https, { url: target, method: 'POST', socket }),
    answer(req, res) {
      if (deps.isStopping()) res.setHeader('connection', 'close')
      gateway.handle(req, res)
    },
    handOver(socket) {
      for (const listener of serveHttp) Reflect.apply(listener, server, [socket])
    },
    onSilent: (socket) => endSocket(gateway, socket, refusal('request_timeout')),
  })
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
  socket: Duplex & { remoteAddress?: string | undefined },
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
const responseOn = (socket: Duplex & { _httpMessage?: ServerResponse | null }) => socket._httpMessage

const isAnswering = (socket: Duplex) => responseOn(socket)?.headersSent === true
