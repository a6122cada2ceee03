// Which file declares an operation, and which carries it out. Both are loaded with the first call of one of theirs: a start
// needs none of them, and most are for screens that nobody has open.
import type { z } from 'zod'
import type { OperationName } from '../../contract/catalogue.ts'
import type { Audience, Operation } from '../../contract/operation.ts'
import type { Caller } from './caller.ts'
import type { OperationDeps } from './deps.ts'
import type { Handler, Handlers } from './dispatch.ts'

interface Group<Name extends OperationName> {
  readonly names: readonly Name[]
  /** What declares them; each under whatever name it is exported. */
  readonly contract: () => Promise<object>
  readonly handlers: () => Promise<(deps: OperationDeps) => Pick<Handlers, Name>>
}

const group = <const Name extends OperationName>(
  names: readonly Name[],
  contract: Group<Name>['contract'],
  handlers: Group<Name>['handlers'],
): Group<Name> => ({ names, contract, handlers })

const GROUPS = [
  group(
    ['setup.status', 'setup.complete'],
    () => import('../../contract/operations/setup.ts'),
    async () => (await import('./handlers/setup.ts')).setupHandlers,
  ),
  group(
    ['auth.status', 'auth.login', 'auth.verifySecondFactor', 'auth.logout'],
    () => import('../../contract/operations/auth.ts'),
    async () => (await import('./handlers/auth.ts')).authHandlers,
  ),
  group(
    [
      'me.get',
      'me.overview',
      'me.update',
      'me.changeEmail',
      'me.withdrawEmailChange',
      'me.changePassword',
      'me.requestDeletion',
      'me.withdrawDeletion',
    ],
    () => import('../../contract/operations/me.ts'),
    async () => (await import('./handlers/me.ts')).meHandlers,
  ),
  group(
    ['users.create', 'users.list', 'users.get', 'users.adjustBalance'],
    () => import('../../contract/operations/users.ts'),
    async () => (await import('./handlers/users.ts')).userHandlers,
  ),
  group(
    ['prices.upsert', 'prices.list', 'prices.preview', 'prices.import', 'prices.withdraw', 'prices.unpriced'],
    () => import('../../contract/operations/prices.ts'),
    async () => (await import('./handlers/prices.ts')).priceHandlers,
  ),
  group(
    ['models.list', 'models.setAccess', 'models.setMultiplier'],
    () => import('../../contract/operations/models.ts'),
    async () => (await import('./handlers/models.ts')).modelHandlers,
  ),
  group(
    ['upstreams.test', 'upstreams.get', 'upstreams.update'],
    () => import('../../contract/operations/upstreams.ts'),
    async () => (await import('./handlers/upstreams.ts')).upstreamHandlers,
  ),
  group(
    ['upstreams.list', 'upstreams.create', 'upstreams.change', 'upstreams.remove'],
    () => import('../../contract/operations/upstreams.ts'),
    async () => (await import('./handlers/upstream-list.ts')).upstreamListHandlers,
  ),
  group(
    ['audit.list'],
    () => import('../../contract/operations/audit.ts'),
    async () => (await import('./handlers/audit.ts')).auditHandlers,
  ),
  group(
    ['backups.list', 'backups.create', 'backups.delete', 'backups.preview', 'backups.restore'],
    () => import('../../contract/operations/backups.ts'),
    async () => (await import('./handlers/backups.ts')).backupHandlers,
  ),
  group(
    ['system.status', 'system.logs', 'system.network', 'system.licences'],
    () => import('../../contract/operations/system.ts'),
    async () => (await import('./handlers/system.ts')).systemHandlers,
  ),
  group(
    ['keys.create', 'keys.list', 'keys.update', 'keys.rotate', 'keys.delete'],
    () => import('../../contract/operations/keys.ts'),
    async () => (await import('./handlers/keys.ts')).keyHandlers,
  ),
  group(
    ['usage.list', 'usage.summary', 'usage.series', 'usage.top'],
    () => import('../../contract/operations/usage.ts'),
    async () => (await import('./handlers/usage.ts')).usageHandlers,
  ),
  group(
    ['dashboard.get'],
    () => import('../../contract/operations/dashboard.ts'),
    async () => (await import('./handlers/dashboard.ts')).dashboardHandlers,
  ),
  group(
    ['settings.get', 'settings.update'],
    () => import('../../contract/operations/settings.ts'),
    async () => (await import('./handlers/settings.ts')).settingsHandlers,
  ),
  group(
    ['limits.list', 'limits.update', 'limits.usage'],
    () => import('../../contract/operations/limits.ts'),
    async () => (await import('./handlers/limits.ts')).limitHandlers,
  ),
  group(
    ['policies.get', 'policies.update'],
    () => import('../../contract/operations/policies.ts'),
    async () => (await import('./handlers/policies.ts')).policyHandlers,
  ),
  group(
    ['users.invite', 'invitations.list', 'invitations.revoke'],
    () => import('../../contract/operations/invitations.ts'),
    async () => (await import('./handlers/invitations.ts')).invitationHandlers,
  ),
  group(
    ['auth.checkLink', 'auth.verifyEmail'],
    () => import('../../contract/operations/auth.ts'),
    async () => (await import('./handlers/links.ts')).linkHandlers,
  ),
  group(
    ['mail.get', 'mail.update', 'mail.list', 'mail.retry', 'settings.testMail'],
    () => import('../../contract/operations/mail.ts'),
    async () => (await import('./handlers/mail.ts')).mailHandlers,
  ),
  group(
    ['auth.forgotPassword', 'auth.resetPassword'],
    () => import('../../contract/operations/auth.ts'),
    async () => (await import('./handlers/password-reset.ts')).passwordResetHandlers,
  ),
  group(
    ['auth.register', 'auth.resendVerification'],
    () => import('../../contract/operations/auth.ts'),
    async () => (await import('./handlers/registration.ts')).registrationHandlers,
  ),
  group(
    ['sessions.list', 'sessions.revoke', 'sessions.revokeOthers'],
    () => import('../../contract/operations/sessions.ts'),
    async () => (await import('./handlers/sessions.ts')).sessionHandlers,
  ),
  group(
    ['totp.begin', 'totp.confirm', 'totp.disable', 'totp.renewRecoveryCodes'],
    () => import('../../contract/operations/totp.ts'),
    async () => (await import('./handlers/totp.ts')).totpHandlers,
  ),
  group(
    ['users.resetLink', 'users.resetSecondFactor'],
    () => import('../../contract/operations/users.ts'),
    async () => (await import('./handlers/user-access.ts')).userAccessHandlers,
  ),
  group(
    ['users.delete'],
    () => import('../../contract/operations/users.ts'),
    async () => (await import('./handlers/user-deletion.ts')).userDeletionHandlers,
  ),
  group(
    ['users.setStatus', 'users.setStatusMany', 'users.setRole', 'users.approve', 'users.reject'],
    () => import('../../contract/operations/users.ts'),
    async () => (await import('./handlers/user-status.ts')).userStatusHandlers,
  ),
  group(
    ['usage.receipt', 'usage.refund'],
    () => import('../../contract/operations/receipts.ts'),
    async () => (await import('./handlers/receipts.ts')).receiptHandlers,
  ),
  group(
    ['losses.list', 'losses.charge', 'losses.dismiss', 'holds.list'],
    () => import('../../contract/operations/losses.ts'),
    async () => (await import('./handlers/losses.ts')).lossHandlers,
  ),
  group(
    ['ledger.status', 'ledger.check'],
    () => import('../../contract/operations/ledger.ts'),
    async () => (await import('./handlers/ledger-light.ts')).ledgerLightHandlers,
  ),
  group(
    ['me.ledger', 'me.statement', 'users.ledger', 'users.statement'],
    () => import('../../contract/operations/statements.ts'),
    async () => (await import('./handlers/statements.ts')).statementHandlers,
  ),
  group(
    ['users.update'],
    () => import('../../contract/operations/users.ts'),
    async () => (await import('./handlers/user-changes.ts')).userChangeHandlers,
  ),
  group(
    [
      'plans.create',
      'plans.update',
      'plans.archive',
      'plans.unarchive',
      'plans.list',
      'plans.buy',
      'plans.subscriptions',
    ],
    () => import('../../contract/operations/plans.ts'),
    async () => (await import('./handlers/plans.ts')).planHandlers,
  ),
  group(
    ['me.plan', 'users.plan', 'users.grantPlan', 'users.endPlan'],
    () => import('../../contract/operations/plans.ts'),
    async () => (await import('./handlers/user-plans.ts')).userPlanHandlers,
  ),
  group(
    [
      'codes.generate',
      'codes.list',
      'codes.listCodes',
      'codes.disable',
      'codes.enable',
      'codes.redeem',
      'codes.history',
    ],
    () => import('../../contract/operations/codes.ts'),
    async () => (await import('./handlers/codes.ts')).codeHandlers,
  ),
  group(
    ['notices.list', 'notices.dismiss'],
    () => import('../../contract/operations/notices.ts'),
    async () => (await import('./handlers/notices.ts')).noticeHandlers,
  ),
  group(
    ['https.get', 'https.trust', 'https.replaceAuthority'],
    () => import('../../contract/operations/https.ts'),
    async () => (await import('./handlers/https.ts')).httpsHandlers,
  ),
] as const

type Missing = Exclude<OperationName, (typeof GROUPS)[number]['names'][number]>

/** An operation that is in no group does not compile. */
const groups: Missing extends never ? readonly Group<OperationName>[] : Missing = GROUPS.map(
  // A group is called only with the names that it has.
  (one) => one as unknown as Group<OperationName>,
)

const GROUP_OF: ReadonlyMap<string, Group<OperationName>> = new Map(
  groups.flatMap((one) => one.names.map((name) => [name, one])),
)

/** An operation as its contract declares it, and what carries it out. */
export interface KnownOperation {
  readonly audience: Audience
  readonly input: z.ZodType
  readonly output: z.ZodType
  readonly handle: (input: unknown, caller: Caller) => ReturnType<Handler<OperationName>>
}

/** Undefined where no operation has that name. */
export type FindOperation = (name: string) => Promise<KnownOperation | undefined>

export function createOperations(deps: OperationDeps): FindOperation {
  const made = new Map<Group<OperationName>, Promise<Handlers>>()
  /** Made once, because some of them count. */
  const handlersOf = (of: Group<OperationName>): Promise<Handlers> => {
    const handlers = made.get(of) ?? of.handlers().then((make) => make(deps))
    made.set(of, handlers)
    // What could not be read is tried again with the next call.
    handlers.catch(() => made.delete(of))
    return handlers
  }
  return async (name) => {
    const of = GROUP_OF.get(name)
    if (!of) return undefined
    const [contract, handlers] = await Promise.all([of.contract(), handlersOf(of)])
    const declared = Object.values(contract).find((exported) => exported?.name === name)
    // The handler of this name takes what this operation's input parses to; a Map cannot carry that tie for the compiler.
    const handle = handlers[name as OperationName] as KnownOperation['handle']
    return { ...(declared as Operation), handle }
  }
}
