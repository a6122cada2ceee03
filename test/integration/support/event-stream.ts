// One reader of `GET /api/events`, over a plain connection of its own: it keeps what arrives, or reads nothing at all.
import { type IncomingMessage, request } from 'node:http'
import type { PushedEvent } from '../../../contract/events.ts'

export interface EventReader {
  readonly status: number
  readonly text: () => string
  readonly events: () => PushedEvent[]
  /** Resolves with the first event of this type, from now on or before. */
  next(type: PushedEvent['type']): Promise<PushedEvent>
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>
  readonly response: IncomingMessage
  close(): void
}

export function readEvents(
  port: number,
  cookie: string,
  options: { readonly headers?: Record<string, string>; readonly isReading?: boolean } = {},
): Promise<EventReader> {
  return new Promise((resolve, reject) => {
    const req = request({
      port,
      host: '127.0.0.1',
      path: '/api/events',
      agent: false,
      headers: { cookie, accept: 'text/event-stream', ...options.headers },
    })
    req.on('error', reject)
    req.on('response', (response) => {
      let text = ''
      const waiting = new Set<() => void>()
      if (options.isReading !== false) {
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString()
          for (const look of waiting) look()
        })
      }
      response.on('error', () => undefined)
      const ended = new Promise<void>((done) => response.on('close', done))
      const events = () => parse(text)
      resolve({
        status: response.statusCode ?? 0,
        text: () => text,
        events,
        next: (type) =>
          new Promise((found) => {
            const look = (): void => {
              const event = events().find((candidate) => candidate.type === type)
              if (!event) return
              waiting.delete(look)
              found(event)
            }
            waiting.add(look)
            look()
          }),
        ended,
        response,
        close: () => req.destroy(),
      })
    })
    req.end()
  })
}

const parse = (text: string): PushedEvent[] =>
  text
    .split('\n\n')
    .slice(0, -1)
    .flatMap((block) => {
      const data = /^data: (.*)$/m.exec(block)?.[1]
      return data === undefined ? [] : [JSON.parse(data) as PushedEvent] // checked by the tests themselves
    })
