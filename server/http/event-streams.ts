// `GET /api/events`: server-sent events for the screens of whoever is signed in. A stream is as long as its session, and no
// reader may be so slow, or so many, that the memory fills.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestHandler } from 'express'
import { type Refusal, refusal } from '../../contract/errors.ts'
import type { PushedEvent } from '../../contract/events.ts'
import { createEventFeed, type EventFeed } from '../events/event-feed.ts'
import { refuse } from '../operations/dispatch.ts'
import { answerEnvelope } from './answers.ts'
import { isOpenTo, toCaller } from './http-caller.ts'
import type { HttpDeps } from './http-deps.ts'
import { comesFromOwnPage } from './request-origin.ts'

export interface EventStreams {
  readonly handler: RequestHandler
  /** Ends the streams of one person: they have lost access. */
  endOf(userId: string): void
  /** Ends every stream; their screens come back by themselves. */
  endAll(): void
  /** Ends every stream, for good. */
  stop(): void
}

/** A browser opens at most six connections to one address, tabs together. */
const STREAMS_OF_SESSION_MAX = 6
const STREAMS_OF_USER_MAX = 20
const STREAMS_MAX = 1_000
/** What a reader may owe: then it is dropped, and comes back by itself. */
const UNREAD_BYTES_MAX = 256 * 1024
/** Proxies and phones end a connection that is silent for half a minute. */
const HEARTBEAT_MS = 15_000
/** How long a stream on which nothing happens may outlive its session, where nobody says that it ended. */
const CHECK_MS = 3_000
const RECONNECT_MS = 3_000

interface Stream {
  readonly sessionId: string
  readonly userId: string
  readonly isAdministrator: boolean
  /** Whether administration is still open to where it comes from: a setting may have changed. */
  readonly mayAdminister: () => boolean
  readonly req: IncomingMessage
  readonly res: ServerResponse
  feed: EventFeed | undefined
}

type StreamDeps = Parameters<typeof toCaller>[2] &
  Pick<HttpDeps, 'events' | 'lookUpSession' | 'isStopping' | 'version' | 'clock'>

export function createEventStreams(deps: StreamDeps): EventStreams {
  const streams = new Set<Stream>()
  const heartbeat = setInterval(() => {
    for (const stream of streams) write(stream, ': still here\n\n')
  }, HEARTBEAT_MS).unref()
  const check = setInterval(() => {
    for (const stream of streams) if (!isEntitled(stream)) end(stream)
  }, CHECK_MS).unref()

  /** Whoever lost their session, or is no administrator any more, has to ask for a stream anew. */
  function isEntitled({ sessionId, userId, isAdministrator, mayAdminister }: Stream): boolean {
    const identity = deps.lookUpSession(sessionId)
    if (identity?.user.id !== userId) return false
    return !isAdministrator || (identity.user.role === 'admin' && mayAdminister())
  }

  function end(stream: Stream): void {
    write(stream, format({ type: 'session.ended', at: deps.clock.now() }))
    stream.res.end()
    close(stream)
  }

  function close(stream: Stream): void {
    streams.delete(stream)
    stream.feed?.stop()
  }

  function write(stream: Stream, text: string): void {
    if (stream.res.writableLength > UNREAD_BYTES_MAX) {
      close(stream)
      stream.res.destroy()
    } else if (!stream.res.writableEnded) stream.res.write(text)
  }

  function refuseOneMore(sessionId: string, userId: string): Refusal | undefined {
    const count = (matches: (stream: Stream) => boolean) => [...streams].filter(matches).length
    const isTooMany =
      streams.size >= STREAMS_MAX ||
      count((stream) => stream.sessionId === sessionId) >= STREAMS_OF_SESSION_MAX ||
      count((stream) => stream.userId === userId) >= STREAMS_OF_USER_MAX
    return isTooMany ? refusal('too_many_streams', undefined, { retryAfterMs: RECONNECT_MS }) : undefined
  }

  function open(stream: Stream): void {
    streams.add(stream)
    stream.res.on('close', () => close(stream))
    stream.res.on('error', () => close(stream))
    stream.res.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      // Proxies in front of the gateway would otherwise collect the stream (nginx: "X-Accel-Buffering").
      'x-accel-buffering': 'no',
    })
    const hello = format({ type: 'hello', at: deps.clock.now(), version: deps.version })
    write(stream, `retry: ${RECONNECT_MS}\n\n${hello}`)
    stream.feed = createEventFeed(deps.events, stream, (events) => {
      if (isEntitled(stream)) write(stream, events.map(format).join(''))
      else end(stream)
    })
  }

  return {
    async handler(req, res) {
      const refused = (why: Refusal) => answerEnvelope(res, refuse(why))
      if (req.method !== 'GET') {
        res.setHeader('allow', 'GET')
        const details = { method: req.method, path: '/api/events', allowed: 'GET' }
        return refused(refusal('method_not_allowed', details))
      }
      if (!comesFromOwnPage(req)) return refused(refusal('origin_rejected'))
      const { user, sessionId, mayAdminister, isLocal } = await toCaller(req, res, deps)
      if (!user || sessionId === undefined) return refused(refusal('unauthenticated'))
      // Asked after the last wait, so that a stream that opens while all are ended is not left over.
      if (deps.isStopping())
        return refused(refusal('gateway_stopping', undefined, { retryAfterMs: RECONNECT_MS }))
      const oneTooMany = refuseOneMore(sessionId, user.id)
      if (oneTooMany) return refused(oneTooMany)
      const isAdministrator = user.role === 'admin' && mayAdminister
      open({
        sessionId,
        userId: user.id,
        isAdministrator,
        mayAdminister: () => isOpenTo(deps.remoteAdministration(), isLocal),
        req,
        res,
        feed: undefined,
      })
    },
    endOf(userId) {
      for (const stream of streams) if (stream.userId === userId) end(stream)
    },
    endAll() {
      for (const stream of streams) end(stream)
    },
    stop() {
      clearInterval(heartbeat)
      clearInterval(check)
      for (const stream of streams) {
        stream.res.end()
        close(stream)
      }
    },
  }
}

/** JSON has no line feeds of its own, so one `data` line carries it (WHATWG HTML, "Server-sent events"). */
const format = (event: PushedEvent): string => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
