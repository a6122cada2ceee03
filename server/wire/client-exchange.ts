// What the OpenAI side asks of a request and of its answer, whichever server reads them: node:http, the one for plain requests
// over bare sockets, or a turn of a WebSocket. Node's own classes fit it as they are.
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'

export interface ClientSocket {
  readonly remoteAddress?: string | undefined
  /** Bytes that the kernel has not taken yet. */
  readonly writableLength: number
  /** Ends the connection once nothing has passed over it for so long; 0 for never. */
  setTimeout(ms: number): unknown
}

export interface ClientRequest {
  readonly method?: string | undefined
  /** The request target as it came. */
  readonly url?: string | undefined
  readonly headers: IncomingHttpHeaders
  /** The same for requests whose heads are known to differ in nothing but the length of the body. */
  readonly alike?: object | undefined
  /** Names and values in turns, as they came; empty where each name stands once. */
  readonly rawHeaders: readonly string[]
  readonly socket: ClientSocket
  /** Whether all of the body has come. */
  readonly complete: boolean
  /** The body, where it came together with the head; nobody has to listen for it then. */
  readonly wholeBody?: Buffer | undefined
  /** Whether the memory that the body or its pieces lie in is whose they are handed to, and nobody else's. */
  readonly givesBody?: boolean
  on(event: 'data', listener: (piece: Buffer) => void): unknown
  on(event: 'end' | 'close', listener: () => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  once(event: 'close', listener: () => void): unknown
  pause(): unknown
  resume(): unknown
  /** Ends the connection. */
  destroy(): unknown
}

/** What has to be known of a request whose body nobody reads. */
export type UnreadRequest = Pick<ClientRequest, 'complete' | 'destroy' | 'once'>

export interface ClientResponse {
  readonly req: UnreadRequest & Pick<ClientRequest, 'method'>
  statusCode: number
  readonly headersSent: boolean
  readonly destroyed: boolean
  readonly writableEnded: boolean
  /** Whether the kernel has taken all of it. */
  readonly writableFinished: boolean
  /** Null once the answer is over. */
  readonly socket: ClientSocket | null
  setHeader(name: string, value: string): unknown
  /** Headers as an object, or as names and values in turns. */
  writeHead(status: number, headers?: OutgoingHttpHeaders | string[]): unknown
  flushHeaders(): void
  writeContinue(): void
  /** False where the next piece should wait for `drain`. */
  write(bytes: Buffer): boolean
  /** Writes at once, and has done with the pieces when it returns. Not there where what is written may be kept. */
  writeLent?(pieces: readonly Buffer[]): boolean
  end(bytes?: Buffer): unknown
  end(text: string, encoding: 'latin1'): unknown
  destroy(): unknown
  on(event: 'close', listener: () => void): unknown
  once(event: 'drain', listener: () => void): unknown
}
