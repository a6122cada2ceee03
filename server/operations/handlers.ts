// Every operation with its handler; a missing one does not compile.
import type { OperationDeps } from './deps.ts'
import type { Handlers } from './dispatch.ts'
import { auditHandlers } from './handlers/audit.ts'
import { authHandlers } from './handlers/auth.ts'
import { backupHandlers } from './handlers/backups.ts'
import { codeHandlers } from './handlers/codes.ts'
import { dashboardHandlers } from './handlers/dashboard.ts'
import { httpsHandlers } from './handlers/https.ts'
import { invitationHandlers } from './handlers/invitations.ts'
import { keyHandlers } from './handlers/keys.ts'
import { ledgerLightHandlers } from './handlers/ledger-light.ts'
import { limitHandlers } from './handlers/limits.ts'
import { linkHandlers } from './handlers/links.ts'
import { lossHandlers } from './handlers/losses.ts'
import { mailHandlers } from './handlers/mail.ts'
import { meHandlers } from './handlers/me.ts'
import { modelHandlers } from './handlers/models.ts'
import { noticeHandlers } from './handlers/notices.ts'
import { passwordResetHandlers } from './handlers/password-reset.ts'
import { planHandlers } from './handlers/plans.ts'
import { policyHandlers } from './handlers/policies.ts'
import { priceHandlers } from './handlers/prices.ts'
import { receiptHandlers } from './handlers/receipts.ts'
import { registrationHandlers } from './handlers/registration.ts'
import { sessionHandlers } from './handlers/sessions.ts'
import { settingsHandlers } from './handlers/settings.ts'
import { setupHandlers } from './handlers/setup.ts'
import { statementHandlers } from './handlers/statements.ts'
import { systemHandlers } from './handlers/system.ts'
import { totpHandlers } from './handlers/totp.ts'
import { upstreamListHandlers } from './handlers/upstream-list.ts'
import { upstreamHandlers } from './handlers/upstreams.ts'
import { usageHandlers } from './handlers/usage.ts'
import { userAccessHandlers } from './handlers/user-access.ts'
import { userChangeHandlers } from './handlers/user-changes.ts'
import { userDeletionHandlers } from './handlers/user-deletion.ts'
import { userPlanHandlers } from './handlers/user-plans.ts'
import { userStatusHandlers } from './handlers/user-status.ts'
import { userHandlers } from './handlers/users.ts'

export const createHandlers = (deps: OperationDeps): Handlers => ({
  ...setupHandlers(deps),
  ...authHandlers(deps),
  ...meHandlers(deps),
  ...userHandlers(deps),
  ...priceHandlers(deps),
  ...modelHandlers(deps),
  ...upstreamHandlers(deps),
  ...upstreamListHandlers(deps),
  ...auditHandlers(deps),
  ...backupHandlers(deps),
  ...systemHandlers(deps),
  ...keyHandlers(deps),
  ...usageHandlers(deps),
  ...dashboardHandlers(deps),
  ...settingsHandlers(deps),
  ...limitHandlers(deps),
  ...policyHandlers(deps),
  ...invitationHandlers(deps),
  ...linkHandlers(deps),
  ...mailHandlers(deps),
  ...passwordResetHandlers(deps),
  ...registrationHandlers(deps),
  ...sessionHandlers(deps),
  ...totpHandlers(deps),
  ...userAccessHandlers(deps),
  ...userDeletionHandlers(deps),
  ...userStatusHandlers(deps),
  ...receiptHandlers(deps),
  ...lossHandlers(deps),
  ...ledgerLightHandlers(deps),
  ...statementHandlers(deps),
  ...userChangeHandlers(deps),
  ...planHandlers(deps),
  ...userPlanHandlers(deps),
  ...codeHandlers(deps),
  ...noticeHandlers(deps),
  ...httpsHandlers(deps),
})
