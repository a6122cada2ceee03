// The client of a load over WebSocket: one frame on a connection of its own, which it drops where its plan says.
import { WebSocket } from 'ws'
import type { Asking } from './asking.ts'
import type { Connection, Seen } from './client.ts'
import { LAST_BUT_ONE } from './leaving.ts'

const ANSWER_MS_MAX = 30_000
const END = /^\{"type":"(?:response\.(?:completed|incomplete|failed)|error)"/

export function sendFrame(
  { body, id, leaving }: Asking,
  { url, apiKey, arrived }: Connection,
): Promise<Seen> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/v1/responses`, {
    perMessageDeflate: false,
    headers: { authorization: `Bearer ${apiKey}`, 'x-client-request-id': id },
  })
  const frames: string[] = []
  let status: number | undefined
  let hasLeft = false
  let isWhole = false
  function leave(): void {
    hasLeft = !isWhole
    ws.terminate()
  }
  ws.on('open', () => {
    ws.send(body.toString().replace('{', '{"type":"response.create",'))
    if (leaving.when === 'before_headers') void arrived.then(leave)
  })
  ws.on('message', (data) => {
    const frame = String(data)
    frames.push(frame)
    const error = /"type":"error","status":(\d+)/.exec(frame)?.[1]
    status ??= error === undefined ? 200 : Number(error)
    isWhole ||= END.test(frame)
    if (leaving.when === 'after_events' && frames.length >= leaving.events) leave()
    else if (leaving.when === 'before_last_event' && LAST_BUT_ONE.test(`event: ${typeOf(frame)}`)) leave()
    else if (isWhole) ws.close()
  })
  ws.on('error', () => {})
  const timer = setTimeout(leave, ANSWER_MS_MAX)
  return new Promise((resolve) => {
    ws.on('close', () => {
      clearTimeout(timer)
      resolve({ status, requestId: undefined, body: Buffer.from(frames.join('\n')), isWhole, hasLeft })
    })
  })
}

const typeOf = (frame: string): string => /"type":"([\w.]+)"/.exec(frame)?.[1] ?? ''
