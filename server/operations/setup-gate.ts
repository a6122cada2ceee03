// Whether the set-up is done, and who may do it: once, for good, by whoever can read where the gateway was started.
import { createHash, timingSafeEqual } from 'node:crypto'
import { type Refusal, refusal } from '../../contract/errors.ts'
import type { MetaRepository } from '../db/repositories/meta.ts'
import type { Ids } from '../ports.ts'
import type { Caller } from './caller.ts'
import { randomBase62 } from './new-api-key.ts'

const DONE_AT = 'setup-done-at'
const TOKEN_LENGTH = 32

export interface SetupGate {
  isDone(): boolean
  /** Marks the set-up as done. There is no way back. */
  finish(at: number): void
  /** The token of this start; told to the person who started the gateway, and to nobody else. */
  readonly token: string
  /** Why this caller may not do the set-up, or undefined where they may. */
  refusalFor(caller: Caller, token: string | undefined): Refusal | undefined
}

export function createSetupGate(meta: MetaRepository, ids: Pick<Ids, 'randomBytes'>): SetupGate {
  const token = randomBase62(TOKEN_LENGTH, ids.randomBytes)
  const isDone = () => meta.get(DONE_AT) !== undefined
  return {
    isDone,
    finish: (at) => meta.set(DONE_AT, String(at)),
    token,
    refusalFor(caller, given) {
      if (isDone()) return refusal('setup_already_done')
      if (!mayBeSetUpBy(caller)) return refusal('setup_not_local')
      if (caller.door === 'ipc') return undefined
      return given !== undefined && isSame(given, token) ? undefined : refusal('setup_token_invalid')
    },
  }
}

/** Whoever is at this machine. The desktop app's own channel has been checked by its door. */
export const mayBeSetUpBy = (caller: Caller): boolean => caller.door === 'ipc' || caller.isLocal

/** Compared by hash, so that neither the length nor the first difference can be told from the time it takes. */
const isSame = (one: string, other: string): boolean =>
  timingSafeEqual(createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest())
