// Every operation with its handler; a missing one does not compile.
import type { OperationDeps } from './deps.ts'
import type { Handlers } from './dispatch.ts'
import { authHandlers } from './handlers/auth.ts'
import { keyHandlers } from './handlers/keys.ts'
import { ledgerLightHandlers } from './handlers/ledger-light.ts'
import { limitHandlers } from './handlers/limits.ts'
import { lossHandlers } from './handlers/losses.ts'
import { meHandlers } from './handlers/me.ts'
import { priceHandlers } from './handlers/prices.ts'
import { receiptHandlers } from './handlers/receipts.ts'
import { settingsHandlers } from './handlers/settings.ts'
import { setupHandlers } from './handlers/setup.ts'
import { statementHandlers } from './handlers/statements.ts'
import { usageHandlers } from './handlers/usage.ts'
import { userChangeHandlers } from './handlers/user-changes.ts'
import { userHandlers } from './handlers/users.ts'

export const createHandlers = (deps: OperationDeps): Handlers => ({
  ...setupHandlers(deps),
  ...authHandlers(deps),
  ...meHandlers(deps),
  ...userHandlers(deps),
  ...priceHandlers(deps),
  ...keyHandlers(deps),
  ...usageHandlers(deps),
  ...settingsHandlers(deps),
  ...limitHandlers(deps),
  ...receiptHandlers(deps),
  ...lossHandlers(deps),
  ...ledgerLightHandlers(deps),
  ...statementHandlers(deps),
  ...userChangeHandlers(deps),
})
