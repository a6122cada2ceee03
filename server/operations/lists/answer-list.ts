// What a handler makes of a list that was read beside the traffic: an answer, once memory has added what it alone knows.
import type { OperationName, OutputOf } from '../../../contract/catalogue.ts'
import type { Refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import { tooBusy } from '../throttles.ts'
import { joinObjects, Written } from '../written.ts'
import { type ListKind, type ListKinds, type Lists, ListsBusyError, type OpenList } from './list-kinds.ts'

export async function readList<Kind extends ListKind>(
  lists: Lists,
  kind: Kind,
  request: ListKinds[Kind]['request'],
): Promise<Result<ListKinds[Kind]['answer'], Refusal>> {
  try {
    return ok(await lists.read(kind, request))
  } catch (error) {
    if (error instanceof ListsBusyError) return fail(tooBusy())
    throw error
  }
}

/** Which operations answer what is read as a kind, as it is. */
interface AnsweredBy {
  readonly usage: 'usage.list'
  readonly history: 'me.ledger' | 'users.ledger'
  readonly statement: 'me.statement' | 'users.statement'
  readonly audit: 'audit.list'
  readonly losses: 'losses.list'
}

export async function answerList<Kind extends keyof AnsweredBy>(
  lists: Lists,
  kind: Kind,
  request: ListKinds[Kind]['request'],
): Promise<Result<Written<OutputOf<AnsweredBy[Kind]>>, Refusal>> {
  const list = await readList(lists, kind, request)
  return list.ok ? ok(new Written(list.value)) : list
}

/** Puts what memory says of each row behind what the disk says. */
export function closeList<Name extends OperationName>(
  { rows, rest }: OpenList,
  live: readonly object[],
): Written<OutputOf<Name>> {
  const closed = rows.map((row, at) => joinObjects(row, live[at] ?? {}))
  return new Written(`{"rows":[${closed.join(',')}],${rest.slice(1)}`)
}
