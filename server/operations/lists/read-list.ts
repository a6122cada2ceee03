// Reads what a list shows: its rows, what stands beside them, and the JSON of both, held against the contract. Knows the disk
// alone, so that any thread with a connection can do it.
import { auditList } from '../../../contract/operations/audit.ts'
import { keyRow, keysList } from '../../../contract/operations/keys.ts'
import { lossesList } from '../../../contract/operations/losses.ts'
import { meLedger, meStatement } from '../../../contract/operations/statements.ts'
import { usageList } from '../../../contract/operations/usage.ts'
import { userRow, usersList } from '../../../contract/operations/users.ts'
import type { UsageRow } from '../../../contract/usage.ts'
import type { HistoryEntry } from '../../db/repositories/account-history.ts'
import type { Repositories } from '../../db/repositories/repositories.ts'
import { mediaIn } from '../../ledger/media-charge.ts'
import { sumStatement } from '../../ledger/statement.ts'
import type { ListKind, ListKinds, ListQuestion } from './list-kinds.ts'
import { LIVE_OF_KEY, LIVE_OF_USER, storedKeyView, storedUserView, toLossView } from './stored-views.ts'

type Answer<Kind extends ListKind> = ListKinds[Kind]['answer']
type Request<Kind extends ListKind> = ListKinds[Kind]['request']
type Readers = { readonly [Kind in ListKind]: (request: Request<Kind>) => Answer<Kind> }

const storedUser = userRow.omit(LIVE_OF_USER)
const storedKey = keyRow.omit(LIVE_OF_KEY)
const besideUsers = usersList.output.omit({ rows: true })
const besideKeys = keysList.output.omit({ rows: true })

/** One picture of the database for a whole answer is for the caller to keep, with a transaction around it. */
export function createListReader(repositories: Repositories): (question: ListQuestion) => Answer<ListKind> {
  const readers: Readers = {
    usage: (request) => readUsage(repositories, request),
    users: (request) => readUsers(repositories, request),
    keys: (request) => readKeys(repositories, request),
    history: (request) => readHistory(repositories, request),
    statement: (request) => readStatement(repositories, request),
    audit: (request) => JSON.stringify(auditList.output.parse(repositories.audit.list(request))),
    losses: (request) => readLosses(repositories, request),
    overview: (request) => readOverview(repositories, request),
  }
  return ({ kind, request }) => {
    // The reader of this kind takes its request, which the compiler does not see as one of the union.
    const read = readers[kind] as (request: Request<ListKind>) => Answer<ListKind>
    return read(request)
  }
}

function readUsage(
  repositories: Repositories,
  { isForAdministrator, ...request }: Request<'usage'>,
): Answer<'usage'> {
  const page = repositories.usage.list(request)
  // Which upstream answered is for administrators to know.
  const listed = isForAdministrator ? page.rows : page.rows.map((row) => ({ ...row, upstream: null }))
  const rows = withMedia(listed, repositories)
  return JSON.stringify(usageList.output.parse({ ...page, rows, names: namesIn(rows, repositories) }))
}

function namesIn(rows: readonly UsageRow[], { users, keys }: Repositories) {
  const named = (ids: readonly string[], nameOf: (id: string) => string | undefined) =>
    Object.fromEntries(
      [...new Set(ids)].flatMap((id) => {
        const name = nameOf(id)
        return name === undefined ? [] : [[id, name]]
      }),
    )
  return {
    users: named(
      rows.map(({ userId }) => userId),
      (id) => users.emailOf(id),
    ),
    keys: named(
      rows.map(({ keyId }) => keyId),
      (id) => keys.nameOf(id),
    ),
  }
}

/** What few requests use is kept with their charges, and looked up for those that may have used it. */
function withMedia(rows: UsageRow[], { charges }: Repositories): UsageRow[] {
  const asked = rows.filter(({ endpoint }) => /^\/v1\/(?:images|audio)\//.test(endpoint))
  if (asked.length === 0) return rows
  const further = charges.furtherUsageOf(asked.map(({ requestId }) => requestId))
  return rows.map((row) => {
    const media = mediaIn(further.get(row.requestId) ?? {})
    return media ? { ...row, media } : row
  })
}

function readUsers({ users, secondFactors }: Repositories, request: Request<'users'>): Answer<'users'> {
  const { rows, nextCursor } = users.list(request)
  const beside = { nextCursor, total: users.count(request), counts: users.counts() }
  return {
    ids: rows.map(({ id }) => id),
    rows: rows.map((user) =>
      JSON.stringify(storedUser.parse(storedUserView(user, secondFactors.isOn(user.id)))),
    ),
    rest: JSON.stringify(besideUsers.parse(beside)),
  }
}

function readKeys({ keys, spending }: Repositories, request: Request<'keys'>): Answer<'keys'> {
  const { rows, nextCursor } = keys.list(request)
  const familyIds = rows.map(({ familyId }) => familyId)
  return {
    familyIds,
    spending: familyIds.map((id) => spending.find('key', id) ?? null),
    rows: rows.map((key) => JSON.stringify(storedKey.parse(storedKeyView(key)))),
    rest: JSON.stringify(besideKeys.parse({ nextCursor, total: keys.count(request) })),
  }
}

function readHistory({ accountHistory }: Repositories, request: Request<'history'>): Answer<'history'> {
  const { userId, include, isForAdministrator, ...asked } = request
  const page = include === 'all' ? accountHistory.all(userId, asked) : accountHistory.changes(userId, asked)
  const rows = isForAdministrator ? page.rows : page.rows.map((entry) => ({ ...entry, actorUserId: null }))
  return JSON.stringify(meLedger.output.parse({ ...page, rows }))
}

const ENTRIES_AT_A_TIME = 500

function readStatement(
  { accountHistory }: Repositories,
  { userId, about }: Request<'statement'>,
): Answer<'statement'> {
  const sum = sumStatement<HistoryEntry['kind']>({ fromMs: about.from, toMs: about.to })
  for (let beforeSeq: number | undefined, isInside = true; isInside; ) {
    const entries = accountHistory.walk(userId, beforeSeq, ENTRIES_AT_A_TIME)
    isInside = entries.length > 0 && entries.every((entry) => sum.add(entry))
    beforeSeq = entries.at(-1)?.seq
  }
  return JSON.stringify(meStatement.output.parse({ ...about, ...sum.result() }))
}

function readLosses({ possibleLosses }: Repositories, request: Request<'losses'>): Answer<'losses'> {
  const page = possibleLosses.list(request)
  const { count, sumNanoUsd: estimateNanoUsd } = possibleLosses.open()
  const open = { count, estimateNanoUsd }
  return JSON.stringify(lossesList.output.parse({ ...page, rows: page.rows.map(toLossView), open }))
}

function readOverview(
  { usage, keys }: Repositories,
  { userId, todaySince, forecastSince }: Request<'overview'>,
): Answer<'overview'> {
  const { costNanoUsd, requests } = usage.today(userId, todaySince)
  return {
    today: { spendNanoUsd: costNanoUsd, requests },
    paid: usage.paidFromBalance(userId, forecastSince),
    keyCount: keys.countOfUser(userId),
  }
}
