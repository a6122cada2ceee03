// Asks for one response over WebSocket, as Codex does where it was told that it may, and collects what comes until it ends.
import { text } from 'node:stream/consumers'
import { WebSocket } from 'ws'
import { refusalIn } from './refusal-text.ts'

interface SocketQuestion {
  /** With its `/v1`. */
  readonly baseUrl: string
  readonly key: string
  /** The body of the request, but for what is said by the frame. */
  readonly body: object
  readonly patienceMs: number
}

const ENDS = /"type":\s*"(?:response\.(?:completed|incomplete|failed)|error)"/

/** The texts of the frames. Rejects where the connection was refused, or ended before the answer did. */
export function askOverSocket({
  baseUrl,
  key,
  body,
  patienceMs,
}: SocketQuestion): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const frames: string[] = []
    const ws = new WebSocket(`${baseUrl.replace(/^http/, 'ws')}/responses`, {
      headers: { authorization: `Bearer ${key}` },
      handshakeTimeout: patienceMs,
      perMessageDeflate: false,
    })
    const timer = setTimeout(() => ws.terminate(), patienceMs)
    ws.on('open', () => ws.send(JSON.stringify({ type: 'response.create', ...body })))
    ws.on('message', (data) => {
      const frame = String(data)
      frames.push(frame)
      if (ENDS.test(frame)) ws.close()
    })
    ws.on('unexpected-response', async (_, response) => {
      const said = await text(response).catch(() => '')
      reject(new Error(refusalIn(response.statusCode, said)))
      ws.terminate()
    })
    ws.on('error', reject)
    ws.on('close', (code) => {
      clearTimeout(timer)
      if (ENDS.test(frames.at(-1) ?? '')) resolve(frames)
      else reject(new Error(`The connection was closed with ${code} before the answer had ended.`))
    })
  })
}
