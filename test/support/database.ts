// A real database file in a temporary folder, made by the committed migrations, with people, keys and prices to charge.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { UsageRow } from '../../contract/usage.ts'
import type { HoldRequest } from '../../server/accounts/account.ts'
import { type AccountBook, createAccountBook } from '../../server/accounts/account-book.ts'
import { createKeySpendings } from '../../server/accounts/key-spending.ts'
import { createPlanBook } from '../../server/accounts/plan-book.ts'
import { createPlanFunds } from '../../server/accounts/plan-funds.ts'
import { createSpendingBook } from '../../server/accounts/spending-book.ts'
import { migrateDatabase } from '../../server/db/migrate.ts'
import { type Db, openDatabase } from '../../server/db/open.ts'
import { createRepositories, type Repositories } from '../../server/db/repositories/repositories.ts'
import type { Writer } from '../../server/db/write.ts'
import type { HoldRecord } from '../../server/db/write-command.ts'
import type { Charge } from '../../server/ledger/settle.ts'
import { NO_CAPS } from '../../server/limits/decide-spending-cap.ts'
import { createLimitTime } from '../../server/limits/limit-time.ts'
import type { Clock, Logger } from '../../server/ports.ts'

export const MIGRATIONS_DIR = join(import.meta.dirname, '../../drizzle')
export const NOW = 1_763_900_000_000
export const PRICE_ID = 'price-of-test-model'

/** Removed when the test is over. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'codex-gateway-db-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** A copy of the committed migrations as they were before the one whose name ends so. */
export function migrationsBefore(dir: string, name: string): string {
  const copy = join(dir, 'migrations')
  cpSync(MIGRATIONS_DIR, copy, { recursive: true })
  const path = join(copy, 'meta/_journal.json')
  // The tool's own format.
  const journal = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly entries: readonly { readonly tag: string }[]
  }
  const index = journal.entries.findIndex(({ tag }) => tag.endsWith(name))
  if (index < 1) throw new Error(`No migration is called ${name}.`)
  writeFileSync(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, index) }))
  return copy
}

export interface TestDatabase {
  readonly db: Db
  readonly path: string
  readonly repositories: Repositories
}

/** Opens `gateway.db` in the folder, migrated; closed when the test is over. */
export function openTestDatabase(dir: string = tempDir()): TestDatabase {
  const path = join(dir, 'gateway.db')
  const db = openDatabase(path)
  migrateDatabase(db, { migrationsDir: MIGRATIONS_DIR, backupDir: join(dir, 'backups'), now: NOW })
  onTestFinished(() => db.close())
  return { db, path, repositories: createRepositories(db) }
}

/** `user-<name>` with `key-<name>`, and the price that every test charges with. */
export function addPerson(repositories: Repositories, name = 'ann', creditLimitNanoUsd = 0): string {
  const userId = `user-${name}`
  repositories.users.create({
    id: userId,
    email: `${name}@example.test`,
    passwordHash: null,
    role: 'user',
    status: 'active',
    createdAt: NOW,
    creditLimitNanoUsd,
  })
  repositories.keys.create({
    id: `key-${name}`,
    userId,
    publicId: `public-${name}`,
    name: 'laptop',
    secretHash: Buffer.alloc(32, 7),
    createdAt: NOW,
    expiresAt: null,
  })
  if (repositories.prices.all().length === 0) addPrice(repositories)
  return userId
}

/** A plan that may be bought, without quotas. */
export function addPlan(repositories: Pick<Repositories, 'plans'>): void {
  repositories.plans.save({
    id: 'pro',
    name: 'Pro',
    priceNanoUsd: 5,
    days: 30,
    quotas: [],
    allowedModels: null,
    mayUseBalance: true,
    isForSale: true,
    createdAt: NOW,
    updatedAt: NOW,
    archivedAt: null,
  })
}

export function addPrice(repositories: Repositories, id = PRICE_ID): void {
  repositories.prices.insert({
    id,
    model: 'test-model',
    effectiveFrom: NOW,
    origin: 'operator',
    createdAt: NOW,
    inputNanoUsdPerMTok: 1_000_000_000,
    outputNanoUsdPerMTok: 2_000_000_000,
  })
}

export const holdOf = (requestId: string, amountNanoUsd = 1_000, name = 'ann'): HoldRecord => ({
  requestId,
  userId: `user-${name}`,
  keyId: `key-${name}`,
  model: 'test-model',
  priceId: PRICE_ID,
  amountNanoUsd,
  planSubscriptionId: null,
  createdAt: NOW,
})

/** Asks for exactly this amount, whole or not at all. */
export function askOf(requestId: string, amountNanoUsd = 1_000, name = 'ann'): HoldRequest {
  const { amountNanoUsd: _, planSubscriptionId: __, ...request } = holdOf(requestId, amountNanoUsd, name)
  const keyFamily = { id: request.keyId, caps: NO_CAPS }
  const quote = {
    fixedTokensTimesRates: BigInt(amountNanoUsd) * 1_000_000n,
    perOutputTokenTimesRates: 0n,
    multiplierPpm: 1_000_000,
  }
  const limit = { outputTokensMax: 1, outputTokensFloor: 1, shareParts: undefined }
  return { ...request, keyFamily, source: 'balance', ask: { quote, fixedTokens: 10, choices: 1, ...limit } }
}

export const chargeOf = (amountNanoUsd: number): Charge => ({
  amountNanoUsd,
  writeOffNanoUsd: 0,
  reason: 'completed',
  multiplierPpm: 1_000_000,
  reportedUsage: '{"prompt_tokens":10}',
  isFlagged: false,
  upstreamResponseId: 'resp_1',
  serviceTier: 'default',
  pricedTier: 'default',
  furtherUsage: null,
})

export const usageOf = (requestId: string, changes: Partial<UsageRow> = {}): UsageRow => ({
  requestId,
  createdAt: NOW,
  userId: 'user-ann',
  keyId: 'key-ann',
  endpoint: '/v1/responses',
  model: 'test-model',
  inputTokens: 10,
  cachedInputTokens: 4,
  cacheWriteTokens: 0,
  outputTokens: 5,
  reasoningTokens: 2,
  webSearchCalls: 0,
  costNanoUsd: 0,
  status: 200,
  errorCode: null,
  reason: 'completed',
  durationMs: 12,
  firstTokenMs: 3,
  stream: true,
  isDemo: false,
  source: 'balance',
  planSubscriptionId: null,
  upstream: null,
  ...changes,
})

/** Stands still. */
export const testClock: Clock = { now: () => NOW, monotonicMs: () => 0 }

type BookParts = { readonly writer: Writer; readonly logger: Logger; readonly clock?: Clock }

/** The account book of a database, at a time that stands still in UTC unless said otherwise. */
export const createTestBook = (repositories: FundsRepositories, parts: BookParts): AccountBook =>
  createTestFunds(repositories, parts).book

type FundsRepositories = Pick<Repositories, 'spending' | 'ledger' | 'plans'>

/** The same with its plans. */
export function createTestFunds(
  { spending, ledger, plans: repository }: FundsRepositories,
  { writer, logger, clock = testClock }: BookParts,
) {
  const newest = { startMs: 0, dayStartMs: 0 }
  const time = createLimitTime({ clock, timeZone: () => 'UTC', newest })
  const counted = createSpendingBook(spending)
  const keySpendings = createKeySpendings({ book: counted, time })
  const plans = createPlanBook({ repository, time })
  const planFunds = createPlanFunds({ plans, book: counted, time })
  const book = createAccountBook({ writer, ledger, keySpendings, planFunds, clock, logger })
  return { book, plans, planFunds, time }
}

export interface LoggedLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly about: unknown
}

/** A logger that keeps what it is told. */
export function listeningLogger(): { readonly logger: Logger; readonly lines: LoggedLine[] } {
  const lines: LoggedLine[] = []
  const at = (level: LoggedLine['level']) => (about: unknown, message?: string) => {
    lines.push({ level, message: message ?? String(about), about })
  }
  // Of pino's logger, only the calls that the server makes.
  const logger = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => logger,
  }
  return { logger: logger as unknown as Logger, lines }
}

/** One value of one row. */
export const cellOf = (db: Db, sql: string, ...values: unknown[]): unknown =>
  db.raw
    .prepare(sql)
    .pluck()
    .get(...values)
