// The audit, read by an administrator.
import { ok } from '../../../contract/result.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'

export const auditHandlers = ({ repositories }: OperationDeps): Pick<Handlers, 'audit.list'> => ({
  'audit.list': (filter) => ok(repositories.audit.list(filter)),
})
