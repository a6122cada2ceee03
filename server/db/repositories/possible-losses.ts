// What crashes may have cost: the holds that were found open at a start, and what an administrator did about each. Rows are
// only ever added; a later charge is written by the writer, together with its entry in the ledger.
import type { NanoUsd } from '../../ledger/money.ts'
import type { Db } from '../open.ts'
import { formatTimeCursor, type Page, type PageRequest, parseTimeCursor, toPage } from './paging.ts'

export type LossState = 'open' | 'charged' | 'dismissed'

export interface PossibleLossRow {
  readonly requestId: string
  readonly userId: string
  readonly userEmail: string
  readonly keyId: string
  readonly keyName: string
  readonly model: string
  readonly priceId: string
  /** What the request held: the most that it can have cost. */
  readonly amountNanoUsd: NanoUsd
  /** The plan that was to pay; null where the balance was. */
  readonly planSubscriptionId: string | null
  /** When the request arrived. */
  readonly createdAt: number
  /** When it was found open. */
  readonly foundAt: number
  readonly state: LossState
  readonly chargedNanoUsd: NanoUsd
  readonly resolvedAt: number | null
  readonly actorUserId: string | null
  readonly note: string | null
}

export interface LossFilter extends PageRequest {
  /** Every loss where left out. */
  readonly state?: LossState | undefined
  readonly userId?: string | undefined
}

export interface PossibleLossesRepository {
  /** Newest first. */
  list(filter: LossFilter): Page<PossibleLossRow>
  find(requestId: string): PossibleLossRow | undefined
  /** How many are open, and what they held in sum. */
  open(): { readonly count: number; readonly sumNanoUsd: NanoUsd }
  /** False where the loss was charged or dismissed before. */
  dismiss(row: {
    readonly requestId: string
    readonly createdAt: number
    readonly actorUserId: string | null
    readonly note: string
  }): boolean
}

const SELECT = `
  SELECT loss.request_id AS requestId, loss.user_id AS userId, users.email AS userEmail, loss.key_id AS keyId,
    coalesce(api_keys.name, '') AS keyName, loss.model, loss.price_id AS priceId,
    loss.amount_nano_usd AS amountNanoUsd, loss.plan_subscription_id AS planSubscriptionId, loss.created_at AS createdAt, loss.found_at AS foundAt,
    coalesce(resolved.kind, 'open') AS state, coalesce(-charge.amount_nano_usd, 0) AS chargedNanoUsd,
    resolved.created_at AS resolvedAt, resolved.actor_user_id AS actorUserId, resolved.note
  FROM possible_losses AS loss
    JOIN users ON users.id = loss.user_id
    LEFT JOIN api_keys ON api_keys.id = loss.key_id
    LEFT JOIN loss_resolutions AS resolved ON resolved.request_id = loss.request_id
    LEFT JOIN ledger_entries AS charge ON charge.request_id = loss.request_id AND charge.kind = 'charge'`

export function createPossibleLossesRepository({ raw }: Pick<Db, 'raw'>): PossibleLossesRepository {
  const list = raw.prepare<[Record<string, string | number | null>], PossibleLossRow>(`${SELECT}
    WHERE (@state IS NULL OR coalesce(resolved.kind, 'open') = @state)
      AND (@userId IS NULL OR loss.user_id = @userId)
      AND (@at IS NULL OR (loss.created_at, loss.request_id) < (@at, @id))
    ORDER BY loss.created_at DESC, loss.request_id DESC LIMIT @count`)
  const find = raw.prepare<[string], PossibleLossRow>(`${SELECT} WHERE loss.request_id = ?`)
  const open = raw.prepare<[], { readonly count: number; readonly sumNanoUsd: NanoUsd }>(
    `SELECT count(*) AS count, coalesce(sum(amount_nano_usd), 0) AS sumNanoUsd FROM possible_losses
     WHERE request_id NOT IN (SELECT request_id FROM loss_resolutions)`,
  )
  const dismiss = raw.prepare(
    `INSERT INTO loss_resolutions (request_id, kind, created_at, actor_user_id, note)
     VALUES (@requestId, 'dismissed', @createdAt, @actorUserId, @note) ON CONFLICT (request_id) DO NOTHING`,
  )
  return {
    list({ state, userId, cursor, limit }) {
      const after = cursor === undefined ? undefined : parseTimeCursor(cursor)
      const rows = list.all({
        state: state ?? null,
        userId: userId ?? null,
        at: after?.at ?? null,
        id: after?.id ?? null,
        count: limit + 1,
      })
      return toPage(rows, limit, (loss) => formatTimeCursor({ at: loss.createdAt, id: loss.requestId }))
    },
    find: (requestId) => find.get(requestId),
    open: () => open.get() ?? { count: 0, sumNanoUsd: 0 },
    dismiss: (row) => dismiss.run(row).changes > 0,
  }
}
