// Redemption codes in their batches. Only hashes are here. A code is claimed by the writer, with what it gives.
import { and, asc, desc, eq, gt, isNotNull, isNull, type SQL, sql } from 'drizzle-orm'
import type { BatchSort, CodeStatus } from '../../../contract/operations/codes.ts'
import type { Db } from '../open.ts'
import { codeBatches, codes } from '../schema/plans.ts'
import { users } from '../schema/users.ts'
import { formatTimeCursor, type Page, type PageRequest, parseTimeCursor, toPage } from './paging.ts'
import { decideOrder, type SortKeys, type SortRequest } from './sorting.ts'

export interface NewBatch {
  readonly id: string
  readonly name: string
  readonly prefix: string
  readonly kind: 'balance' | 'plan'
  readonly amountNanoUsd: number | null
  readonly planId: string | null
  readonly count: number
  readonly expiresAt: number | null
  readonly createdAt: number
  readonly createdBy: string | null
}

export interface BatchRow extends NewBatch {
  readonly disabledAt: number | null
  /** Those among them whose redeemer a restore left out. */
  readonly redeemed: number
  /** Those that were disabled one by one. */
  readonly disabled: number
}

export interface CodeRow {
  readonly id: string
  readonly hint: string
  readonly status: CodeStatus
  readonly redeemedAt: number | null
  /** Null as well where a restore left out who redeemed it. */
  readonly redeemedBy: string | null
  readonly redeemedByEmail: string | null
}

/** A code with what it gives, and whatever may keep it from being redeemed. */
export interface FoundCode {
  readonly codeId: string
  readonly batchId: string
  readonly batchName: string
  readonly kind: 'balance' | 'plan'
  readonly amountNanoUsd: number | null
  readonly planId: string | null
  readonly expiresAt: number | null
  readonly isDisabled: boolean
  readonly isRedeemed: boolean
}

export interface RedemptionRow {
  readonly codeId: string
  readonly hint: string
  readonly batchId: string
  readonly batchName: string
  readonly kind: 'balance' | 'plan'
  readonly amountNanoUsd: number | null
  readonly planId: string | null
  readonly redeemedAt: number
  readonly userId: string
  readonly userEmail: string
}

export interface CodesRequest extends PageRequest {
  readonly status?: CodeStatus | undefined
  /** Decides what has expired. */
  readonly now: number
}

export interface CodesRepository {
  /** Inserts a batch with its codes, all or none. */
  create(
    batch: NewBatch,
    made: readonly { readonly id: string; readonly hash: Buffer; readonly hint: string }[],
  ): void
  findByHash(hash: Buffer): FoundCode | undefined
  findBatch(id: string): BatchRow | undefined
  /** The batch of a code, or undefined where there is no such code. */
  batchOf(codeId: string): string | undefined
  batches(page: SortRequest<BatchSort>): Page<BatchRow>
  /** In the order of their making. */
  codesOf(batchId: string, page: CodesRequest): Page<CodeRow>
  /** Disables all of a batch at a moment, or with null lets it be redeemed again; what is so already stays as it is. */
  switchBatch(id: string, disabledAt: number | null): void
  /** The same for one code; does nothing to one that was redeemed. */
  switchCode(id: string, disabledAt: number | null): void
  /** Newest first. */
  redemptions(filter: PageRequest & { readonly userId?: string | undefined }): Page<RedemptionRow>
}

/** Spelled out: within a select from one table the query builder leaves the names of tables away, and both have an id. */
const countWhere = (condition: string) =>
  sql<number>`(SELECT count(*) FROM codes WHERE codes.batch_id = code_batches.id AND (${sql.raw(condition)}))`

const batchColumns = {
  id: codeBatches.id,
  name: codeBatches.name,
  prefix: codeBatches.prefix,
  kind: codeBatches.kind,
  amountNanoUsd: codeBatches.amountNanoUsd,
  planId: codeBatches.planId,
  count: codeBatches.count,
  expiresAt: codeBatches.expiresAt,
  createdAt: codeBatches.createdAt,
  createdBy: codeBatches.createdBy,
  disabledAt: codeBatches.disabledAt,
  redeemed: countWhere('codes.redeemed_at IS NOT NULL'),
  disabled: countWhere('codes.disabled_at IS NOT NULL'),
}

/** A batch that never expires comes after all that do. */
const SORT_KEYS: SortKeys<BatchSort> = {
  table: codeBatches,
  id: codeBatches.id,
  usual: 'createdAt',
  keys: {
    createdAt: sql`${codeBatches.createdAt}`,
    name: sql`lower(${codeBatches.name})`,
    redeemed: batchColumns.redeemed,
    expiresAt: sql`coalesce(${codeBatches.expiresAt}, ${Number.MAX_SAFE_INTEGER})`,
  },
}

export function createCodesRepository({ raw, orm }: Db): CodesRepository {
  const create = raw.transaction((...[batch, made]: Parameters<CodesRepository['create']>) => {
    orm.insert(codeBatches).values(batch).run()
    for (const code of made)
      orm
        .insert(codes)
        .values({ ...code, batchId: batch.id })
        .run()
  })
  return {
    create: (batch, made) => create.immediate(batch, made),
    findByHash: (hash) => findByHash(orm, hash),
    findBatch: (id) => orm.select(batchColumns).from(codeBatches).where(eq(codeBatches.id, id)).get(),
    batchOf: (codeId) =>
      orm.select({ batchId: codes.batchId }).from(codes).where(eq(codes.id, codeId)).get()?.batchId,
    batches(page) {
      const { after, order } = decideOrder(orm, SORT_KEYS, page)
      const found = orm
        .select(batchColumns)
        .from(codeBatches)
        .where(after)
        .orderBy(...order)
        .limit(page.limit + 1)
        .all()
      return toPage(found, page.limit, (row) => formatTimeCursor({ at: row.createdAt, id: row.id }))
    },
    codesOf: (batchId, page) => codesOf(orm, batchId, page),
    switchBatch(id, disabledAt) {
      const before = disabledAt === null ? isNotNull(codeBatches.disabledAt) : isNull(codeBatches.disabledAt)
      orm
        .update(codeBatches)
        .set({ disabledAt })
        .where(and(eq(codeBatches.id, id), before))
        .run()
    },
    switchCode(id, disabledAt) {
      const before = disabledAt === null ? isNotNull(codes.disabledAt) : isNull(codes.disabledAt)
      orm
        .update(codes)
        .set({ disabledAt })
        .where(and(eq(codes.id, id), before, isNull(codes.redeemedAt)))
        .run()
    },
    redemptions: (filter) => redemptions(orm, filter),
  }
}

function findByHash(orm: Db['orm'], hash: Buffer): FoundCode | undefined {
  return orm
    .select({
      codeId: codes.id,
      batchId: codes.batchId,
      batchName: codeBatches.name,
      kind: codeBatches.kind,
      amountNanoUsd: codeBatches.amountNanoUsd,
      planId: codeBatches.planId,
      expiresAt: codeBatches.expiresAt,
      isDisabled:
        sql<boolean>`(${codes.disabledAt} IS NOT NULL OR ${codeBatches.disabledAt} IS NOT NULL)`.mapWith(
          Boolean,
        ),
      isRedeemed: sql<boolean>`(${codes.redeemedAt} IS NOT NULL)`.mapWith(Boolean),
    })
    .from(codes)
    .innerJoin(codeBatches, eq(codeBatches.id, codes.batchId))
    .where(eq(codes.hash, hash))
    .get()
}

/** What keeps a code from being redeemed, if anything does: what happened to itself, then to its batch. */
const statusAt = (now: number): SQL<CodeStatus> => sql`case
  when ${codes.redeemedAt} is not null then 'redeemed'
  when coalesce(${codes.disabledAt}, ${codeBatches.disabledAt}) is not null then 'disabled'
  when ${codeBatches.expiresAt} <= ${now} then 'expired' else 'unused' end`

function codesOf(
  orm: Db['orm'],
  batchId: string,
  { status, now, cursor, limit }: CodesRequest,
): Page<CodeRow> {
  const found = orm
    .select({
      id: codes.id,
      hint: codes.hint,
      status: statusAt(now),
      redeemedAt: codes.redeemedAt,
      redeemedBy: codes.redeemedBy,
      redeemedByEmail: users.email,
    })
    .from(codes)
    .innerJoin(codeBatches, eq(codeBatches.id, codes.batchId))
    .leftJoin(users, eq(users.id, codes.redeemedBy))
    .where(
      and(
        eq(codes.batchId, batchId),
        status && eq(statusAt(now), status),
        cursor === undefined ? undefined : gt(codes.id, parseTimeCursor(cursor).id),
      ),
    )
    .orderBy(asc(codes.id))
    .limit(limit + 1)
    .all()
  // The codes of a batch were made at one moment, so their ids alone order them.
  return toPage(found, limit, (row) => formatTimeCursor({ at: 0, id: row.id }))
}

function redemptions(
  orm: Db['orm'],
  { userId, cursor, limit }: PageRequest & { readonly userId?: string | undefined },
): Page<RedemptionRow> {
  const after = cursor === undefined ? undefined : parseTimeCursor(cursor)
  const found = orm
    .select({
      codeId: codes.id,
      hint: codes.hint,
      batchId: codes.batchId,
      batchName: codeBatches.name,
      kind: codeBatches.kind,
      amountNanoUsd: codeBatches.amountNanoUsd,
      planId: codeBatches.planId,
      redeemedAt: sql<number>`${codes.redeemedAt}`,
      userId: users.id,
      userEmail: users.email,
    })
    .from(codes)
    .innerJoin(codeBatches, eq(codeBatches.id, codes.batchId))
    .innerJoin(users, eq(users.id, codes.redeemedBy))
    .where(
      and(
        isNotNull(codes.redeemedAt),
        userId === undefined ? undefined : eq(codes.redeemedBy, userId),
        after && sql`(${codes.redeemedAt}, ${codes.id}) < (${after.at}, ${after.id})`,
      ),
    )
    .orderBy(desc(codes.redeemedAt), desc(codes.id))
    .limit(limit + 1)
    .all()
  return toPage(found, limit, (row) => formatTimeCursor({ at: row.redeemedAt, id: row.codeId }))
}
