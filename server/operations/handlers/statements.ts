// What moved a person's balance, for themselves and for administrators: entry by entry, and by calendar month.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { inputRefusal } from '../../../contract/input-problems.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { AccountHistoryRepository, HistoryEntry } from '../../db/repositories/account-history.ts'
import type { PageRequest } from '../../db/repositories/paging.ts'
import { type Statement, sumStatement } from '../../ledger/statement.ts'
import { localMonth, type Span } from '../../limits/decide-window.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'

type Noun = 'me.ledger' | 'me.statement' | 'users.ledger' | 'users.statement'

export function statementHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  const { users, accountHistory } = deps.repositories
  const statements = createStatements(deps)
  const isKnown = (userId: string): boolean => users.findById(userId) !== undefined
  return {
    'me.ledger'(input, caller) {
      const page = historyPage(accountHistory, caller.user.id, input)
      return ok({ ...page, rows: page.rows.map((entry) => ({ ...entry, actorUserId: null })) })
    },
    'me.statement': ({ month }, caller) => statements(caller.user.id, month),
    'users.ledger': ({ userId, ...input }) =>
      isKnown(userId) ? ok(historyPage(accountHistory, userId, input)) : fail(refusal('user_not_found')),
    'users.statement': ({ userId, month }) =>
      isKnown(userId) ? statements(userId, month) : fail(refusal('user_not_found')),
  }
}

function historyPage(
  history: AccountHistoryRepository,
  userId: string,
  { include, ...page }: PageRequest & { readonly include: 'changes' | 'all' },
) {
  return include === 'all' ? history.all(userId, page) : history.changes(userId, page)
}

/** So many entries are summed up before requests get their turn: about two milliseconds. */
const ENTRIES_AT_A_TIME = 500

type Kind = HistoryEntry['kind']

function createStatements({ repositories, clock, timeZone }: OperationDeps) {
  // One statement after the other: however many are asked for at once, requests get every other turn.
  let last: Promise<unknown> = Promise.resolve()

  async function sumUp(userId: string, span: Span): Promise<Statement<Kind>> {
    const sum = sumStatement<Kind>({ fromMs: span.startMs, toMs: span.endMs })
    for (let beforeSeq: number | undefined; ; ) {
      const entries = repositories.accountHistory.walk(userId, beforeSeq, ENTRIES_AT_A_TIME)
      for (const entry of entries) if (!sum.add(entry)) return sum.result()
      beforeSeq = entries.at(-1)?.seq
      if (beforeSeq === undefined) return sum.result()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  return async (userId: string, month: string): Promise<Result<StatementView, Refusal>> => {
    const zone = timeZone()
    const now = clock.now()
    const span = monthIn(month, zone)
    if (span.startMs > now) {
      return fail(inputRefusal('not_begun', 'month'))
    }
    const mine = last.then(() => sumUp(userId, span))
    last = mine.catch(() => {})
    const about = { month, timeZone: zone, from: span.startMs, to: span.endMs, isClosed: span.endMs <= now }
    return ok({ ...about, ...(await mine) })
  }
}

interface StatementView extends Statement<Kind> {
  readonly month: string
  readonly timeZone: string
  readonly from: number
  readonly to: number
  readonly isClosed: boolean
}

/** Wherever on Earth, the middle of a month is in that month. */
const monthIn = (month: string, zone: string): Span => localMonth(Date.parse(`${month}-15T12:00:00Z`), zone)
