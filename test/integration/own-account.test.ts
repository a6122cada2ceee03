// What people change about their own account: address, password, language, sessions; and what a session may not do.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  cookieIn,
  DAY_MS,
  HOUR_MS,
  type MailingPortal,
  MINUTE_MS,
  PASSWORD,
  smtpSettings,
  startMailingPortal,
  tokenIn,
} from './support/mailing-portal.ts'
import { ADMIN } from './support/portal.ts'

const ANN = { email: 'ann@example.test', password: PASSWORD }
const BEN = { email: 'ben@example.test', password: PASSWORD }
const NEW_PASSWORD = 'an even longer password'

let at: MailingPortal
let annId = ''
let ann = ''

beforeEach(async () => {
  at = await startMailingPortal()
  annId = (await at.admin('users.create', ANN)).data.id
  await at.admin('users.create', BEN)
  ann = await signIn(ANN)
})
afterEach(() => at.stop())

const signIn = async (who: { email: string; password: string }) => cookieIn(await at.call('auth.login', who))
const isSignedIn = async (cookie: string) => (await at.as(cookie, 'me.get')).ok
const withoutMail = () => at.admin('mail.update', { kind: 'off' })

describe('the address', () => {
  const change = (email: string, password = PASSWORD) => at.as(ann, 'me.changeEmail', { email, password })

  test('changes when the link that is sent to the new one comes back, and the old one is told', async () => {
    expect((await change('ann@new.test')).data).toEqual({ outcome: 'verification_sent' })
    expect((await at.as(ann, 'me.get')).data).toMatchObject({
      email: ANN.email,
      pendingEmail: 'ann@new.test',
    })
    const token = tokenIn((await at.mailServer.take('ann@new.test')).link)
    expect((await at.call('auth.checkLink', { token })).data).toMatchObject({
      purpose: 'change_email',
      email: 'ann@new.test',
    })
    expect((await at.call('auth.verifyEmail', { token })).data).toEqual({
      email: 'ann@new.test',
      outcome: 'changed',
    })
    expect((await at.as(ann, 'me.get')).data).toMatchObject({
      email: 'ann@new.test',
      isEmailVerified: true,
      pendingEmail: null,
    })
    expect((await at.mailServer.take(ANN.email)).text).toContain('ann@new.test')
    expect((await at.call('auth.login', { ...ANN, email: 'ann@new.test' })).ok).toBe(true)
    expect((await at.call('auth.login', ANN)).error.code).toBe('invalid_credentials')
    expect((await at.call('auth.verifyEmail', { token })).error.code).toBe('link_invalid')
  })

  test('stays when the change is taken back: the link that was sent is worth nothing, others are left alone', async () => {
    await change('ann@new.test')
    const token = tokenIn((await at.mailServer.take('ann@new.test')).link)
    const reset = await at.admin('users.resetLink', { userId: annId })
    expect((await at.as(await signIn(BEN), 'me.withdrawEmailChange')).data.pendingEmail).toBeNull()
    expect((await at.as(ann, 'me.get')).data.pendingEmail).toBe('ann@new.test')
    for (let time = 0; time < 2; time += 1)
      expect((await at.as(ann, 'me.withdrawEmailChange')).data).toMatchObject({
        email: ANN.email,
        pendingEmail: null,
      })
    expect((await at.call('auth.verifyEmail', { token })).error.code).toBe('link_invalid')
    expect((await at.call('auth.checkLink', { token: tokenIn(reset.data.link) })).ok).toBe(true)
  })

  test('without mail it changes at once, unless somebody has it', async () => {
    await withoutMail()
    expect(await change(BEN.email)).toMatchObject({ status: 409, error: { code: 'email_taken' } })
    expect((await change('ann@new.test')).data).toEqual({ outcome: 'changed' })
    expect((await at.as(ann, 'me.get')).data).toMatchObject({ email: 'ann@new.test', isEmailVerified: false })
  })

  test('with mail nobody learns from it who has an account', async () => {
    const taken = await change(BEN.email)
    const free = await change('free@new.test')
    expect({ ...taken, headers: {} }).toEqual({ ...free, headers: {} })
    const told = await at.mailServer.take(BEN.email)
    expect(told.text).not.toContain('token=')
  })

  test('is no way to send mail to one stranger after the other', async () => {
    const ask = (email: string) => at.call('auth.forgotPassword', { email })
    for (let number = 0; number < 29; number += 1)
      expect((await ask(`stranger-${number}@new.test`)).ok).toBe(true)
    expect((await change('ann@new.test')).ok).toBe(true)
    expect((await change('ann@newer.test')).error.code).toBe('too_many_attempts')
    expect((await ask('stranger-29@new.test')).error.code).toBe('too_many_attempts')
  })

  test('an address that was taken in the meantime is refused when the link comes back', async () => {
    await change('late@new.test')
    const token = tokenIn((await at.mailServer.take('late@new.test')).link)
    await at.admin('users.create', { email: 'late@new.test', password: PASSWORD })
    expect(await at.call('auth.verifyEmail', { token })).toMatchObject({ error: { code: 'email_taken' } })
    expect((await at.as(ann, 'me.get')).data.email).toBe(ANN.email)
  })

  test('needs the password; a link lasts a day, and ends with a new password or a newer link', async () => {
    expect((await change('ann@new.test', 'not the password')).error).toMatchObject({
      code: 'wrong_password',
      details: { param: 'password' },
    })
    await change('first@new.test')
    await change('second@new.test')
    const first = tokenIn((await at.mailServer.take('first@new.test')).link)
    const second = tokenIn((await at.mailServer.take('second@new.test')).link)
    expect((await at.call('auth.verifyEmail', { token: first })).error.code).toBe('link_invalid')
    await at.as(ann, 'me.changePassword', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD })
    expect((await at.call('auth.verifyEmail', { token: second })).error.code).toBe('link_invalid')
    await change('third@new.test', NEW_PASSWORD)
    const third = tokenIn((await at.mailServer.take('third@new.test')).link)
    at.moveClock(DAY_MS)
    expect((await at.call('auth.verifyEmail', { token: third })).error.code).toBe('link_invalid')
  })
})

describe('the password', () => {
  const change = (currentPassword: string, newPassword = NEW_PASSWORD) =>
    at.as(ann, 'me.changePassword', { currentPassword, newPassword })

  test('changes with the old one, and every other session ends', async () => {
    const elsewhere = await signIn(ANN)
    expect((await change(PASSWORD)).ok).toBe(true)
    expect(await isSignedIn(ann)).toBe(true)
    expect(await isSignedIn(elsewhere)).toBe(false)
    expect((await at.call('auth.login', ANN)).error.code).toBe('invalid_credentials')
    expect((await at.call('auth.login', { ...ANN, password: NEW_PASSWORD })).ok).toBe(true)
    expect((await at.mailServer.take(ANN.email)).subject).toContain('was changed')
  })

  test('a wrong old one names the member, and guessing it with a borrowed session is slowed down', async () => {
    expect(await change('not the password')).toMatchObject({
      status: 403,
      error: { code: 'wrong_password', details: { param: 'currentPassword' } },
    })
    for (let guess = 0; guess < 9; guess += 1) await change(`guess ${guess}`)
    expect(await change(PASSWORD)).toMatchObject({ status: 429, error: { code: 'too_many_attempts' } })
    at.moveClock(MINUTE_MS)
    expect((await change(PASSWORD)).ok).toBe(true)
  })
})

describe('a password that is changed while the old one is being compared', () => {
  const change = (newPassword: string) =>
    at.as(ann, 'me.changePassword', { currentPassword: PASSWORD, newPassword })

  test('opens no session that outlives the change', async () => {
    let isChanged = false
    const changing = change(NEW_PASSWORD).finally(() => {
      isChanged = true
    })
    const signIns: ReturnType<typeof at.call>[] = []
    const oneAfterTheOther = async () => {
      while (!isChanged) {
        const signingIn = at.call('auth.login', ANN)
        signIns.push(signingIn)
        await signingIn
      }
    }
    await Promise.all([changing, ...Array.from({ length: 6 }, oneAfterTheOther)])
    const answers = await Promise.all(signIns)
    expect(answers.length).toBeGreaterThan(6)
    for (const answer of answers) expect(await isSignedIn(cookieIn(answer))).toBe(false)
    expect(await isSignedIn(ann)).toBe(true)
  })

  test('is changed by one of two who know it, and by the other no more', async () => {
    const [first, second] = await Promise.all([change(NEW_PASSWORD), change(`${NEW_PASSWORD} of a thief`)])
    expect([first.ok, second.ok].toSorted()).toEqual([false, true])
    const refused = first.ok ? second : first
    expect(refused.error).toMatchObject({ code: 'wrong_password', details: { param: 'currentPassword' } })
  })
})

test('the right password, asked for again and again, is no guessing', async () => {
  for (let time = 0; time < 14; time += 1)
    expect((await at.as(ann, 'totp.begin', { password: PASSWORD })).ok).toBe(true)
})

describe('sessions', () => {
  const list = async (cookie: string, input = {}) => (await at.as(cookie, 'sessions.list', input)).data.rows

  test('say when, where and with what somebody signed in, and which one is asking', async () => {
    const phone = await at.call('auth.login', ANN, { headers: { 'user-agent': 'A phone <script>' } })
    const rows = await list(ann)
    expect(rows).toHaveLength(2)
    expect(rows.filter((row: { isCurrent: boolean }) => row.isCurrent)).toHaveLength(1)
    expect(rows.find((row: { isCurrent: boolean }) => !row.isCurrent)).toMatchObject({
      userId: annId,
      client: 'A phone <script>',
      address: '127.0.0.1',
      createdAt: expect.any(Number),
    })
    at.moveClock(HOUR_MS)
    const [latest] = await list(cookieIn(phone))
    expect(latest).toMatchObject({ client: 'A phone <script>', isCurrent: true })
    expect(at.now() - latest.lastSeenAt).toBeLessThan(MINUTE_MS)
    expect(latest.lastSeenAt - latest.createdAt).toBeGreaterThanOrEqual(HOUR_MS)
  })

  test('end one by one, or all but this one, at the very next call', async () => {
    const [second, third] = [await signIn(ANN), await signIn(ANN)]
    const [row] = (await list(second)).filter((one: { isCurrent: boolean }) => one.isCurrent)
    expect((await at.as(ann, 'sessions.revoke', { sessionId: row.id })).ok).toBe(true)
    expect([await isSignedIn(second), await isSignedIn(third)]).toEqual([false, true])
    expect((await at.as(ann, 'sessions.revokeOthers')).data).toEqual({ revoked: 1 })
    expect([await isSignedIn(third), await isSignedIn(ann)]).toEqual([false, true])
    const [own] = await list(ann)
    const out = await at.as(ann, 'sessions.revoke', { sessionId: own.id })
    expect(out.headers['set-cookie']?.[0]).toContain('Max-Age=0')
    expect(await isSignedIn(ann)).toBe(false)
  })

  test('of somebody else are as good as none', async () => {
    const ben = await signIn(BEN)
    const [row] = await list(ben)
    for (const sessionId of [row.id, 'no such session']) {
      expect(await at.as(ann, 'sessions.revoke', { sessionId })).toMatchObject({
        status: 404,
        error: { code: 'session_not_found' },
      })
    }
    const { id: benId } = (await at.as(ben, 'me.get')).data
    expect((await at.as(ann, 'sessions.list', { userId: benId })).error.code).toBe('forbidden')
    expect((await at.as(ann, 'sessions.revokeOthers', { userId: benId })).error.code).toBe('forbidden')
    expect(await isSignedIn(ben)).toBe(true)
  })

  test('are seen and ended by an administrator, who is written down', async () => {
    expect((await at.admin('sessions.list', { userId: annId })).data.rows).toHaveLength(1)
    expect((await at.admin('sessions.revokeOthers', { userId: annId })).data).toEqual({ revoked: 1 })
    expect(await isSignedIn(ann)).toBe(false)
  })

  test('cannot be planted: signing in makes a new one, whatever the browser brought, and ends what it had', async () => {
    const mallory = await signIn(BEN)
    const victim = await at.call('auth.login', ANN, { cookie: mallory })
    expect(cookieIn(victim)).not.toBe(mallory)
    expect((await at.as(cookieIn(victim), 'me.get')).data.id).toBe(annId)
    // Whoever planted it holds a session of nobody now, and never one of the victim.
    expect(await isSignedIn(mallory)).toBe(false)
    const madeUp = await at.call('auth.login', ANN, { cookie: 'cg_session=chosen-by-mallory' })
    expect(cookieIn(madeUp)).not.toContain('chosen-by-mallory')
  })

  test('are not used by a page of another site, whatever it asks for', async () => {
    for (const headers of [{ origin: 'http://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      for (const [name, input] of [
        ['me.changePassword', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }],
        ['me.changeEmail', { email: 'mallory@example.test', password: PASSWORD }],
        ['totp.begin', { password: PASSWORD }],
        ['sessions.revokeOthers', {}],
        ['auth.login', BEN],
        ['auth.logout', {}],
      ] as const) {
        const refused = await at.call(name, input, { cookie: ann, headers })
        expect(refused).toMatchObject({ status: 403, error: { code: 'origin_rejected' } })
        expect(refused.headers['set-cookie']).toBeUndefined()
      }
    }
    expect(await isSignedIn(ann)).toBe(true)
  })
})

describe('preferences and leaving', () => {
  test('language and theme are kept, and mail follows the language', async () => {
    expect((await at.as(ann, 'me.update', { locale: 'zh-CN', theme: 'dark' })).data).toMatchObject({
      locale: 'zh-CN',
      theme: 'dark',
    })
    expect((await at.as(ann, 'me.update', { theme: null })).data).toMatchObject({
      locale: 'zh-CN',
      theme: null,
    })
    expect((await at.as(ann, 'me.update', {})).data).toMatchObject({ locale: 'zh-CN', theme: null })
    await at.as(ann, 'me.changePassword', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD })
    expect((await at.mailServer.take(ANN.email)).subject).toContain('密码已更改')
  })

  test('asking to be deleted tells the administrators, changes nothing else, and can be taken back', async () => {
    expect((await at.as(ann, 'me.requestDeletion', { password: 'no' })).error.code).toBe('wrong_password')
    const asked = await at.as(ann, 'me.requestDeletion', { password: PASSWORD })
    expect(asked.data.deletionRequestedAt).toEqual(expect.any(Number))
    expect((await at.mailServer.take(ADMIN.email)).subject).toContain(ANN.email)
    expect((await at.admin('users.list')).data.counts.deletionRequested).toBe(1)
    expect((await at.admin('users.get', { userId: annId })).data).toMatchObject({ status: 'active' })
    expect((await at.as(ann, 'me.withdrawDeletion')).data.deletionRequestedAt).toBeNull()
    expect((await at.admin('users.list')).data.counts.deletionRequested).toBe(0)
  })

  test('asking to be deleted again and again does not fill the administrators’ mailboxes', async () => {
    const asked: boolean[] = []
    for (let time = 0; time < 4; time += 1) {
      asked.push((await at.as(ann, 'me.requestDeletion', { password: PASSWORD })).ok)
      await at.as(ann, 'me.withdrawDeletion')
    }
    expect(asked).toEqual([true, true, true, false])
    at.moveClock(20 * MINUTE_MS)
    expect((await at.as(ann, 'me.requestDeletion', { password: PASSWORD })).ok).toBe(true)
  })
})

test('a name that is written in the settings reaches mail as text', async () => {
  await at.admin('settings.update', { productName: 'Team "<b>" & Co' })
  await at.admin('mail.update', smtpSettings(at.mailServer.port))
  await at.as(ann, 'me.changePassword', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD })
  const mail = await at.mailServer.take(ANN.email)
  expect(mail.subject).toContain('Team "<b>" & Co')
  expect(mail.html).toContain('Team &quot;&lt;b&gt;&quot; &amp; Co')
  expect(await at.admin('settings.update', { productName: 'two\nlines' })).toMatchObject({ status: 400 })
})
