// Who asks, as the door found out. A handler learns identity from here and never from its input.
import type { Role } from '../../contract/operations/fields.ts'

/** What a door with cookies lets a handler do to the caller's session. */
export interface SessionSlot {
  set(token: string, maxAgeSeconds: number): void
  clear(): void
}

/** Whose session a token names. */
export interface Identity {
  readonly user: { readonly id: string; readonly role: Role }
  readonly sessionId: string
}

export interface Caller {
  readonly door: 'ipc' | 'http'
  readonly user: { readonly id: string; readonly role: Role } | undefined
  readonly sessionId: string | undefined
  /** The peer's network address, or the name of the door; for the audit and for slowing down guesses. */
  readonly address: string
  /** What the caller says it is, cut short; shown beside its sessions. */
  readonly client: string
  /** Whether the call came from this machine and through no proxy. */
  readonly isLocal: boolean
  /** Whether administration is open to a caller from there. */
  readonly mayAdminister: boolean
  readonly session?: SessionSlot
  /**
   * Where the caller has reached the gateway, as a URL without a slash at its end; only what is known to lead here, because
   * links that are mailed to others are built on it. Left out where a door has no such thing.
   */
  readonly origin?: string
}

/** A caller whose session was checked; what the handlers of `user` and `admin` operations are given. */
export interface SignedInCaller extends Caller {
  readonly user: { readonly id: string; readonly role: Role }
}

/** Whether the caller may touch what is not their own, here and now. */
export const isAdministering = (caller: Caller): boolean =>
  caller.user?.role === 'admin' && caller.mayAdminister
