// Sign-ins that wait for their second factor: the password was right, a code is missing. In memory and short-lived; a restart
// asks for the password again. A challenge is no session: it opens nothing by itself.
import type { Clock, Ids } from '../ports.ts'
import { randomBase62 } from './new-api-key.ts'

const CHALLENGE_LENGTH = 43
const VALID_MS = 5 * 60_000
const ATTEMPTS_MAX = 5
/** Beyond this the oldest are forgotten. Each needed a right password. */
const CHALLENGES_MAX = 10_000

export interface LoginChallenge {
  readonly userId: string
  /** As it was when it was right: a password that has been changed since opens nothing. */
  readonly passwordHash: string
  readonly expiresAt: number
}

export interface LoginChallenges {
  open(userId: string, passwordHash: string): { readonly challenge: string; readonly expiresAt: number }
  /** Takes one of its attempts; undefined where it is unknown, too old, or has none left. */
  attempt(challenge: string): (LoginChallenge & { readonly attemptsLeft: number }) | undefined
  close(challenge: string): void
}

export function createLoginChallenges(
  clock: Pick<Clock, 'now'>,
  ids: Pick<Ids, 'randomBytes'>,
): LoginChallenges {
  const open = new Map<string, LoginChallenge & { attemptsLeft: number }>()

  return {
    open(userId, passwordHash) {
      const now = clock.now()
      for (const [challenge, { expiresAt }] of open) {
        // The map is in the order of opening.
        if (expiresAt > now && open.size < CHALLENGES_MAX) break
        open.delete(challenge)
      }
      const challenge = randomBase62(CHALLENGE_LENGTH, ids.randomBytes)
      const expiresAt = now + VALID_MS
      open.set(challenge, { userId, passwordHash, expiresAt, attemptsLeft: ATTEMPTS_MAX })
      return { challenge, expiresAt }
    },
    attempt(challenge) {
      const found = open.get(challenge)
      if (!found || found.expiresAt <= clock.now() || found.attemptsLeft < 1) return undefined
      found.attemptsLeft -= 1
      return { ...found }
    },
    close: (challenge) => void open.delete(challenge),
  }
}
