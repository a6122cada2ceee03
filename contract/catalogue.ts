// The complete list of what any screen may ask. An operation that is not here does not exist at any door.
import type { z } from 'zod'
import { auditList } from './operations/audit.ts'
import {
  authCheckLink,
  authForgotPassword,
  authLogin,
  authLogout,
  authRegister,
  authResendVerification,
  authResetPassword,
  authStatus,
  authVerifyEmail,
  authVerifySecondFactor,
} from './operations/auth.ts'
import {
  backupsCreate,
  backupsDelete,
  backupsList,
  backupsPreview,
  backupsRestore,
} from './operations/backups.ts'
import {
  codesDisable,
  codesEnable,
  codesGenerate,
  codesHistory,
  codesList,
  codesListCodes,
  codesRedeem,
} from './operations/codes.ts'
import { dashboardGet } from './operations/dashboard.ts'
import { httpsGet, httpsReplaceAuthority, httpsTrust } from './operations/https.ts'
import { invitationsList, invitationsRevoke, usersInvite } from './operations/invitations.ts'
import { keysCreate, keysDelete, keysList, keysRotate, keysUpdate } from './operations/keys.ts'
import { ledgerCheck, ledgerStatus } from './operations/ledger.ts'
import { limitsList, limitsUpdate, limitsUsage } from './operations/limits.ts'
import { holdsList, lossesCharge, lossesDismiss, lossesList } from './operations/losses.ts'
import { mailGet, mailList, mailRetry, mailUpdate, settingsTestMail } from './operations/mail.ts'
import {
  meChangeEmail,
  meChangePassword,
  meGet,
  meOverview,
  meRequestDeletion,
  meUpdate,
  meWithdrawDeletion,
  meWithdrawEmailChange,
} from './operations/me.ts'
import { modelsList, modelsSetAccess, modelsSetMultiplier } from './operations/models.ts'
import { noticesDismiss, noticesList } from './operations/notices.ts'
import {
  mePlan,
  plansArchive,
  plansBuy,
  plansCreate,
  plansList,
  plansSubscriptions,
  plansUnarchive,
  plansUpdate,
  usersEndPlan,
  usersGrantPlan,
  usersPlan,
} from './operations/plans.ts'
import { policiesGet, policiesUpdate } from './operations/policies.ts'
import {
  pricesImport,
  pricesList,
  pricesPreview,
  pricesUnpriced,
  pricesUpsert,
  pricesWithdraw,
} from './operations/prices.ts'
import { usageReceipt, usageRefund } from './operations/receipts.ts'
import { sessionsList, sessionsRevoke, sessionsRevokeOthers } from './operations/sessions.ts'
import { settingsGet, settingsUpdate } from './operations/settings.ts'
import { setupComplete, setupStatus } from './operations/setup.ts'
import { meLedger, meStatement, usersLedger, usersStatement } from './operations/statements.ts'
import { systemLicences, systemLogs, systemNetwork, systemStatus } from './operations/system.ts'
import { totpBegin, totpConfirm, totpDisable, totpRenewRecoveryCodes } from './operations/totp.ts'
import {
  upstreamsChange,
  upstreamsCreate,
  upstreamsGet,
  upstreamsList,
  upstreamsRemove,
  upstreamsTest,
  upstreamsUpdate,
} from './operations/upstreams.ts'
import { usageList, usageSeries, usageSummary, usageTop } from './operations/usage.ts'
import {
  usersAdjustBalance,
  usersApprove,
  usersCreate,
  usersDelete,
  usersGet,
  usersList,
  usersReject,
  usersResetLink,
  usersResetSecondFactor,
  usersSetRole,
  usersSetStatus,
  usersSetStatusMany,
  usersUpdate,
} from './operations/users.ts'

const OPERATIONS = [
  setupStatus,
  setupComplete,
  authLogin,
  authLogout,
  meGet,
  meOverview,
  usersCreate,
  usersList,
  usersGet,
  usersSetStatus,
  usersAdjustBalance,
  pricesUpsert,
  pricesList,
  pricesPreview,
  pricesImport,
  pricesWithdraw,
  pricesUnpriced,
  modelsList,
  modelsSetAccess,
  modelsSetMultiplier,
  upstreamsTest,
  upstreamsGet,
  upstreamsUpdate,
  upstreamsList,
  upstreamsCreate,
  upstreamsChange,
  upstreamsRemove,
  auditList,
  backupsList,
  backupsCreate,
  backupsDelete,
  backupsPreview,
  backupsRestore,
  systemStatus,
  systemLogs,
  systemLicences,
  systemNetwork,
  keysCreate,
  keysList,
  keysUpdate,
  keysRotate,
  keysDelete,
  usageList,
  usageSummary,
  usageSeries,
  usageTop,
  dashboardGet,
  settingsGet,
  settingsUpdate,
  limitsList,
  limitsUpdate,
  policiesGet,
  policiesUpdate,
  limitsUsage,
  authStatus,
  authVerifySecondFactor,
  authRegister,
  authCheckLink,
  authVerifyEmail,
  authResendVerification,
  authForgotPassword,
  authResetPassword,
  meUpdate,
  meChangeEmail,
  meChangePassword,
  meRequestDeletion,
  meWithdrawDeletion,
  meWithdrawEmailChange,
  sessionsList,
  sessionsRevoke,
  sessionsRevokeOthers,
  totpBegin,
  totpConfirm,
  totpDisable,
  totpRenewRecoveryCodes,
  usersSetStatusMany,
  usersSetRole,
  usersApprove,
  usersReject,
  usersDelete,
  usersResetLink,
  usersResetSecondFactor,
  usersInvite,
  invitationsList,
  invitationsRevoke,
  mailGet,
  mailUpdate,
  mailList,
  mailRetry,
  settingsTestMail,
  usageReceipt,
  usageRefund,
  lossesList,
  lossesCharge,
  lossesDismiss,
  holdsList,
  ledgerStatus,
  ledgerCheck,
  meLedger,
  meStatement,
  usersUpdate,
  usersLedger,
  usersStatement,
  plansCreate,
  plansUpdate,
  plansArchive,
  plansUnarchive,
  plansList,
  plansBuy,
  plansSubscriptions,
  mePlan,
  usersPlan,
  usersGrantPlan,
  usersEndPlan,
  codesGenerate,
  codesList,
  codesListCodes,
  codesDisable,
  codesEnable,
  codesRedeem,
  codesHistory,
  noticesList,
  noticesDismiss,
  httpsGet,
  httpsTrust,
  httpsReplaceAuthority,
] as const

type Listed = (typeof OPERATIONS)[number]

export type OperationName = Listed['name']
export type OperationNamed<Name extends OperationName> = Extract<Listed, { readonly name: Name }>
/** What a handler is given: parsed, with defaults filled. */
export type InputOf<Name extends OperationName> = z.output<OperationNamed<Name>['input']>
/** What a handler returns, before the output's own parse. */
export type OutputOf<Name extends OperationName> = z.input<OperationNamed<Name>['output']>

/** The operations by name; a Map, so that `constructor` and its like are no operations. */
export const CATALOGUE: ReadonlyMap<string, Listed> = new Map(
  OPERATIONS.map((listed) => [listed.name, listed]),
)

export const operationNames: readonly OperationName[] = OPERATIONS.map((listed) => listed.name)

/** What a caller sends: before the defaults are filled. */
export type CallInput<Name extends OperationName> = z.input<OperationNamed<Name>['input']>
/** What a caller is given. */
export type CallOutput<Name extends OperationName> = z.output<OperationNamed<Name>['output']>
