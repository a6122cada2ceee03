// A database of made-up people with keys and one price, and what the writer is told about their requests.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { UsageRow } from '../../contract/usage.ts'
import { migrateDatabase } from '../../server/db/migrate.ts'
import { type Db, openDatabase } from '../../server/db/open.ts'
import { createRepositories } from '../../server/db/repositories/repositories.ts'
import type { HoldRecord, SettleCommand, WriteCommand } from '../../server/db/write-command.ts'
import { createSystemClock } from '../../server/host/system-clock.ts'
import { createSystemIds } from '../../server/host/system-ids.ts'

const KEYS_EACH = 5
const DAY_MS = 86_400_000
const REPORTED = JSON.stringify({
  prompt_tokens: 220,
  completion_tokens: 12,
  total_tokens: 232,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
})

interface MadeUpRequest {
  readonly hold: WriteCommand
  readonly settle: SettleCommand
}

export interface MadeUpRequests {
  readonly db: Db
  /** A request of one of the people, by chance. */
  request(): MadeUpRequest
  /** Closes the database and deletes it. */
  remove(): void
}

export function createMadeUpRequests(folder: string, peopleCount: number): MadeUpRequests {
  const ids = createSystemIds()
  const clock = createSystemClock()
  const dir = mkdtempSync(join(folder, 'writer-bench-'))
  const db = openDatabase(join(dir, 'gateway.db'))
  migrateDatabase(db, {
    migrationsDir: join(import.meta.dirname, '../../drizzle'),
    backupDir: join(dir, 'backups'),
    now: clock.now(),
  })
  const priceId = ids.next()
  const people = db.raw.transaction(() => addPeople(db, peopleCount, priceId, () => ids.next()))()
  return {
    db,
    request: () => {
      const person = pick(people)
      const requestId = `req_${ids.next().replaceAll('-', '')}`
      const upstreamResponseId = `chatcmpl-${ids.next()}`
      return requestOf({
        userId: person.userId,
        keyId: pick(person.keys),
        priceId,
        requestId,
        upstreamResponseId,
        now: clock.now(),
      })
    },
    remove() {
      db.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

function pick<T>(all: readonly T[]): T {
  const one = all[Math.floor(Math.random() * all.length)]
  if (one === undefined) throw new Error('There has to be somebody.')
  return one
}

function addPeople(db: Db, count: number, priceId: string, nextId: () => string) {
  const repositories = createRepositories(db)
  repositories.prices.insert({
    id: priceId,
    model: 'bench-json',
    effectiveFrom: 0,
    origin: 'operator',
    createdAt: 0,
    inputNanoUsdPerMTok: 150_000_000,
    outputNanoUsdPerMTok: 600_000_000,
  })
  return Array.from({ length: count }, (_, n) => {
    const userId = nextId()
    repositories.users.create({
      id: userId,
      email: `person-${n}@example.test`,
      passwordHash: null,
      role: 'user',
      status: 'active',
      createdAt: n,
      creditLimitNanoUsd: 0,
    })
    const keys = Array.from({ length: KEYS_EACH }, (_, place) => {
      const id = nextId()
      const secretHash = Buffer.alloc(32, place)
      const publicId = `p${n}-${place}`
      repositories.keys.create({
        id,
        userId,
        publicId,
        name: 'key',
        secretHash,
        createdAt: n,
        expiresAt: null,
      })
      return id
    })
    return { userId, keys }
  })
}

interface Asked {
  readonly userId: string
  readonly keyId: string
  readonly priceId: string
  readonly requestId: string
  readonly upstreamResponseId: string
  readonly now: number
}

function requestOf({ userId, keyId, priceId, requestId, upstreamResponseId, now }: Asked): MadeUpRequest {
  const startOfDay = now - (now % DAY_MS)
  const record: HoldRecord = {
    requestId,
    userId,
    keyId,
    model: 'bench-json',
    priceId,
    amountNanoUsd: 2_400_000,
    planSubscriptionId: null,
    createdAt: now,
  }
  const usage: UsageRow = {
    requestId,
    createdAt: now,
    userId,
    keyId,
    endpoint: '/v1/chat/completions',
    model: 'bench-json',
    inputTokens: 220,
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: 12,
    reasoningTokens: 0,
    webSearchCalls: 0,
    costNanoUsd: 40_200,
    status: 200,
    errorCode: null,
    reason: 'completed',
    durationMs: 3,
    firstTokenMs: 2,
    stream: false,
    isDemo: false,
    source: 'balance',
    planSubscriptionId: null,
    upstream: null,
  }
  return {
    hold: { kind: 'hold', hold: record },
    settle: {
      kind: 'settle',
      hold: record,
      charge: {
        amountNanoUsd: 40_200,
        writeOffNanoUsd: 0,
        reason: 'completed',
        multiplierPpm: 1_000_000,
        modelMultiplierPpm: 1_000_000,
        reportedUsage: REPORTED,
        isFlagged: false,
        upstreamResponseId,
        serviceTier: 'default',
        pricedTier: 'default',
        furtherUsage: null,
      },
      usage,
      spending: [
        {
          kind: 'key',
          subjectId: keyId,
          dayStartMs: startOfDay,
          weekStartMs: startOfDay,
          monthStartMs: startOfDay,
          nanoUsd: 40_200,
          tokens: 232,
          requests: 1,
        },
      ],
      createdAt: now + 3,
    },
  }
}
