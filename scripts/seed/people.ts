// The people of a seeded folder and their keys. Nobody can sign in, and no key has a secret that anybody knows.
import { createHash } from 'node:crypto'
import type { Repositories } from '../../server/db/repositories/repositories.ts'
import type { Ids } from '../../server/ports.ts'

export interface SeededKey {
  readonly id: string
  readonly userId: string
}

const DAY_MS = 86_400_000
const JOINED_DAYS_AGO = 100

export function createPeople({
  repositories,
  ids,
  nowMs,
  users,
  keys,
}: {
  readonly repositories: Repositories
  readonly ids: Ids
  readonly nowMs: number
  readonly users: number
  readonly keys: number
}): readonly SeededKey[] {
  return repositories.transaction(() => {
    const joinedAt = nowMs - JOINED_DAYS_AGO * DAY_MS
    const userIds = Array.from({ length: users }, (_, n) => {
      const id = ids.next()
      repositories.users.create({
        id,
        email: `person-${String(n + 1).padStart(4, '0')}@example.test`,
        passwordHash: null,
        role: 'user',
        status: 'active',
        createdAt: joinedAt + n * 60_000,
        creditLimitNanoUsd: 0,
      })
      return id
    })
    return Array.from({ length: keys }, (_, n) => {
      const key = { id: ids.next(), userId: userIds[n % users] ?? '' }
      repositories.keys.create({
        ...key,
        publicId: `seed${n.toString(36).padStart(8, '0')}`,
        name: `key ${Math.floor(n / users) + 1}`,
        secretHash: createHash('sha256').update(ids.randomBytes(32)).digest(),
        createdAt: joinedAt + n * 60_000,
        expiresAt: null,
      })
      return key
    })
  })
}
