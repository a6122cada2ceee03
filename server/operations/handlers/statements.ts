// What moved a person's balance, for themselves and for administrators: entry by entry, and by calendar month.
import { refusal } from '../../../contract/errors.ts'
import { inputRefusal } from '../../../contract/input-problems.ts'
import { fail } from '../../../contract/result.ts'
import { localMonth, type Span } from '../../limits/decide-window.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'
import { answerList } from '../lists/answer-list.ts'

type Noun = 'me.ledger' | 'me.statement' | 'users.ledger' | 'users.statement'

export function statementHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  const { lists, repositories } = deps
  const isKnown = (userId: string): boolean => repositories.users.emailOf(userId) !== undefined
  return {
    'me.ledger': (input, caller) =>
      answerList(lists, 'history', { ...input, userId: caller.user.id, isForAdministrator: false }),
    'me.statement': ({ month }, caller) => statementOf(deps, caller.user.id, month),
    'users.ledger': (input) =>
      isKnown(input.userId)
        ? answerList(lists, 'history', { ...input, isForAdministrator: true })
        : fail(refusal('user_not_found')),
    'users.statement': ({ userId, month }) =>
      isKnown(userId) ? statementOf(deps, userId, month) : fail(refusal('user_not_found')),
  }
}

function statementOf({ lists, clock, timeZone }: OperationDeps, userId: string, month: string) {
  const zone = timeZone()
  const now = clock.now()
  const span = monthIn(month, zone)
  if (span.startMs > now) return fail(inputRefusal('not_begun', 'month'))
  const about = { month, timeZone: zone, from: span.startMs, to: span.endMs, isClosed: span.endMs <= now }
  return answerList(lists, 'statement', { userId, about })
}

/** Wherever on Earth, the middle of a month is in that month. */
const monthIn = (month: string, zone: string): Span => localMonth(Date.parse(`${month}-15T12:00:00Z`), zone)
