// HTTP and HTTPS on one port: the first byte of a connection says which of them it is. The address stays the same whatever is
// switched on, and one HTTP server answers both, with the same limits.
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls'
import type { FrontDoor } from '../wire/front-door.ts'

/** Of a handshake (RFC 8446, 5.1). No method of HTTP begins with it. */
const TLS_HANDSHAKE = 0x16
/** From the connection to its first byte, and again to the end of the handshake. */
const PATIENCE_MS = 15_000

export interface TlsSide {
  /** PEM; undefined while only HTTP is spoken. */
  readonly leaf: () => { readonly certificate: string; readonly key: string } | undefined
  readonly onChange: (listener: () => void) => void
}

interface Undecided {
  readonly socket: Socket
  /** The door need not count it any more. */
  readonly isOver: () => void
}

/**
 * The door is given the connections, decrypted where they were encrypted. Returns what ends connections of which it is not known
 * yet what they speak; the HTTP server does not know them.
 */
export function answerBothSchemes(
  server: Server,
  side: TlsSide,
  door: Pick<FrontDoor, 'count' | 'take'>,
): { endUndecided(): void } {
  const undecided = new Map<string, Undecided>()
  let tls: TlsServer | undefined
  let isSpeaking = false

  const follow = (): void => {
    const leaf = side.leaf()
    isSpeaking = leaf !== undefined
    if (leaf === undefined) return
    const context = { cert: leaf.certificate, key: leaf.key, minVersion: 'TLSv1.2' } as const
    // Connections that are open keep what they have agreed upon.
    if (tls !== undefined) {
      tls.setSecureContext(context)
      return
    }
    tls = createTlsServer({ ...context, ALPNProtocols: ['http/1.1'], handshakeTimeout: PATIENCE_MS })
    tls.on('secureConnection', (socket) => {
      const name = nameOf(socket)
      undecided.get(name)?.isOver()
      undecided.delete(name)
      door.take(socket)
    })
    // Half of the world's scanners knock here; whoever had a reason to come sees the alert.
    tls.on('tlsClientError', (_error, socket) => socket.destroy())
  }
  const decide = (socket: Socket): void => {
    // Reset before it was accepted: it has no name, and a handshake with nobody would be waited for.
    if (socket.remotePort === undefined) {
      socket.destroy()
      return
    }
    const name = nameOf(socket)
    const isOver = door.count(socket)
    undecided.set(name, { socket, isOver })
    const end = () => socket.destroy()
    const forget = () => undecided.delete(name)
    socket.once('error', end)
    socket.once('close', forget)
    socket.setTimeout(PATIENCE_MS, end)
    socket.once('readable', () => {
      // All of it, for whoever is served looks at no more than comes at once.
      const first: Buffer | null = socket.read()
      // Closed before it said anything.
      if (first === null) return end()
      socket.unshift(first)
      socket.setTimeout(0, end)
      if (first[0] !== TLS_HANDSHAKE) {
        socket.removeListener('error', end)
        socket.removeListener('close', forget)
        forget()
        isOver()
        door.take(socket)
      } else tls?.emit('connection', socket)
    })
  }

  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => (isSpeaking ? decide(socket) : door.take(socket)))
  side.onChange(follow)
  follow()
  return {
    endUndecided() {
      for (const { socket } of undecided.values()) socket.destroy()
    },
  }
}

/** A connection under TLS is another object than the one that it runs over, between the same two ends. */
const nameOf = ({ remoteAddress, remotePort, localAddress }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localAddress}`
