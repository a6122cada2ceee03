// Remembers for a while which upstream answered a session last: an upstream has a prompt in its cache only where it has read it
// before. A session is what a person's requests name in `prompt_cache_key`.
import { createRecent } from '../accounts/recent.ts'
import type { Clock } from '../ports.ts'
import type { JsonObject } from './json-object.ts'

/** Prompt caches forget what was not used for five to ten minutes, or for an hour at most. */
const REMEMBERED_MS = 30 * 60_000
const SESSIONS_MAX = 10_000
const NAME_LENGTH_MAX = 200

export interface SessionAffinity {
  upstreamOf(session: string): string | undefined
  note(session: string, upstreamId: string): void
}

export function createSessionAffinity(clock: Pick<Clock, 'monotonicMs'>): SessionAffinity {
  const recent = createRecent<{ readonly upstreamId: string; readonly untilMs: number }>(SESSIONS_MAX)
  return {
    upstreamOf(session) {
      const known = recent.get(session)
      return known && known.untilMs > clock.monotonicMs() ? known.upstreamId : undefined
    },
    note(session, upstreamId) {
      recent.set(session, { upstreamId, untilMs: clock.monotonicMs() + REMEMBERED_MS })
    },
  }
}

/** Undefined where the body names none. */
export function sessionOf(userId: string, { prompt_cache_key: name }: JsonObject): string | undefined {
  return typeof name === 'string' && name !== '' && name.length <= NAME_LENGTH_MAX
    ? `${userId} ${name}`
    : undefined
}
