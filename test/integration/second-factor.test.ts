// The second factor: switched on and off, asked for at sign-in, its codes taken once and guessed slowly.
import { Secret, TOTP } from 'otpauth'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  cookieIn,
  HOUR_MS,
  type MailingPortal,
  MINUTE_MS,
  PASSWORD,
  startMailingPortal,
  tokenIn,
} from './support/mailing-portal.ts'

const ANN = { email: 'ann@example.test', password: PASSWORD }
const STEP_MS = 30_000

let at: MailingPortal
let annId = ''
let cookie = ''
let secret = ''

beforeEach(async () => {
  at = await startMailingPortal()
  annId = (await at.admin('users.create', ANN)).data.id
  cookie = cookieIn(await at.call('auth.login', ANN))
})
afterEach(() => at.stop())

/** What the authenticator app shows, so many steps from now. */
const code = (steps = 0) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at.now() + steps * STEP_MS })
const nextStep = () => at.moveClock(STEP_MS)

async function switchOn(): Promise<string[]> {
  secret = (await at.as(cookie, 'totp.begin', { password: PASSWORD })).data.secret
  const { recoveryCodes } = (await at.as(cookie, 'totp.confirm', { code: code() })).data
  nextStep()
  return recoveryCodes
}
async function challengeOf(): Promise<string> {
  const asked = await at.call('auth.login', ANN)
  expect(asked).toMatchObject({ status: 401, error: { code: 'second_factor_required' } })
  expect(asked.headers['set-cookie']).toBeUndefined()
  return asked.error.details.challenge
}
const verify = (challenge: string, given: string) =>
  at.call('auth.verifySecondFactor', { challenge, code: given })

describe('switching on', () => {
  test('shows a secret and its address, asks for a code of it, and gives ten recovery codes', async () => {
    const begun = await at.as(cookie, 'totp.begin', { password: PASSWORD })
    secret = begun.data.secret
    const uri = new URL(begun.data.otpauthUri)
    expect(uri.protocol).toBe('otpauth:')
    expect(uri.searchParams.get('secret')).toBe(secret)
    expect(decodeURIComponent(uri.pathname)).toContain(ANN.email)
    expect(secret).toMatch(/^[A-Z2-7]{32}$/)
    // Until a code has come back nobody is asked for one.
    expect((await at.call('auth.login', ANN)).ok).toBe(true)
    expect((await at.as(cookie, 'totp.confirm', { code: '000000' })).error.code).toBe('wrong_code')
    const confirmed = await at.as(cookie, 'totp.confirm', {
      code: ` ${code().slice(0, 3)} ${code().slice(3)} `,
    })
    expect(new Set(confirmed.data.recoveryCodes).size).toBe(10)
    for (const one of confirmed.data.recoveryCodes)
      expect(one).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
    expect((await at.as(cookie, 'me.get')).data).toMatchObject({
      hasSecondFactor: true,
      recoveryCodesLeft: 10,
    })
    expect((await at.mailServer.take(ANN.email)).subject).toContain('was switched on')
    expect((await at.admin('users.get', { userId: annId })).data.hasSecondFactor).toBe(true)
  })

  test('takes codes in the digits of full width that an input method for Chinese makes', async () => {
    const wide = (text: string) =>
      text.replace(/[!-~]/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0))
    secret = (await at.as(cookie, 'totp.begin', { password: PASSWORD })).data.secret
    const { data } = await at.as(cookie, 'totp.confirm', { code: wide(code()) })
    nextStep()
    expect((await verify(await challengeOf(), wide(code()))).ok).toBe(true)
    const [recovery = ''] = data.recoveryCodes as string[]
    expect((await verify(await challengeOf(), wide(recovery))).ok).toBe(true)
  })

  test('needs the password, and a confirmed one is not replaced', async () => {
    expect(await at.as(cookie, 'totp.begin', { password: 'not the password' })).toMatchObject({
      status: 403,
      error: { code: 'wrong_password' },
    })
    expect((await at.as(cookie, 'totp.confirm', { code: '123456' })).error.code).toBe('second_factor_off')
    await switchOn()
    expect((await at.as(cookie, 'totp.begin', { password: PASSWORD })).error.code).toBe('second_factor_on')
    expect((await at.as(cookie, 'totp.confirm', { code: code() })).error.code).toBe('second_factor_off')
  })

  test('a beginning that was not confirmed can be begun again, with another secret', async () => {
    const first = (await at.as(cookie, 'totp.begin', { password: PASSWORD })).data.secret
    const second = (await at.as(cookie, 'totp.begin', { password: PASSWORD })).data.secret
    expect(second).not.toBe(first)
    secret = first
    expect((await at.as(cookie, 'totp.confirm', { code: code() })).error.code).toBe('wrong_code')
    secret = second
    expect((await at.as(cookie, 'totp.confirm', { code: code() })).ok).toBe(true)
  })
})

describe('signing in', () => {
  test('takes the password, then a code, and only then is there a session', async () => {
    await switchOn()
    const challenge = await challengeOf()
    const signedIn = await verify(challenge, code())
    expect(signedIn.data).toMatchObject({ user: { id: annId }, recoveryCodesLeft: null })
    expect((await at.as(cookieIn(signedIn), 'me.get')).ok).toBe(true)
    expect((await verify(challenge, code(1))).error.code).toBe('challenge_expired')
  })

  test('a clock that is half a minute off is no trouble, one that is two minutes off is', async () => {
    await switchOn()
    expect((await verify(await challengeOf(), code(4))).error.code).toBe('second_factor_invalid')
    expect((await verify(await challengeOf(), code(1))).ok).toBe(true)
  })

  test('a code that somebody looked at over a shoulder is worth nothing once it was used', async () => {
    await switchOn()
    const seen = code()
    expect((await verify(await challengeOf(), seen)).ok).toBe(true)
    expect((await verify(await challengeOf(), seen)).error.code).toBe('second_factor_invalid')
    expect((await verify(await challengeOf(), code(-1))).error.code).toBe('second_factor_invalid')
    await at.restart()
    expect((await verify(await challengeOf(), seen)).error.code).toBe('second_factor_invalid')
    nextStep()
    expect((await verify(await challengeOf(), code())).ok).toBe(true)
  })

  test('a recovery code stands in once, however it is typed, and its person is told', async () => {
    const [first = '', second = ''] = await switchOn()
    await at.mailServer.take(ANN.email)
    const typed = first.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')
    expect((await verify(await challengeOf(), typed)).data).toMatchObject({ recoveryCodesLeft: 9 })
    expect((await at.mailServer.take(ANN.email)).subject).toContain('recovery code')
    expect((await verify(await challengeOf(), first)).error.code).toBe('second_factor_invalid')
    const sameTime = await challengeOf()
    const both = await Promise.all([verify(sameTime, second), verify(sameTime, second)])
    expect(both.filter(({ ok }) => ok)).toHaveLength(1)
  })

  test('a sign-in takes five codes and five minutes', async () => {
    await switchOn()
    const challenge = await challengeOf()
    for (const attemptsLeft of [4, 3, 2, 1, 0]) {
      expect(await verify(challenge, '000000')).toMatchObject({
        status: 401,
        error: { code: 'second_factor_invalid', details: { attemptsLeft } },
      })
    }
    expect((await verify(challenge, code())).error.code).toBe('challenge_expired')
    const slow = await challengeOf()
    at.moveClock(5 * MINUTE_MS)
    expect((await verify(slow, code())).error.code).toBe('challenge_expired')
    expect((await verify('made up', code())).error.code).toBe('challenge_expired')
  })

  test('guessing codes of one account is slowed down across sign-ins', async () => {
    const [recoveryCode = ''] = await switchOn()
    for (let round = 0; round < 2; round += 1) {
      const challenge = await challengeOf()
      for (let guess = 0; guess < 5; guess += 1) await verify(challenge, '000000')
    }
    const refused = await verify(await challengeOf(), recoveryCode)
    expect(refused).toMatchObject({ status: 429, error: { code: 'too_many_attempts' } })
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(60)
    at.moveClock(6 * MINUTE_MS)
    expect((await verify(await challengeOf(), recoveryCode)).ok).toBe(true)
  })

  test('a challenge ends with the password that it was given for, and with the account', async () => {
    const { hasSecondFactor } = (await at.as(cookie, 'me.get')).data
    expect(hasSecondFactor).toBe(false)
    await switchOn()
    const before = await challengeOf()
    await at.as(cookie, 'me.changePassword', { currentPassword: PASSWORD, newPassword: `${PASSWORD}!` })
    expect((await verify(before, code())).error.code).toBe('challenge_expired')
    await at.as(cookie, 'me.changePassword', { currentPassword: `${PASSWORD}!`, newPassword: PASSWORD })
    const open = await challengeOf()
    await at.admin('users.setStatus', { userId: annId, status: 'suspended' })
    expect((await verify(open, code())).error.code).toBe('challenge_expired')
  })

  test('a new password by mail does not spare the second factor', async () => {
    await switchOn()
    await at.mailServer.take(ANN.email)
    await at.call('auth.forgotPassword', { email: ANN.email })
    const token = tokenIn((await at.mailServer.take(ANN.email)).link)
    await at.call('auth.resetPassword', { token, password: PASSWORD })
    expect((await verify(await challengeOf(), code())).ok).toBe(true)
  })
})

describe('switching off', () => {
  test('takes password and code, and the codes that are left are worth nothing', async () => {
    const [recoveryCode = ''] = await switchOn()
    const off = (password: string, given: string) => at.as(cookie, 'totp.disable', { password, code: given })
    expect((await off('not the password', code())).error.code).toBe('wrong_password')
    expect((await off(PASSWORD, '000000')).error.code).toBe('wrong_code')
    expect((await off(PASSWORD, code())).ok).toBe(true)
    expect((await off(PASSWORD, recoveryCode)).error.code).toBe('second_factor_off')
    expect((await at.call('auth.login', ANN)).ok).toBe(true)
  })

  test('new recovery codes replace the old ones', async () => {
    const [old = ''] = await switchOn()
    const renewed = await at.as(cookie, 'totp.renewRecoveryCodes', { password: PASSWORD, code: code() })
    expect(renewed.data.recoveryCodes).toHaveLength(10)
    expect((await verify(await challengeOf(), old)).error.code).toBe('second_factor_invalid')
    expect((await verify(await challengeOf(), renewed.data.recoveryCodes[9])).ok).toBe(true)
  })

  test('an administrator does it for somebody who has lost everything', async () => {
    await switchOn()
    expect((await at.admin('users.resetSecondFactor', { userId: annId })).data.hasSecondFactor).toBe(false)
    expect((await at.call('auth.login', ANN)).ok).toBe(true)
    expect(await at.admin('users.resetSecondFactor', { userId: annId })).toMatchObject({
      status: 409,
      error: { code: 'second_factor_off' },
    })
    await at.mailServer.take(ANN.email, ({ subject }) => subject.includes('by an administrator'))
  })
})

test('a borrowed session guesses neither password nor code', async () => {
  await switchOn()
  const guesses = await Promise.all(
    Array.from({ length: 12 }, () => at.as(cookie, 'totp.disable', { password: 'a guess', code: code() })),
  )
  expect(guesses.filter(({ error }) => error.code === 'wrong_password')).toHaveLength(10)
  expect((await at.as(cookie, 'totp.begin', { password: PASSWORD })).status).toBe(429)
  at.moveClock(HOUR_MS)
  const codes: string[] = []
  for (let guess = 0; guess < 12; guess += 1) {
    codes.push((await at.as(cookie, 'totp.disable', { password: PASSWORD, code: '000000' })).error.code)
  }
  expect(codes.filter((one) => one === 'wrong_code')).toHaveLength(10)
  expect(codes.at(-1)).toBe('too_many_attempts')
})

test('on another machine, where the secret does not open, a recovery code does, and the answer says why', async () => {
  await at.stop()
  const kept = new Map<string, string>()
  const secrets = {
    kind: 'encrypted file' as const,
    get: async (name: string) => kept.get(name),
    set: async (name: string, value: string) => void kept.set(name, value),
    delete: async (name: string) => void kept.delete(name),
  }
  at = await startMailingPortal({ hasMail: false, ports: { secrets } })
  await at.admin('users.create', ANN)
  cookie = cookieIn(await at.call('auth.login', ANN))
  const [recoveryCode = ''] = await switchOn()
  kept.set('data-key', Buffer.alloc(32, 7).toString('base64'))
  await at.restart()
  const challenge = await challengeOf()
  expect(await verify(challenge, code())).toMatchObject({
    status: 409,
    error: { code: 'second_factor_unreadable' },
  })
  expect((await verify(challenge, recoveryCode)).ok).toBe(true)
})
