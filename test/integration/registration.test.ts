// Registering, in every mode, with and without mail: who gets in, who is told what, and who is given the default balance.
import { afterEach, describe, expect, test } from 'vitest'
import {
  cookieIn,
  DAY_MS,
  HOUR_MS,
  type MailingPortal,
  PASSWORD,
  startMailingPortal,
  tokenIn,
} from './support/mailing-portal.ts'
import { ADMIN, startPortal } from './support/portal.ts'

const DOLLAR = 1_000_000_000
const NEW = { email: 'new@example.test', password: PASSWORD }

let world: MailingPortal | undefined
afterEach(async () => {
  await world?.stop()
  world = undefined
})

async function start(registration: string, more: { hasMail?: boolean; settings?: object } = {}) {
  const settings = { registration, defaultBalanceNanoUsd: 5 * DOLLAR, ...more.settings }
  world = await startMailingPortal({ settings, hasMail: more.hasMail ?? true })
  return world
}
const login = (at: MailingPortal, who = NEW) =>
  at.call('auth.login', { email: who.email, password: who.password })
const userNamed = async (at: MailingPortal, email: string) =>
  (await at.admin('users.list', { search: email })).data.rows[0]
const verificationOf = async (at: MailingPortal, email: string) =>
  tokenIn((await at.mailServer.take(email, (mail) => mail.link.includes('/verify-email'))).link)

describe('open registration with mail', () => {
  test('register, read the mail, verify, sign in; the default balance comes once, with the link', async () => {
    const at = await start('open')
    expect(await at.call('auth.register', { ...NEW, locale: 'zh-CN' })).toMatchObject({
      status: 200,
      data: { outcome: 'verification_sent' },
    })
    expect(await login(at)).toMatchObject({ status: 401, error: { code: 'email_not_verified' } })
    expect(await userNamed(at, NEW.email)).toBeUndefined()

    const mail = await at.mailServer.take(NEW.email)
    expect(mail.subject).toContain('确认')
    expect(mail.link).toMatch(new RegExp(`^${at.portal.url}/verify-email#token=[0-9A-Za-z]{32}$`))
    const token = tokenIn(mail.link)
    expect((await at.call('auth.checkLink', { token })).data).toMatchObject({
      purpose: 'verify_email',
      email: NEW.email,
    })
    expect((await at.call('auth.verifyEmail', { token })).data).toEqual({
      email: NEW.email,
      outcome: 'active',
    })
    expect((await login(at)).data.user).toMatchObject({
      email: NEW.email,
      locale: 'zh-CN',
      isEmailVerified: true,
      role: 'user',
    })
    expect(await userNamed(at, NEW.email)).toMatchObject({ status: 'active', balanceNanoUsd: 5 * DOLLAR })
    expect((await at.mailServer.take(NEW.email)).subject).toContain('欢迎')
    // A link is used once.
    expect(await at.call('auth.verifyEmail', { token })).toMatchObject({
      status: 410,
      error: { code: 'link_invalid' },
    })
    expect((await userNamed(at, NEW.email)).balanceNanoUsd).toBe(5 * DOLLAR)
  })

  test('an address that has an account gets the same answer, and its owner another mail', async () => {
    const at = await start('open')
    await at.admin('users.create', { email: 'here@example.test', password: PASSWORD })
    const guess = { email: 'here@example.test', password: 'another long password' }
    const taken = await at.call('auth.register', guess)
    const unknown = await at.call('auth.register', { ...guess, email: 'nobody@example.test' })
    expect({ ...taken, headers: {} }).toEqual({ ...unknown, headers: {} })
    const mail = await at.mailServer.take('here@example.test')
    expect(mail.subject).toContain('have an account')
    expect(mail.text).not.toContain('token=')
    // Nor does signing in with the password that was just registered tell the two apart.
    expect(await login(at, guess)).toMatchObject({ error: { code: 'email_not_verified' } })
    expect(await login(at, { ...guess, email: 'nobody@example.test' })).toMatchObject({
      error: { code: 'email_not_verified' },
    })
    // Nothing of it has touched the account.
    expect((await login(at, { email: 'here@example.test', password: PASSWORD })).ok).toBe(true)
  })

  test('an address cannot be squatted on: whoever reads its mail decides which registration counts', async () => {
    const at = await start('open')
    await at.call('auth.register', { email: NEW.email, password: 'the squatter’s password' })
    await at.mailServer.take(NEW.email)
    await at.call('auth.register', NEW)
    await at.call('auth.verifyEmail', { token: await verificationOf(at, NEW.email) })
    expect((await login(at)).ok).toBe(true)
    expect((await login(at, { ...NEW, password: 'the squatter’s password' })).ok).toBe(false)
  })

  test('a link is good for two days, and another one can be sent, which replaces it', async () => {
    const at = await start('open')
    await at.call('auth.register', NEW)
    const first = await verificationOf(at, NEW.email)
    at.moveClock(47 * HOUR_MS)
    expect((await at.call('auth.resendVerification', { email: NEW.email })).data).toEqual({})
    const second = await verificationOf(at, NEW.email)
    expect(await at.call('auth.checkLink', { token: first })).toMatchObject({
      error: { code: 'link_invalid' },
    })
    at.moveClock(2 * DAY_MS)
    expect(await at.call('auth.verifyEmail', { token: second })).toMatchObject({
      error: { code: 'link_invalid' },
    })
    expect(await login(at)).toMatchObject({ error: { code: 'invalid_credentials' } })
  })

  test('asking again for a verification says nothing about who registered, and mails nobody else', async () => {
    const at = await start('open')
    await at.call('auth.register', NEW)
    await at.mailServer.take(NEW.email)
    const unknown = await at.call('auth.resendVerification', { email: 'stranger@example.test' })
    const known = await at.call('auth.resendVerification', { email: NEW.email })
    expect({ ...unknown, headers: {} }).toEqual({ ...known, headers: {} })
    await at.mailServer.take(NEW.email)
    expect(at.mailServer.mails).toEqual([])
  })

  test('nobody’s mailbox can be filled: three mails to an address, whoever asks, then a wait', async () => {
    const at = await start('open')
    for (const name of ['auth.register', 'auth.resendVerification', 'auth.forgotPassword']) {
      expect((await at.call(name, name === 'auth.register' ? NEW : { email: NEW.email })).ok).toBe(true)
    }
    expect(await at.call('auth.resendVerification', { email: NEW.email })).toMatchObject({
      status: 429,
      error: { code: 'too_many_attempts' },
    })
    expect((await at.call('auth.register', { ...NEW, email: 'other@example.test' })).ok).toBe(true)
    at.moveClock(HOUR_MS)
    expect((await at.call('auth.resendVerification', { email: NEW.email })).ok).toBe(true)
  })
})

describe('registration by approval', () => {
  test('with mail: the address is proved first, the administrators are told, and approval lets in', async () => {
    const at = await start('approval')
    await at.call('auth.register', NEW)
    const token = await verificationOf(at, NEW.email)
    expect((await at.call('auth.verifyEmail', { token })).data.outcome).toBe('awaiting_approval')
    expect(await login(at)).toMatchObject({ status: 401, error: { code: 'account_pending' } })
    const told = await at.mailServer.take(ADMIN.email)
    expect(told.subject).toContain(NEW.email)

    const waiting = await userNamed(at, NEW.email)
    expect(waiting).toMatchObject({ status: 'pending', isEmailVerified: true, balanceNanoUsd: 0 })
    expect((await at.admin('users.approve', { userId: waiting.id })).data).toMatchObject({
      status: 'active',
      balanceNanoUsd: 5 * DOLLAR,
    })
    expect((await at.mailServer.take(NEW.email)).subject).toContain('approved')
    expect((await login(at)).ok).toBe(true)
    expect(await at.admin('users.approve', { userId: waiting.id })).toMatchObject({
      status: 409,
      error: { code: 'user_not_pending' },
    })
    for (const status of ['suspended', 'active'])
      await at.admin('users.setStatus', { userId: waiting.id, status })
    expect((await userNamed(at, NEW.email)).balanceNanoUsd).toBe(5 * DOLLAR)
  })

  test('without mail: the person waits, and says so when they sign in', async () => {
    const at = await start('approval', { hasMail: false })
    expect((await at.call('auth.register', NEW)).data).toEqual({ outcome: 'awaiting_approval' })
    expect(await login(at)).toMatchObject({ error: { code: 'account_pending' } })
    expect(await at.call('auth.register', NEW)).toMatchObject({ status: 409, error: { code: 'email_taken' } })
    const { id } = await userNamed(at, NEW.email)
    expect((await at.admin('users.setStatus', { userId: id, status: 'active' })).data.balanceNanoUsd).toBe(
      5 * DOLLAR,
    )
    expect((await login(at)).ok).toBe(true)
  })

  test('a person who is turned away is forgotten, and may try again', async () => {
    const at = await start('approval', { hasMail: false })
    await at.call('auth.register', NEW)
    const { id } = await userNamed(at, NEW.email)
    expect((await at.admin('users.reject', { userId: id })).ok).toBe(true)
    expect(await login(at)).toMatchObject({ error: { code: 'invalid_credentials' } })
    expect(await at.admin('users.reject', { userId: id })).toMatchObject({
      error: { code: 'user_not_found' },
    })
    expect((await at.admin('users.list', { status: 'deleted' })).data.rows[0].email).toBe(
      `deleted-${id}@deleted.invalid`,
    )
    expect((await at.call('auth.register', NEW)).data).toEqual({ outcome: 'awaiting_approval' })
  })

  test('is the default', async () => {
    world = await startMailingPortal({ hasMail: false })
    expect((await world.call('auth.status')).data).toEqual({
      isSetUpDone: true,
      productName: 'Codex Gateway',
      registration: 'approval',
      isMailAvailable: false,
      locale: 'en',
    })
  })
})

describe('open registration without mail', () => {
  test('lets in at once, and gives nothing: nobody has proved anything', async () => {
    const at = await start('open', { hasMail: false })
    const registered = await at.call('auth.register', NEW)
    expect(registered.data).toMatchObject({ outcome: 'signed_in', user: { email: NEW.email } })
    expect((await at.as(cookieIn(registered), 'me.overview')).data.balanceNanoUsd).toBe(0)
  })
})

describe('registration that is closed', () => {
  test('takes nobody, not even by invitation, and administrators still make accounts', async () => {
    const at = await start('closed')
    const refused = { status: 403, error: { code: 'registration_closed' } }
    expect(await at.call('auth.register', NEW)).toMatchObject(refused)
    expect(await at.admin('users.invite', { email: NEW.email })).toMatchObject(refused)
    expect(await at.call('auth.register', { ...NEW, invitation: 'x'.repeat(32) })).toMatchObject(refused)
    expect((await at.admin('users.create', NEW)).ok).toBe(true)
  })
})

test('before the set-up nobody can register, and the sign-in page can know', async () => {
  const portal = await startPortal()
  try {
    expect((await portal.call('auth.status')).data.isSetUpDone).toBe(false)
    expect(await portal.call('auth.register', NEW)).toMatchObject({
      status: 409,
      error: { code: 'setup_required' },
    })
  } finally {
    await portal.stop()
  }
})

test('registering is slowed down by address', async () => {
  const at = await start('closed')
  const answers = await Promise.all(
    Array.from({ length: 32 }, (_, index) =>
      at.call('auth.register', { email: `many-${index}@example.test`, password: PASSWORD }),
    ),
  )
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(2)
})
