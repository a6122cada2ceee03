// A new password for somebody who has lost theirs: asked for by mail, and set with the link that comes of it, or with one
// that an administrator handed over.
import { refusal } from '../../../contract/errors.ts'
import { fail, ok } from '../../../contract/result.ts'
import type { AccountLinkRow } from '../../db/repositories/account-links.ts'
import { appendAudit } from '../audit-trail.ts'
import type { Caller } from '../caller.ts'
import { decideDefaultBalance, giveDefaultBalance } from '../default-balance.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handler, Handlers } from '../dispatch.ts'
import { hashOfSecret, newLinkSecret } from '../link-secrets.ts'
import { linkFor } from '../links.ts'
import { placeOf, takeAttempt, tooBusy } from '../throttles.ts'
import { guarded } from './links.ts'

const RESET_MINUTES = 60
const MINUTE_MS = 60_000

export function passwordResetHandlers(
  deps: OperationDeps,
): Pick<Handlers, 'auth.forgotPassword' | 'auth.resetPassword'> {
  return { 'auth.forgotPassword': forgotPassword(deps), 'auth.resetPassword': resetPassword(deps) }
}

/** Looks the account up after the answer was written, so that neither the answer nor its time can say whether there is one. */
function forgotPassword(deps: OperationDeps): Handler<'auth.forgotPassword'> {
  const { repositories, throttles, mail, later } = deps
  return ({ email }, caller) => {
    if (!mail.isAvailable()) return fail(refusal('mail_unavailable'))
    const attempt = takeAttempt([
      [throttles.mailByAddress, placeOf(caller.address)],
      [throttles.mailByRecipient, email],
    ])
    if (!attempt.ok) return attempt
    later.run(() => {
      const user = repositories.users.findByEmail(email)
      if (user?.status === 'active') mailResetLink(deps, user, caller)
    })
    return ok({})
  }
}

function mailResetLink(
  deps: OperationDeps,
  { id: userId, email }: { readonly id: string; readonly email: string },
  caller: Caller,
): void {
  const { repositories, clock, ids, mail } = deps
  const { secret, secretHash } = newLinkSecret(ids.randomBytes)
  const createdAt = clock.now()
  const expiresAt = createdAt + RESET_MINUTES * MINUTE_MS
  const link = linkFor(deps, caller, 'reset_password', secret)
  repositories.transaction(() => {
    repositories.accountLinks.deleteExpired(createdAt)
    repositories.accountLinks.create({
      id: ids.next(),
      kind: 'reset_password',
      userId,
      secretHash,
      provesEmail: email,
      createdAt,
      expiresAt,
    })
    mail.enqueue('password_reset', userId, { link, validMinutes: RESET_MINUTES }, { expiresAt })
  })
}

function resetPassword(deps: OperationDeps): Handler<'auth.resetPassword'> {
  const { passwords } = deps
  return async ({ token, password }, caller) => {
    const found = guarded(deps, caller, () => usableLink(deps, token))
    if (!found.ok) return found
    const passwordHash = await passwords.hash(password)
    if (passwordHash === undefined) return fail(tooBusy())
    const set = guarded(deps, caller, () => {
      // Looked at again: the hash took its time, and a link is used once.
      const link = usableLink(deps, token)
      return link.ok ? setPassword(deps, link.value, passwordHash, caller) : link
    })
    if (set.ok) await giveDefaultBalance(deps, found.value.userId, null)
    return set
  }
}

function usableLink({ repositories, clock }: OperationDeps, token: string) {
  const link = repositories.accountLinks.findBySecretHash(hashOfSecret(token))
  const user = link && repositories.users.findById(link.userId)
  const isUsable =
    link?.kind === 'reset_password' && link.expiresAt > clock.now() && user && user.status !== 'deleted'
  return isUsable ? ok(link) : fail(refusal('link_invalid', undefined, { param: 'token' }))
}

function setPassword(deps: OperationDeps, link: AccountLinkRow, passwordHash: string, caller: Caller) {
  const { repositories, clock, mail } = deps
  const { userId } = link
  return repositories.transaction(() => {
    const at = clock.now()
    const user = repositories.users.setPassword(userId, passwordHash)
    if (!user) throw new Error(`A link names the user ${userId}, who does not exist`)
    // Whoever read the mail has proved the address that it went to.
    if (link.provesEmail === user.email && user.emailVerifiedAt === null) {
      repositories.users.noteEmailVerified(userId, at)
      if (user.status === 'active') decideDefaultBalance(deps, userId)
    }
    endAccess(deps, userId)
    mail.enqueue('password_changed', userId, { at, address: caller.address })
    appendAudit(deps, caller, {
      operation: 'auth.resetPassword',
      targetType: 'user',
      targetId: userId,
      before: null,
      after: null,
      actorUserId: userId,
    })
    return ok({ email: user.email })
  })
}

/** What a new password ends: every session, but the caller's own where it is theirs, and every link that is still out. */
export function endAccess(
  { repositories, clock }: Pick<OperationDeps, 'repositories' | 'clock'>,
  userId: string,
  exceptSessionId?: string,
): void {
  repositories.sessions.revokeAllOf(userId, clock.now(), exceptSessionId)
  repositories.accountLinks.deleteOf(userId)
}
