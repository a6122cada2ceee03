// The connections on which plain requests are answered, and what becomes of those on which nothing is asked.
import type { Socket } from 'node:net'
import { type ConnectionDeps, ServedConnection } from './served-connection.ts'

export interface FrontDoorDeps extends Omit<ConnectionDeps, 'onGone'> {
  /** How long a connection may take to ask for the first time. */
  readonly firstRequestSeconds: number
  /**
   * How many may be open, those that were handed over among them, and those that are still agreeing on how to speak. One more
   * takes the place of one that is idle, first of all of one that has not asked though it had the time: refusing it instead
   * would let whoever was first keep everybody else out.
   */
  readonly connectionsMax: number
  /** Whether one that was handed over is answered, or carries something else than HTTP by now. */
  readonly isBusyElsewhere: (socket: Socket) => boolean
  /** Answers for one that did not. */
  readonly onSilent: (socket: Socket) => void
}

export interface FrontDoor {
  /** Counts a connection that is not to be taken yet, until it closes or what is returned is called. */
  count(socket: Socket): () => void
  /** Takes a connection on which nothing has been read. */
  take(socket: Socket): void
  /** Ends the connections on which nothing is being answered. */
  endIdle(): void
  endAll(): void
}

/** How often idle connections are looked at: one timer for all of them. */
const LOOK_SECONDS = 5
/** Whoever has said nothing at so many looks has had five seconds at least. */
const LOOKS_TO_SPEAK = 2

export function createFrontDoor(deps: FrontDoorDeps): FrontDoor {
  const connections = new Set<ServedConnection>()
  /** Where half a head is waited for, too. */
  const handedOver = new Set<Socket>()
  /** Not taken yet, and at how many looks. */
  const awaited = new Map<Socket, number>()
  let timer: NodeJS.Timeout | undefined

  const watch = (): void => {
    timer ??= setInterval(look, LOOK_SECONDS * 1000).unref()
  }
  const stopLooking = (): void => {
    if (connections.size > 0 || awaited.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
  const connectionDeps: ConnectionDeps = {
    ...deps,
    handOver(socket) {
      handedOver.add(socket)
      socket.once('close', () => handedOver.delete(socket))
      deps.handOver(socket)
    },
    onGone(connection) {
      connections.delete(connection)
      stopLooking()
    },
  }
  const firstLooksMax = Math.ceil(deps.firstRequestSeconds / LOOK_SECONDS)
  // A connection is not closed before it was said to be.
  const keepAliveLooksMax = Math.ceil(deps.keepAliveSeconds / LOOK_SECONDS) + 1

  function look(): void {
    for (const [socket, looks] of awaited) awaited.set(socket, looks + 1)
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
    const { silent, fresh, freshCount, served } = idleOnes(connections)
    const recent = first(awaited, ([socket]) => !socket.destroyed)?.[0] ?? fresh
    // Whoever came just now may be about to ask. Of very many that came just now, few are.
    const isFlooded = awaited.size + freshCount > deps.connectionsMax / 2
    const room =
      silent ??
      first(awaited, ([socket, looks]) => !socket.destroyed && looks >= LOOKS_TO_SPEAK)?.[0] ??
      first(handedOver, (socket) => !socket.destroyed && !deps.isBusyElsewhere(socket)) ??
      (isFlooded ? recent : served) ??
      recent ??
      served
    // Where none is idle, each has a request, and those have bounds of their own.
    room?.destroy()
  }
  const keepToBound = (): void => {
    if (connections.size + handedOver.size + awaited.size >= deps.connectionsMax) makeRoom()
  }

  return {
    count(socket) {
      keepToBound()
      awaited.set(socket, 0)
      watch()
      const over = () => {
        socket.off('close', over)
        if (awaited.delete(socket)) stopLooking()
      }
      socket.once('close', over)
      return over
    },
    take(socket) {
      keepToBound()
      connections.add(new ServedConnection(socket, connectionDeps))
      watch()
    },
    endIdle() {
      for (const connection of connections) if (connection.isIdle) connection.socket.destroy()
    },
    endAll() {
      for (const connection of connections) connection.socket.destroy()
    },
  }
}

interface IdleOnes {
  /** The oldest that has not asked though it had the time. */
  readonly silent: Socket | undefined
  /** The oldest that has not had the time, and how many there are. */
  readonly fresh: Socket | undefined
  readonly freshCount: number
  /** That on which nothing has been asked for longest. */
  readonly served: Socket | undefined
}

function idleOnes(connections: Iterable<ServedConnection>): IdleOnes {
  let silent: Socket | undefined
  let fresh: Socket | undefined
  let freshCount = 0
  let served: ServedConnection | undefined
  for (const connection of connections) {
    const { isIdle, hasServed, idleLooks, socket } = connection
    if (!isIdle || socket.destroyed) continue
    if (hasServed) {
      if (served === undefined || idleLooks > served.idleLooks) served = connection
    } else if (idleLooks >= LOOKS_TO_SPEAK) {
      silent = socket
      break
    } else {
      fresh ??= socket
      freshCount += 1
    }
  }
  return { silent, fresh, freshCount, served: served?.socket }
}

function first<T>(all: Iterable<T>, isMeant: (one: T) => boolean): T | undefined {
  for (const one of all) if (isMeant(one)) return one
  return undefined
}
