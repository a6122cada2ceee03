// The audit, read by an administrator.
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'
import { answerList } from '../lists/answer-list.ts'

export const auditHandlers = ({ lists }: OperationDeps): Pick<Handlers, 'audit.list'> => ({
  'audit.list': (filter) => answerList(lists, 'audit', filter),
})
