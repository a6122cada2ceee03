// The signed-in person: who they are, what they have left, and what they change about their own account.

import type { OutputOf } from '../../../contract/catalogue.ts'
import type { Refusal } from '../../../contract/errors.ts'
import { inputRefusal } from '../../../contract/input-problems.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { UserRow } from '../../db/repositories/users.ts'
import { sumNanoUsd } from '../../ledger/money.ts'
import { decideForecast, FORECAST_DAYS } from '../../limits/decide-forecast.ts'
import { localDay } from '../../limits/decide-window.ts'
import { appendAudit } from '../audit-trail.ts'
import type { Caller } from '../caller.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handler, Handlers } from '../dispatch.ts'
import { newLinkSecret } from '../link-secrets.ts'
import { baseUrlFor, linkFor } from '../links.ts'
import { readList } from '../lists/answer-list.ts'
import { confirmPassword, wrongPassword } from '../reauthentication.ts'
import { stillAllowed } from '../still-allowed.ts'
import { placeOf, takeAttempt, tooBusy } from '../throttles.ts'
import { changeEmail } from './links.ts'
import { endAccess } from './password-reset.ts'
import { activePlanOf } from './plan-facts.ts'

type Noun =
  | 'me.get'
  | 'me.overview'
  | 'me.update'
  | 'me.changeEmail'
  | 'me.withdrawEmailChange'
  | 'me.changePassword'
  | 'me.requestDeletion'
  | 'me.withdrawDeletion'

const EMAIL_CHANGE_HOURS = 24
const HOUR_MS = 60 * 60 * 1000

export function meHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  const { repositories } = deps
  return {
    'me.get': (_input, caller) => ok(toMe(deps, userOf(deps, caller.user.id))),
    'me.overview': overview(deps),
    'me.update'(preferences, caller) {
      const user = repositories.users.setPreferences(caller.user.id, preferences)
      return ok(toMe(deps, user ?? userOf(deps, caller.user.id)))
    },
    'me.changeEmail': changeOwnEmail(deps),
    'me.withdrawEmailChange'(_input, caller) {
      repositories.accountLinks.deleteOf(caller.user.id, 'change_email')
      return ok(toMe(deps, userOf(deps, caller.user.id)))
    },
    'me.changePassword': changePassword(deps),
    'me.requestDeletion': requestDeletion(deps),
    'me.withdrawDeletion'(_input, caller) {
      const user = repositories.users.setDeletionRequested(caller.user.id, null)
      return ok(toMe(deps, user ?? userOf(deps, caller.user.id)))
    },
  }
}

const DAY_MS = 24 * HOUR_MS

/** What has passed is read from the disk, what is left is known in memory. */
function overview(deps: OperationDeps): Handler<'me.overview'> {
  const { accounts, settings, clock, timeZone, lists } = deps
  return async (_input, caller) => {
    const userId = caller.user.id
    const nowMs = clock.now()
    const read = await readList(lists, 'overview', {
      userId,
      todaySince: localDay(nowMs, timeZone()).startMs,
      forecastSince: nowMs - FORECAST_DAYS * DAY_MS,
    })
    if (!read.ok) return read
    const { today, paid, keyCount } = read.value
    const state = accounts.state(userId)
    const leftNanoUsd = sumNanoUsd(state.balanceNanoUsd, state.creditLimitNanoUsd)
    return ok({
      ...state,
      today,
      forecast: decideForecast({ ...paid, leftNanoUsd, nowMs }),
      plan: activePlanOf(deps, userId),
      keyCount,
      announcement: settings.current().announcement,
    })
  }
}

function userOf({ repositories }: OperationDeps, userId: string): UserRow {
  const user = repositories.users.findById(userId)
  if (!user) throw new Error(`A session names the user ${userId}, who does not exist`)
  return user
}

export function toMe(deps: OperationDeps, user: UserRow): OutputOf<'me.get'> {
  const { repositories, secondFactors, clock } = deps
  const { id, email, role, status, createdAt, locale, theme, emailVerifiedAt, deletionRequestedAt } = user
  const change = repositories.accountLinks.newestOf(id, 'change_email', clock.now())
  return {
    id,
    email,
    role,
    status,
    createdAt,
    locale,
    theme,
    isEmailVerified: emailVerifiedAt !== null,
    pendingEmail: change?.provesEmail ?? null,
    hasSecondFactor: secondFactors.isOn(id),
    recoveryCodesLeft: secondFactors.recoveryCodesLeft(id),
    deletionRequestedAt,
  }
}

function changeOwnEmail(deps: OperationDeps): Handler<'me.changeEmail'> {
  const { repositories, mail, throttles } = deps
  return async ({ email, password }, caller) => {
    const user = await confirmPassword(deps, caller, password)
    if (!user.ok) return user
    const isSame = user.value.email === email
    // Their own address, sent again, proves it: for somebody who came in before there was mail.
    if (isSame && (user.value.emailVerifiedAt !== null || !mail.isAvailable()))
      return fail(inputRefusal('same_address', 'email'))
    if (!mail.isAvailable()) {
      const change = { userId: user.value.id, newEmail: email, verifiedAt: null }
      const changed = repositories.transaction(() => changeEmail(deps, caller, change))
      return changed.ok ? ok({ outcome: 'changed' }) : changed
    }
    const attempt = takeAttempt([
      [throttles.mailByAddress, placeOf(caller.address)],
      [throttles.mailByRecipient, email],
    ])
    if (!attempt.ok) return attempt
    mailEmailChange(deps, user.value, email, caller)
    return ok({ outcome: 'verification_sent' })
  }
}

/** The same whether or not the new address has an account; where it has one, its owner is told, and the link never leaves. */
function mailEmailChange(deps: OperationDeps, user: UserRow, newEmail: string, caller: Caller): void {
  const { repositories, clock, ids, mail } = deps
  const { secret, secretHash } = newLinkSecret(ids.randomBytes)
  const createdAt = clock.now()
  const expiresAt = createdAt + EMAIL_CHANGE_HOURS * HOUR_MS
  repositories.transaction(() => {
    repositories.accountLinks.deleteExpired(createdAt)
    repositories.accountLinks.deleteOf(user.id, 'change_email')
    repositories.accountLinks.create({
      id: ids.next(),
      kind: 'change_email',
      userId: user.id,
      secretHash,
      provesEmail: newEmail,
      createdAt,
      expiresAt,
    })
    const other = repositories.users.findByEmail(newEmail)
    if (other && other.id !== user.id) {
      mail.enqueue('already_registered', other.id, { link: baseUrlFor(deps, caller) })
      return
    }
    const link = linkFor(deps, caller, 'change_email', secret)
    const data = { link, validHours: EMAIL_CHANGE_HOURS }
    const to = { email: newEmail, locale: user.locale, userId: user.id }
    mail.enqueue('email_change', to, data, { expiresAt })
  })
}

function changePassword(deps: OperationDeps): Handler<'me.changePassword'> {
  const { repositories, passwords, clock, mail } = deps
  return async ({ currentPassword, newPassword }, caller) => {
    const user = await confirmPassword(deps, caller, currentPassword, 'currentPassword')
    if (!user.ok) return user
    const passwordHash = await passwords.hash(newPassword)
    if (passwordHash === undefined) return fail(tooBusy())
    const userId = user.value.id
    return repositories.transaction((): Result<Record<string, never>, Refusal> => {
      // Looked at again: this hash took its time as well, and whoever was faster has ended what the old one opens.
      if (repositories.users.findById(userId)?.passwordHash !== user.value.passwordHash)
        return fail(wrongPassword('currentPassword'))
      const allowed = stillAllowed(deps, caller, 'user')
      if (!allowed.ok) return allowed
      repositories.users.setPassword(userId, passwordHash)
      endAccess(deps, userId, caller.sessionId)
      mail.enqueue('password_changed', userId, { at: clock.now(), address: caller.address })
      appendAudit(deps, caller, {
        operation: 'me.changePassword',
        targetType: 'user',
        targetId: userId,
        before: null,
        after: null,
      })
      return ok({})
    })
  }
}

function requestDeletion(deps: OperationDeps): Handler<'me.requestDeletion'> {
  const { repositories, clock, mail, throttles } = deps
  return async ({ password }, caller) => {
    const user = await confirmPassword(deps, caller, password)
    if (!user.ok) return user
    if (user.value.deletionRequestedAt !== null) return ok(toMe(deps, user.value))
    const { id, email } = user.value
    // Asked for and taken back by turns, it would fill the administrators' mailboxes.
    const attempt = takeAttempt([[throttles.mailByRecipient, `administrators for ${id}`]])
    if (!attempt.ok) return attempt
    const asked = repositories.transaction(() => {
      mail.enqueueToAdministrators('deletion_requested', {
        link: `${baseUrlFor(deps, caller)}/admin/users/${id}`,
        email,
      })
      return repositories.users.setDeletionRequested(id, clock.now())
    })
    return ok(toMe(deps, asked ?? user.value))
  }
}
