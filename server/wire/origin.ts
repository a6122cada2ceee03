// Where an upstream is, and how a socket to it is opened: by `net` or `tls`, as undici opened them. Nothing is sent here.
import {
  connect as connectTcp,
  isIP,
  type LookupFunction,
  type Socket,
  type TcpNetConnectOpts,
} from 'node:net'
import { connect as connectTls } from 'node:tls'
import { readInto } from './reading.ts'

const TCP_PROBE_MS = 60_000

export interface OriginOptions {
  readonly lookup: LookupFunction
  /** Throws for a host that must not be called; an address is never looked up. */
  readonly refuseHost: (host: string) => void
}

export class Origin {
  /** As it stands in the header `Host`. */
  readonly host: string
  readonly isTls: boolean
  readonly #hostname: string
  readonly #port: number
  readonly #options: OriginOptions
  /** Of the last handshake, which makes the next one shorter. */
  #session: Buffer | undefined

  constructor(url: URL, options: OriginOptions) {
    this.host = url.host
    this.isTls = url.protocol === 'https:'
    this.#hostname = url.hostname.replace(/^\[|\]$/g, '')
    this.#port = Number(url.port) || (this.isTls ? 443 : 80)
    this.#options = options
  }

  /**
   * Throws what `refuseHost` throws. The socket says `connect` or `secureConnect` when it may be written to. What `onBytes` is
   * given is its own only until it returns.
   */
  open(onBytes: (lent: Buffer) => boolean): Socket {
    this.#options.refuseHost(this.#hostname)
    const place: TcpNetConnectOpts = {
      host: this.#hostname,
      port: this.#port,
      lookup: this.#options.lookup,
      onread: readInto(onBytes),
    }
    const socket = this.isTls ? this.#openTls(place) : connectTcp(place)
    return socket.setNoDelay(true).setKeepAlive(true, TCP_PROBE_MS)
  }

  #openTls(place: TcpNetConnectOpts): Socket {
    const socket = connectTls({
      ...place,
      // HTTP/2 would share one connection between requests. An address has no name to be asked for.
      ALPNProtocols: ['http/1.1'],
      ...(isIP(this.#hostname) === 0 ? { servername: this.#hostname } : {}),
      ...(this.#session ? { session: this.#session } : {}),
    })
    return socket.on('session', (session) => {
      this.#session = session
    })
  }
}
