// What the links in mail do: looked at without being used, or used, once.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { AccountLinkRow } from '../../db/repositories/account-links.ts'
import type { RegistrationRow } from '../../db/repositories/registrations.ts'
import { appendAudit } from '../audit-trail.ts'
import type { Caller } from '../caller.ts'
import { decideDefaultBalance, giveDefaultBalance } from '../default-balance.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handler, Handlers } from '../dispatch.ts'
import { hashOfSecret } from '../link-secrets.ts'
import { baseUrlFor } from '../links.ts'
import { placeOf, takeAttempt } from '../throttles.ts'
import { openInvitation } from '../usable-invitation.ts'

type Looked = Awaited<ReturnType<Handler<'auth.checkLink'>>>
type Verified = Awaited<ReturnType<Handler<'auth.verifyEmail'>>>

export function linkHandlers(deps: OperationDeps): Pick<Handlers, 'auth.checkLink' | 'auth.verifyEmail'> {
  return {
    'auth.checkLink': ({ token }, caller) => guarded(deps, caller, () => lookAt(deps, token)),
    async 'auth.verifyEmail'({ token }, caller) {
      const verified = guarded(deps, caller, () => verifyEmail(deps, token, caller))
      if (!verified.ok) return verified
      const { userId, isEntitled, ...output } = verified.value
      // Most have no session where they open the link, so it is told of here.
      deps.events.publish({ type: 'user.changed', userId, operation: 'auth.verifyEmail' })
      if (isEntitled) await giveDefaultBalance(deps, userId, null)
      return ok(output)
    },
  }
}

/** Secrets that are none count as guesses. */
export function guarded<T>(
  { throttles }: Pick<OperationDeps, 'throttles'>,
  caller: Caller,
  use: () => Result<T, Refusal>,
): Result<T, Refusal> {
  const attempt = takeAttempt([[throttles.linkByAddress, placeOf(caller.address)]])
  if (!attempt.ok) return attempt
  const used = use()
  if (used.ok || used.error.code !== 'link_invalid') attempt.value.giveBack()
  return used
}

function lookAt(deps: OperationDeps, token: string): Looked {
  const { repositories, clock } = deps
  const secretHash = hashOfSecret(token)
  const now = clock.now()
  const registration = repositories.registrations.findBySecretHash(secretHash)
  if (registration && registration.expiresAt > now) {
    const { email, expiresAt } = registration
    return ok({ purpose: 'verify_email', email, role: null, expiresAt })
  }
  const link = repositories.accountLinks.findBySecretHash(secretHash)
  if (link && link.expiresAt > now) {
    const email = link.kind === 'change_email' ? link.provesEmail : emailOf(repositories, link)
    return ok({ purpose: link.kind, email, role: null, expiresAt: link.expiresAt })
  }
  const invitation = openInvitation(deps, secretHash, 'token')
  if (!invitation.ok) return invitation
  const { email, role, expiresAt } = invitation.value
  return ok({ purpose: 'invitation', email, role, expiresAt })
}

const emailOf = ({ users }: OperationDeps['repositories'], { userId }: AccountLinkRow): string | null =>
  users.findById(userId)?.email ?? null

type VerifiedInside =
  | { readonly ok: false; readonly error: Refusal }
  | {
      readonly ok: true
      readonly value: Extract<Verified, { ok: true }>['value'] & {
        readonly userId: string
        readonly isEntitled: boolean
      }
    }

function verifyEmail(deps: OperationDeps, token: string, caller: Caller): VerifiedInside {
  const { repositories, clock } = deps
  const secretHash = hashOfSecret(token)
  const now = clock.now()
  const registration = repositories.registrations.findBySecretHash(secretHash)
  if (registration && registration.expiresAt > now) return finishRegistration(deps, registration, caller)
  const link = repositories.accountLinks.findBySecretHash(secretHash)
  if (link?.kind === 'change_email' && link.expiresAt > now) return finishEmailChange(deps, link, caller)
  return fail(refusal('link_invalid', undefined, { param: 'token' }))
}

/** Makes a person of a registration. Active at once only where anyone may register; the mode of now counts. */
function finishRegistration(
  deps: OperationDeps,
  { id: _, secretHash: __, expiresAt: ___, ...registration }: RegistrationRow,
  caller: Caller,
): VerifiedInside {
  const { repositories, ids, clock, settings, mail } = deps
  const { email, passwordHash, locale } = registration
  const isOpen = settings.current().registration === 'open'
  const link = baseUrlFor(deps, caller)
  return repositories.transaction((): VerifiedInside => {
    const now = clock.now()
    repositories.registrations.deleteOf(email)
    const user = repositories.users.create({
      id: ids.next(),
      email,
      passwordHash,
      locale,
      role: 'user',
      status: isOpen ? 'active' : 'pending',
      createdAt: now,
      emailVerifiedAt: now,
    })
    if (!user.ok) return user
    if (!isOpen) {
      mail.enqueueToAdministrators('approval_requested', {
        link: `${link}/admin/users?status=pending`,
        email,
      })
      return ok({ email, outcome: 'awaiting_approval', userId: user.value.id, isEntitled: false })
    }
    decideDefaultBalance(deps, user.value.id)
    mail.enqueue('welcome', user.value.id, { link })
    return ok({ email, outcome: 'active', userId: user.value.id, isEntitled: true })
  })
}

function finishEmailChange(deps: OperationDeps, link: AccountLinkRow, caller: Caller): VerifiedInside {
  const { repositories, clock } = deps
  const before = repositories.users.findById(link.userId)
  const newEmail = link.provesEmail
  if (before?.status !== 'active' || newEmail === null)
    return fail(refusal('link_invalid', undefined, { param: 'token' }))
  return repositories.transaction((): VerifiedInside => {
    repositories.accountLinks.take(link.id)
    const changed = changeEmail(deps, caller, { userId: before.id, newEmail, verifiedAt: clock.now() })
    if (!changed.ok) return changed
    // Of somebody who came in unproved, this is the proof.
    decideDefaultBalance(deps, before.id)
    return ok({ email: newEmail, outcome: 'changed', userId: before.id, isEntitled: true })
  })
}

interface EmailChange {
  readonly userId: string
  readonly newEmail: string
  /** Null where nobody has proved the address. */
  readonly verifiedAt: number | null
}

/** A person changes their own address. Part of the caller's transaction. */
export function changeEmail(deps: OperationDeps, caller: Caller, change: EmailChange): Result<void, Refusal> {
  const { userId, verifiedAt } = change
  const changed = writeEmail(deps, caller, change)
  if (!changed.ok) return changed
  appendAudit(deps, caller, {
    operation: 'me.changeEmail',
    targetType: 'user',
    targetId: userId,
    before: null,
    after: { isEmailVerified: verifiedAt !== null },
    actorUserId: userId,
  })
  return ok(undefined)
}

/** Writes the new address, tells the old one, and lets no link of the old one live on. Part of the caller's transaction. */
export function writeEmail(
  deps: OperationDeps,
  caller: Caller,
  { userId, newEmail, verifiedAt }: EmailChange,
): Result<void, Refusal> {
  const { repositories, mail, clock } = deps
  const before = repositories.users.findById(userId)
  const changed = repositories.users.setEmail(userId, newEmail, verifiedAt)
  if (!changed.ok) return changed
  const told = before && { email: before.email, locale: before.locale, userId }
  if (told && told.email !== newEmail)
    mail.enqueue('email_changed', told, { at: clock.now(), address: caller.address, newEmail })
  repositories.accountLinks.deleteOf(userId)
  repositories.registrations.deleteOf(newEmail)
  return ok(undefined)
}
