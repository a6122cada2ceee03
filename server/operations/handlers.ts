// Every operation with its handler; a missing one does not compile.
import type { OperationDeps } from './deps.ts'
import type { Handlers } from './dispatch.ts'
import { auditHandlers } from './handlers/audit.ts'
import { authHandlers } from './handlers/auth.ts'
import { backupHandlers } from './handlers/backups.ts'
import { keyHandlers } from './handlers/keys.ts'
import { limitHandlers } from './handlers/limits.ts'
import { meHandlers } from './handlers/me.ts'
import { modelHandlers } from './handlers/models.ts'
import { priceHandlers } from './handlers/prices.ts'
import { settingsHandlers } from './handlers/settings.ts'
import { setupHandlers } from './handlers/setup.ts'
import { systemHandlers } from './handlers/system.ts'
import { upstreamHandlers } from './handlers/upstreams.ts'
import { usageHandlers } from './handlers/usage.ts'
import { userHandlers } from './handlers/users.ts'

export const createHandlers = (deps: OperationDeps): Handlers => ({
  ...setupHandlers(deps),
  ...authHandlers(deps),
  ...meHandlers(deps),
  ...userHandlers(deps),
  ...priceHandlers(deps),
  ...modelHandlers(deps),
  ...upstreamHandlers(deps),
  ...auditHandlers(deps),
  ...backupHandlers(deps),
  ...systemHandlers(deps),
  ...keyHandlers(deps),
  ...usageHandlers(deps),
  ...settingsHandlers(deps),
  ...limitHandlers(deps),
})
