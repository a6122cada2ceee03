// Registering: by invitation, by mail, or by hand. With mail, nobody is in the list of people before the address is proved,
// and the answer is the same whether or not it has an account.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import type { Locale } from '../../../contract/operations/fields.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { Settings } from '../../../contract/settings.ts'
import type { NewUser, UserRow } from '../../db/repositories/users.ts'
import type { Caller } from '../caller.ts'
import { decideDefaultBalance, giveDefaultBalance } from '../default-balance.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handler, Handlers } from '../dispatch.ts'
import { newLinkSecret } from '../link-secrets.ts'
import { baseUrlFor, linkFor } from '../links.ts'
import { placeOf, takeAttempt, tooBusy } from '../throttles.ts'
import { usableInvitation } from '../usable-invitation.ts'
import { startSession } from './auth.ts'
import { toMe } from './me.ts'

export const VERIFICATION_HOURS = 48
const HOUR_MS = 60 * 60 * 1000

type RegisterInput = Parameters<Handler<'auth.register'>>[0]
type Registered = Awaited<ReturnType<Handler<'auth.register'>>>

export function registrationHandlers(
  deps: OperationDeps,
): Pick<Handlers, 'auth.register' | 'auth.resendVerification'> {
  return { 'auth.register': register(deps), 'auth.resendVerification': resendVerification(deps) }
}

function register(deps: OperationDeps): Handler<'auth.register'> {
  const { setup, settings, throttles, mail } = deps
  return async (input, caller) => {
    if (!setup.isDone()) return fail(refusal('setup_required'))
    const attempt = takeAttempt([[throttles.registrationByAddress, placeOf(caller.address)]])
    if (!attempt.ok) return attempt
    const mode = settings.current().registration
    const refused = refusalOf(mode, input)
    if (refused) return fail(refused)
    if (input.invitation !== undefined) return await acceptInvitation(deps, input, input.invitation, caller)
    return mail.isAvailable()
      ? await registerByMail(deps, input, caller)
      : await registerAtOnce(deps, input, caller)
  }
}

/** Why nobody may register so; undefined where they may. */
function refusalOf(
  mode: Settings['registration'],
  { invitation }: Pick<RegisterInput, 'invitation'>,
): Refusal | undefined {
  if (mode === 'closed') return refusal('registration_closed')
  return mode === 'invite' && invitation === undefined ? refusal('invitation_required') : undefined
}

async function acceptInvitation(
  deps: OperationDeps,
  input: RegisterInput,
  secret: string,
  caller: Caller,
): Promise<Registered> {
  const guess = takeAttempt([[deps.throttles.linkByAddress, placeOf(caller.address)]])
  if (!guess.ok) return guess
  const usable = usableInvitation(deps, secret, input.email)
  if (usable.ok || usable.error.code !== 'link_invalid') guess.value.giveBack()
  if (!usable.ok) return usable
  const passwordHash = await deps.passwords.hash(input.password)
  if (passwordHash === undefined) return fail(tooBusy())

  const { repositories, clock, mail, settings } = deps
  const accepted = repositories.transaction((): Result<UserRow, Refusal> => {
    // Looked at again: the hash took its time, and a link is used once.
    const refused = refusalOf(settings.current().registration, input)
    if (refused) return fail(refused)
    const invitation = usableInvitation(deps, secret, input.email)
    if (!invitation.ok) return invitation
    const { role } = invitation.value
    const user = repositories.users.create(newUser(deps, input, { passwordHash, role, status: 'active' }))
    if (!user.ok) return user
    const userId = user.value.id
    if (!repositories.invitations.use(invitation.value.id, { userId, at: clock.now() }))
      throw new Error(`The invitation ${invitation.value.id} was usable and could not be used`)
    repositories.registrations.deleteOf(input.email)
    decideDefaultBalance(deps, userId)
    mail.enqueue('welcome', userId, { link: baseUrlFor(deps, caller) })
    return user
  })
  if (!accepted.ok) return accepted
  tellOfNewcomer(deps, accepted.value.id)
  await giveDefaultBalance(deps, accepted.value.id, null)
  return await signedIn(deps, accepted.value, caller)
}

/** Nobody is signed in who could be told by whose call it was. */
const tellOfNewcomer = ({ events }: OperationDeps, userId: string): void =>
  events.publish({ type: 'user.changed', userId, operation: 'auth.register' })

/** The same steps for an address that has an account and for one that has none; only the mail says which it was. */
async function registerByMail(
  deps: OperationDeps,
  input: RegisterInput,
  caller: Caller,
): Promise<Registered> {
  const { email, password, locale } = input
  const { repositories, clock, ids, throttles, settings } = deps
  const attempt = takeAttempt([[throttles.mailByRecipient, email]])
  if (!attempt.ok) return attempt
  const passwordHash = await deps.passwords.hash(password)
  if (passwordHash === undefined) return fail(tooBusy())
  // The mode of now, as below: nobody is sent a mail through a door that was closed while the hash was made.
  const refused = refusalOf(settings.current().registration, input)
  if (refused) return fail(refused)
  const { secret, secretHash } = newLinkSecret(ids.randomBytes)
  const createdAt = clock.now()
  const expiresAt = createdAt + VERIFICATION_HOURS * HOUR_MS
  repositories.transaction(() => {
    repositories.registrations.deleteExpired(createdAt)
    const language = locale ?? null
    repositories.registrations.create({
      id: ids.next(),
      email,
      passwordHash,
      locale: language,
      secretHash,
      createdAt,
      expiresAt,
    })
    sendVerification(deps, caller, { email, locale: language, secret, expiresAt })
  })
  return ok({ outcome: 'verification_sent' })
}

function sendVerification(
  deps: OperationDeps,
  caller: Caller,
  to: {
    readonly email: string
    readonly locale: Locale | null
    readonly secret: string
    readonly expiresAt: number
  },
): void {
  const { repositories, mail } = deps
  const known = repositories.users.findByEmail(to.email)
  if (known) {
    mail.enqueue('already_registered', known.id, { link: baseUrlFor(deps, caller) })
    return
  }
  const link = linkFor(deps, caller, 'verify_email', to.secret)
  const recipient = { email: to.email, locale: to.locale }
  const data = { link, validHours: VERIFICATION_HOURS }
  mail.enqueue('verification', recipient, data, { expiresAt: to.expiresAt })
}

/** Without mail nobody can prove an address: an administrator decides, or, where the operator opened the doors, nobody. */
async function registerAtOnce(
  deps: OperationDeps,
  input: RegisterInput,
  caller: Caller,
): Promise<Registered> {
  const { repositories, settings } = deps
  const passwordHash = await deps.passwords.hash(input.password)
  if (passwordHash === undefined) return fail(tooBusy())
  // The mode of now: an administrator may have closed a door while the hash was made.
  const mode = settings.current().registration
  const refused = refusalOf(mode, input)
  if (refused) return fail(refused)
  const status = mode === 'open' ? 'active' : 'pending'
  const user = repositories.users.create(newUser(deps, input, { passwordHash, role: 'user', status }))
  if (!user.ok) return user
  tellOfNewcomer(deps, user.value.id)
  // No default balance: whoever made up ten addresses would have it ten times.
  return mode === 'open' ? await signedIn(deps, user.value, caller) : ok({ outcome: 'awaiting_approval' })
}

const newUser = (
  { ids, clock }: Pick<OperationDeps, 'ids' | 'clock'>,
  { email, locale }: Pick<RegisterInput, 'email' | 'locale'>,
  more: Pick<NewUser, 'passwordHash' | 'role' | 'status'>,
): NewUser => ({ id: ids.next(), email, locale: locale ?? null, createdAt: clock.now(), ...more })

async function signedIn(deps: OperationDeps, user: UserRow, caller: Caller): Promise<Registered> {
  const expiresAt = await startSession(deps, user.id, caller)
  return ok({ outcome: 'signed_in', user: toMe(deps, user), expiresAt })
}

function resendVerification(deps: OperationDeps): Handler<'auth.resendVerification'> {
  const { repositories, clock, ids, throttles, mail, later } = deps
  return ({ email }, caller) => {
    if (!mail.isAvailable()) return fail(refusal('mail_unavailable'))
    const attempt = takeAttempt([
      [throttles.mailByAddress, placeOf(caller.address)],
      [throttles.mailByRecipient, email],
    ])
    if (!attempt.ok) return attempt
    later.run(() => {
      const registration = repositories.registrations.newestOf(email, clock.now())
      if (!registration) return
      const { secret, secretHash } = newLinkSecret(ids.randomBytes)
      const expiresAt = clock.now() + VERIFICATION_HOURS * HOUR_MS
      repositories.transaction(() => {
        repositories.registrations.renew(registration.id, secretHash, expiresAt)
        sendVerification(deps, caller, { email, locale: registration.locale, secret, expiresAt })
      })
    })
    return ok({})
  }
}
