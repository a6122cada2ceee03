// A lost password: the mailed link and the one that an administrator hands over, and what a stranger can make of either.
import { afterEach, expect, test } from 'vitest'
import {
  cookieIn,
  DAY_MS,
  HOUR_MS,
  type MailingPortal,
  MINUTE_MS,
  PASSWORD,
  startMailingPortal,
  tokenIn,
} from './support/mailing-portal.ts'

const ANN = { email: 'ann@example.test', password: PASSWORD }
const NEW_PASSWORD = 'an even longer password'

let world: MailingPortal | undefined
afterEach(async () => {
  await world?.stop()
  world = undefined
})

async function startWithAnn(more: Parameters<typeof startMailingPortal>[0] = {}) {
  world = await startMailingPortal(more)
  const annId: string = (await world.admin('users.create', ANN)).data.id
  return { at: world, annId }
}
const login = (at: MailingPortal, password: string) => at.call('auth.login', { email: ANN.email, password })
const isSignedIn = async (at: MailingPortal, cookie: string) => (await at.as(cookie, 'me.get')).ok
async function mailedToken(at: MailingPortal) {
  await at.call('auth.forgotPassword', { email: ANN.email })
  return tokenIn((await at.mailServer.take(ANN.email, ({ link }) => link !== '')).link)
}

test('forget, read the mail, choose a new password: the old one, every session and the link have ended', async () => {
  const { at, annId } = await startWithAnn()
  const cookie = cookieIn(await login(at, PASSWORD))
  await at.as(cookie, 'me.update', { locale: 'zh-CN' })
  await at.call('auth.forgotPassword', { email: ' ANN@example.test ' })
  const mail = await at.mailServer.take(ANN.email)
  expect(mail.subject).toContain('重置')
  expect(mail.link).toMatch(new RegExp(`^${at.portal.url}/reset-password#token=`))
  const token = tokenIn(mail.link)
  expect((await at.call('auth.checkLink', { token })).data).toMatchObject({
    purpose: 'reset_password',
    email: ANN.email,
  })
  expect((await at.call('auth.resetPassword', { token, password: NEW_PASSWORD })).data).toEqual({
    email: ANN.email,
  })
  expect(await isSignedIn(at, cookie)).toBe(false)
  expect((await login(at, PASSWORD)).error.code).toBe('invalid_credentials')
  // Whoever read the mail has proved the address.
  expect((await login(at, NEW_PASSWORD)).data.user).toMatchObject({ id: annId, isEmailVerified: true })
  expect((await at.mailServer.take(ANN.email)).subject).toContain('已更改')
  expect(await at.call('auth.resetPassword', { token, password: NEW_PASSWORD })).toMatchObject({
    status: 410,
    error: { code: 'link_invalid' },
  })
})

test('a link is used once, however many try at the same moment', async () => {
  const { at } = await startWithAnn()
  const token = await mailedToken(at)
  const passwords = Array.from({ length: 5 }, (_, index) => `the password of try ${index}`)
  const tries = await Promise.all(
    passwords.map((password) => at.call('auth.resetPassword', { token, password })),
  )
  expect(tries.filter(({ ok }) => ok)).toHaveLength(1)
  const winner = passwords[tries.findIndex(({ ok }) => ok)] ?? ''
  expect((await login(at, winner)).ok).toBe(true)
})

test('a link is good for an hour, and setting a password ends the others that are out', async () => {
  const { at } = await startWithAnn()
  const [first, second] = [await mailedToken(at), await mailedToken(at)]
  expect((await at.call('auth.resetPassword', { token: second, password: NEW_PASSWORD })).ok).toBe(true)
  expect((await at.call('auth.resetPassword', { token: first, password: NEW_PASSWORD })).status).toBe(410)
  const third = await mailedToken(at)
  at.moveClock(HOUR_MS)
  expect(await at.call('auth.resetPassword', { token: third, password: NEW_PASSWORD })).toMatchObject({
    error: { code: 'link_invalid', details: { param: 'token' } },
  })
})

test('a link for one thing does nothing else', async () => {
  const { at } = await startWithAnn({ settings: { registration: 'open' } })
  const reset = await mailedToken(at)
  expect((await at.call('auth.verifyEmail', { token: reset })).error.code).toBe('link_invalid')
  expect(
    (await at.call('auth.register', { email: 'x@example.test', password: PASSWORD, invitation: reset })).error
      .code,
  ).toBe('link_invalid')
  const invitation = tokenIn((await at.admin('users.invite', {})).data.link)
  expect((await at.call('auth.resetPassword', { token: invitation, password: PASSWORD })).error.code).toBe(
    'link_invalid',
  )
  expect((await at.call('auth.resetPassword', { token: reset, password: NEW_PASSWORD })).ok).toBe(true)
})

test('the answer is the same whether or not there is an account, and mail goes to whoever has one alone', async () => {
  const { at, annId } = await startWithAnn()
  const known = await at.call('auth.forgotPassword', { email: ANN.email })
  const unknown = await at.call('auth.forgotPassword', { email: 'stranger@example.test' })
  expect({ ...known, headers: {} }).toEqual({ ...unknown, headers: {} })
  expect(Object.keys(known.headers)).toEqual(Object.keys(unknown.headers))
  await at.mailServer.take(ANN.email)
  await at.admin('users.setStatus', { userId: annId, status: 'suspended' })
  expect((await at.call('auth.forgotPassword', { email: ANN.email })).data).toEqual({})
  await at.admin('settings.testMail', { to: 'fence@example.test' })
  await at.mailServer.take('fence@example.test')
  expect(at.mailServer.mails).toEqual([])
})

test('nobody chooses where a mailed link leads: neither by Host nor by a forwarding header', async () => {
  const { at } = await startWithAnn({ settings: { allowedHosts: ['gateway.example'] } })
  const send = (headers: Record<string, string>) =>
    at.call('auth.forgotPassword', { email: ANN.email }, { headers })
  const linkAfter = async (headers: Record<string, string>) => {
    at.moveClock(HOUR_MS)
    expect((await send(headers)).ok).toBe(true)
    const { link } = await at.mailServer.take(ANN.email)
    return link.slice(0, link.indexOf('/reset-password'))
  }
  const { port, url } = at.portal
  // An IP address passes the check of the Host header. It is not where this connection has arrived.
  expect(await linkAfter({ host: '6.6.6.6' })).toBe(url)
  expect(await linkAfter({ host: `[2001:db8::6]:${port}` })).toBe(url)
  expect(await linkAfter({ host: 'gateway.example:6666' })).toBe(`http://gateway.example:${port}`)
  expect(await linkAfter({ host: `127.0.0.1:${port}`, 'x-forwarded-host': 'evil.example' })).toBe(url)
  expect(await linkAfter({ host: `localhost:${port}` })).toBe(`http://localhost:${port}`)
  expect(await linkAfter({ host: `localhost:${port}`, 'x-forwarded-for': '10.0.0.1' })).toBe(url)
  expect((await send({ host: 'evil.example' })).error.code).toBe('host_rejected')
  await at.admin('settings.update', { publicBaseUrl: 'https://gateway.example/codex/' })
  expect(await linkAfter({ host: '6.6.6.6' })).toBe('https://gateway.example/codex')
})

test('without mail an administrator hands a link over: once, for a day, and the last one made', async () => {
  const { at, annId } = await startWithAnn({ hasMail: false })
  expect(await at.call('auth.forgotPassword', { email: ANN.email })).toMatchObject({
    status: 409,
    error: { code: 'mail_unavailable' },
  })
  expect((await at.call('auth.resendVerification', { email: ANN.email })).error.code).toBe('mail_unavailable')
  const first = tokenIn((await at.admin('users.resetLink', { userId: annId })).data.link)
  const second = tokenIn((await at.admin('users.resetLink', { userId: annId })).data.link)
  expect((await at.call('auth.resetPassword', { token: first, password: NEW_PASSWORD })).status).toBe(410)
  expect((await at.call('auth.resetPassword', { token: second, password: NEW_PASSWORD })).ok).toBe(true)
  // A link that went through other hands proves no address.
  expect((await login(at, NEW_PASSWORD)).data.user.isEmailVerified).toBe(false)
  const third = tokenIn((await at.admin('users.resetLink', { userId: annId })).data.link)
  at.moveClock(DAY_MS)
  expect((await at.call('auth.resetPassword', { token: third, password: PASSWORD })).status).toBe(410)
  expect((await at.admin('users.resetLink', { userId: 'nobody' })).error.code).toBe('user_not_found')
})

test('somebody who was made without a password gets one by link, and is let in by approval', async () => {
  world = await startMailingPortal({ hasMail: false })
  const { id: userId } = (await world.admin('users.create', { email: ANN.email })).data
  const token = tokenIn((await world.admin('users.resetLink', { userId })).data.link)
  expect((await world.call('auth.resetPassword', { token, password: NEW_PASSWORD })).ok).toBe(true)
  expect((await login(world, NEW_PASSWORD)).error.code).toBe('account_pending')
  await world.admin('users.approve', { userId })
  expect((await login(world, NEW_PASSWORD)).ok).toBe(true)
})

test('a password that is too short is refused before the link is used', async () => {
  const { at } = await startWithAnn()
  const token = await mailedToken(at)
  expect(await at.call('auth.resetPassword', { token, password: 'short' })).toMatchObject({
    error: { code: 'invalid_input', details: { param: 'password' } },
  })
  expect((await at.call('auth.resetPassword', { token, password: NEW_PASSWORD })).ok).toBe(true)
})

test('an unknown email and a wrong password take as long as each other', async () => {
  const { at } = await startWithAnn()
  const timed = async (name: string, input: object) => {
    const startedAt = performance.now()
    await at.call(name, input)
    at.moveClock(10 * MINUTE_MS)
    return performance.now() - startedAt
  }
  const medianOf = (times: number[]) =>
    times.sort((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0
  const times = { wrong: [] as number[], unknown: [] as number[] }
  // Taken in turns, so that a busy machine slows both alike.
  for (let round = 0; round < 11; round += 1) {
    times.wrong.push(await timed('auth.login', { email: ANN.email, password: 'not the password' }))
    times.unknown.push(await timed('auth.login', { email: `no-${round}@example.test`, password: 'not it' }))
  }
  // Without the hash of a dummy the unknown one would be answered ten times as fast.
  const ratio = medianOf(times.unknown) / medianOf(times.wrong)
  expect(ratio).toBeGreaterThan(0.5)
  expect(ratio).toBeLessThan(2)
})
