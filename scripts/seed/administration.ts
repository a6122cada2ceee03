// What administrators of a seeded folder have done: batches of codes that nobody knows, and an audit of it all.
import { createHash } from 'node:crypto'
import type { Repositories } from '../../server/db/repositories/repositories.ts'
import type { Ids } from '../../server/ports.ts'

const HOUR_MS = 3_600_000
const OPERATIONS = [
  ['users.adjustBalance', 'user'],
  ['keys.update', 'key'],
  ['settings.update', 'settings'],
  ['codes.generate', 'codes'],
] as const
const CODES_PER_BATCH = 100

/** For each person 20 rows of the audit, and for every ten of them a batch of 100 codes. */
export function createAdministration({
  repositories,
  ids,
  nowMs,
  userIds,
}: {
  readonly repositories: Repositories
  readonly ids: Ids
  readonly nowMs: number
  readonly userIds: readonly string[]
}): void {
  repositories.transaction(() => {
    for (let n = 0; n < userIds.length * 20; n += 1) {
      const [operation, targetType] = OPERATIONS[n % OPERATIONS.length] ?? OPERATIONS[0]
      const userId = userIds[n % userIds.length] ?? null
      repositories.audit.append({
        id: ids.next(),
        createdAt: nowMs - (userIds.length * 20 - n) * 60_000,
        actorUserId: userIds[n % 7] ?? null,
        operation,
        targetType,
        targetId: userId,
        before: { balanceNanoUsd: n * 1_000 },
        after: { balanceNanoUsd: n * 2_000 },
        address: `10.0.0.${n % 200}`,
      })
    }
  })
  for (let n = 0; n < userIds.length / 10; n += 1) {
    const batch = {
      id: ids.next(),
      name: `Batch ${n + 1}`,
      prefix: '',
      kind: 'balance',
      amountNanoUsd: 5_000_000_000,
      planId: null,
      count: CODES_PER_BATCH,
      expiresAt: n % 2 === 0 ? null : nowMs + n * HOUR_MS,
      createdAt: nowMs - n * HOUR_MS,
      createdBy: null,
    } as const
    const made = Array.from({ length: CODES_PER_BATCH }, (_, code) => ({
      id: ids.next(),
      hash: createHash('sha256').update(ids.randomBytes(32)).digest(),
      hint: String(1_000 + code),
    }))
    repositories.codes.create(batch, made)
  }
}
