// Both ends of HTTP on bare sockets, for what no HTTP library would send.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface RawUpstream {
  readonly baseUrl: string
  /** Every request as it came, head and body. */
  readonly requests: readonly string[]
  readonly connections: number
  stop(): Promise<void>
}

/** Calls `answer` for each whole request; `count` is 1 for the first on its connection. */
export async function startRawUpstream(
  answer: (socket: Socket, request: string, count: number) => void,
): Promise<RawUpstream> {
  const requests: string[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    let pending = ''
    let count = 0
    socket.on('data', (bytes) => {
      pending += bytes.toString('latin1')
      for (let length = requestLength(pending); length > 0; length = requestLength(pending)) {
        const request = pending.slice(0, length)
        pending = pending.slice(length)
        requests.push(request)
        count += 1
        answer(socket, request, count)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    // A server that listens on a port has an address with that port.
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    get connections() {
      return connections
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The length of the first request, or 0 while it is not whole. */
function requestLength(text: string): number {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return 0
  const length = headEnd + 4 + Number(/content-length: (\d+)/i.exec(text.slice(0, headEnd))?.[1] ?? 0)
  return text.length >= length ? length : 0
}

/** Sends bytes as they are, and resolves with all that comes back until the other side closes, or is silent behind its first byte. */
export function sendRaw(url: string, text: string, silenceMs = 1_000): Promise<string> {
  const { port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(text, 'latin1'))
    let answer = ''
    socket.setTimeout(15_000, () => socket.destroy())
    socket.on('data', (chunk) => {
      socket.setTimeout(silenceMs)
      answer += chunk.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(answer))
  })
}

export const jsonAnswer = (body: unknown, more = ''): string => {
  const text = JSON.stringify(body)
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n${more}\r\n${text}`
}
