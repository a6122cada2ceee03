// The connections on which plain requests are answered, and what becomes of those on which nothing is asked.
import type { Socket } from 'node:net'
import { type ConnectionDeps, ServedConnection } from './served-connection.ts'

export interface FrontDoorDeps extends Omit<ConnectionDeps, 'onGone'> {
  /** How long a connection may take to ask for the first time. */
  readonly firstRequestSeconds: number
  /**
   * How many may be open, those that were handed over among them. One more takes the place of the oldest that is idle, first of
   * all of one that has never asked: refusing it instead would let whoever was first keep everybody else out.
   */
  readonly connectionsMax: number
  /** Whether one that was handed over is answered, or carries something else than HTTP by now. */
  readonly isBusyElsewhere: (socket: Socket) => boolean
  /** Answers for one that did not. */
  readonly onSilent: (socket: Socket) => void
}

export interface FrontDoor {
  /** Takes a connection on which nothing has been read. */
  take(socket: Socket): void
  /** Ends the connections on which nothing is being answered. */
  endIdle(): void
  endAll(): void
}

/** How often idle connections are looked at: one timer for all of them. */
const LOOK_SECONDS = 5

export function createFrontDoor(deps: FrontDoorDeps): FrontDoor {
  const connections = new Set<ServedConnection>()
  /** Where half a head is waited for, too. */
  const handedOver = new Set<Socket>()
  let timer: NodeJS.Timeout | undefined
  const connectionDeps: ConnectionDeps = {
    ...deps,
    handOver(socket) {
      handedOver.add(socket)
      socket.once('close', () => handedOver.delete(socket))
      deps.handOver(socket)
    },
    onGone(connection) {
      connections.delete(connection)
      if (connections.size > 0) return
      clearInterval(timer)
      timer = undefined
    },
  }
  const firstLooksMax = Math.ceil(deps.firstRequestSeconds / LOOK_SECONDS)
  // A connection is not closed before it was said to be.
  const keepAliveLooksMax = Math.ceil(deps.keepAliveSeconds / LOOK_SECONDS) + 1

  const look = (): void => {
    for (const connection of connections) {
      if (!connection.isIdle) continue
      connection.idleLooks += 1
      const { hasServed, idleLooks, socket } = connection
      if (idleLooks <= (hasServed ? keepAliveLooksMax : firstLooksMax)) continue
      // It is told once: a client that does not close its side by then is not waited for.
      if (hasServed || !socket.writable) socket.destroy()
      else deps.onSilent(socket)
    }
  }

  const makeRoom = (): void => {
    let oldestServed: ServedConnection | undefined
    for (const connection of connections) {
      if (!connection.isIdle || connection.socket.destroyed) continue
      if (!connection.hasServed) {
        connection.socket.destroy()
        return
      }
      oldestServed ??= connection
    }
    for (const socket of handedOver) {
      if (socket.destroyed || deps.isBusyElsewhere(socket)) continue
      socket.destroy()
      return
    }
    // Where none is idle, each has a request, and those have bounds of their own.
    oldestServed?.socket.destroy()
  }

  return {
    take(socket) {
      if (connections.size + handedOver.size >= deps.connectionsMax) makeRoom()
      connections.add(new ServedConnection(socket, connectionDeps))
      timer ??= setInterval(look, LOOK_SECONDS * 1000).unref()
    },
    endIdle() {
      for (const connection of connections) if (connection.isIdle) connection.socket.destroy()
    },
    endAll() {
      for (const connection of connections) connection.socket.destroy()
    },
  }
}
