// One request as bytes, and the answer to it, whole or not: what the bytes mean is for the server to find out.
import { connect } from 'node:net'
import type { Received } from './answers.ts'

/** After so long without an answer, what was sent is taken for half a request, and the connection is ended. */
const SILENCE_MS = 400

export interface Exchanged {
  /** Undefined where the server closed without a word. */
  readonly answer: Received | undefined
  readonly bytes: number
}

export function exchangeRaw(port: number, request: Buffer): Promise<Exchanged> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1', () => socket.write(request))
    const isHead = request.toString('latin1', 0, 5) === 'HEAD '
    const whole = () => {
      const answer = readAnswer(Buffer.concat(chunks), isHead)
      if (answer?.isWhole) socket.end()
      return answer
    }
    socket.setTimeout(SILENCE_MS, () => socket.end())
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      whole()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      const bytes = Buffer.concat(chunks)
      resolve({ answer: readAnswer(bytes, isHead), bytes: bytes.length })
    })
  })
}

/** The first answer that is not a 1xx. */
function readAnswer(bytes: Buffer, isHead: boolean): (Received & { readonly isWhole: boolean }) | undefined {
  const text = bytes.toString('latin1')
  const headEnd = text.indexOf('\r\n\r\n')
  const [first = '', ...lines] = (headEnd < 0 ? '' : text.slice(0, headEnd)).split('\r\n')
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1])
  if (!(status >= 100)) return undefined
  if (status < 200) return readAnswer(bytes.subarray(headEnd + 4), isHead)
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  if (isHead || status === 204 || status === 304) return { status, headers, text: '', isWhole: true }
  const body = bytes.subarray(headEnd + 4)
  if (headers['transfer-encoding'] === 'chunked')
    return { status, headers, ...unchunked(body.toString('latin1')) }
  const length = Number(headers['content-length'] ?? 0)
  return { status, headers, text: body.subarray(0, length).toString('utf8'), isWhole: body.length >= length }
}

function unchunked(body: string): { readonly text: string; readonly isWhole: boolean } {
  let text = ''
  let at = 0
  for (;;) {
    const lineEnd = body.indexOf('\r\n', at)
    const length = lineEnd < 0 ? Number.NaN : Number.parseInt(body.slice(at, lineEnd), 16)
    if (Number.isNaN(length)) return { text, isWhole: false }
    if (length === 0) return { text: Buffer.from(text, 'latin1').toString('utf8'), isWhole: true }
    text += body.slice(lineEnd + 2, lineEnd + 2 + length)
    at = lineEnd + 2 + length + 2
  }
}
