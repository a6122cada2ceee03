// Calls that wait for the hash of a password: what their caller was allowed when they came, they must be allowed still when it
// is there.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startMailServer } from '../support/mail-server.ts'
import { smtpSettings } from './support/mailing-portal.ts'
import { type Portal, startPortal, USER } from './support/portal.ts'

/** Before the real hash: the one with this number waits until it may begin. */
const gate = vi.hoisted(() => ({ begun: 0, shutAt: 0, opened: Promise.resolve() }))
vi.mock('@node-rs/argon2', async (importOriginal) => {
  const real = await importOriginal<typeof import('@node-rs/argon2')>()
  const waiting =
    <Args extends unknown[], Value>(job: (...args: Args) => Promise<Value>) =>
    async (...args: Args): Promise<Value> => {
      gate.begun += 1
      if (gate.begun === gate.shutAt) await gate.opened
      return job(...args)
    }
  return { ...real, hash: waiting(real.hash), verify: waiting(real.verify) }
})

const OTHER = { email: 'other@example.test', password: 'another long password' }
let portal: Portal
let adminCookie = ''
beforeEach(async () => {
  portal = await startPortal()
  adminCookie = await portal.setUp()
})
afterEach(() => portal.stop())

const admin = async (name: string, input: unknown) => {
  const answer = await portal.call(name, input, { cookie: adminCookie })
  expect(answer).toMatchObject({ ok: true })
  return answer.data
}

async function mallory(role: 'admin' | 'user') {
  const { id: userId } = await admin('users.create', { ...USER, role })
  return { userId, cookie: await portal.signIn(USER) }
}

/** What a call is answered of which the hash numbered `hash` is waited for while `change` happens. */
async function overtaken(
  name: string,
  input: unknown,
  cookie: string | undefined,
  change: () => Promise<unknown>,
  hash = 1,
) {
  const opened = Promise.withResolvers<void>()
  gate.begun = 0
  gate.shutAt = hash
  gate.opened = opened.promise
  const answering = portal.call(name, input, cookie === undefined ? {} : { cookie })
  await expect.poll(() => gate.begun).toBe(hash)
  await change()
  opened.resolve()
  return await answering
}

const TAKEN_AWAY: readonly (readonly [string, string, (userId: string) => Promise<unknown>])[] = [
  ['suspended', 'unauthenticated', (userId) => admin('users.setStatus', { userId, status: 'suspended' })],
  ['a plain user', 'forbidden', (userId) => admin('users.setRole', { userId, role: 'user' })],
  ['deleted', 'unauthenticated', (userId) => admin('users.delete', { userId, confirmEmail: USER.email })],
  ['signed out', 'unauthenticated', (userId) => admin('sessions.revokeOthers', { userId })],
]

test.each(TAKEN_AWAY)('an administrator who is %s meanwhile makes nobody', async (_, code, takeAway) => {
  const { userId, cookie } = await mallory('admin')
  const made = await overtaken('users.create', { ...OTHER, role: 'admin' }, cookie, () => takeAway(userId))
  expect(made).toMatchObject({ ok: false, error: { code } })
  expect((await admin('users.list', { search: OTHER.email })).total).toBe(0)
})

test.each([
  ['password', 1, 'me.changePassword', { currentPassword: USER.password, newPassword: OTHER.password }],
  ['password', 2, 'me.changePassword', { currentPassword: USER.password, newPassword: OTHER.password }],
  ['address', 1, 'me.changeEmail', { email: OTHER.email, password: USER.password }],
] as const)(
  'a session that was ended meanwhile does not change the %s, in hash %i',
  async (_, hash, name, input) => {
    const { userId, cookie } = await mallory('user')
    const end = () => admin('sessions.revokeOthers', { userId })
    const changed = await overtaken(name, input, cookie, end, hash)
    expect(changed).toMatchObject({ ok: false, error: { code: 'unauthenticated' } })
    expect((await portal.call('auth.login', USER)).ok).toBe(true)
  },
)

test.each(['without', 'with'])('who registers %s mail is let in by the rule of that moment', async (how) => {
  const mailServer = await startMailServer()
  try {
    if (how === 'with') await admin('mail.update', smtpSettings(mailServer.port))
    await admin('settings.update', { registration: 'open' })
    const close = () => admin('settings.update', { registration: 'closed' })
    expect(await overtaken('auth.register', OTHER, undefined, close)).toMatchObject({
      ok: false,
      error: { code: 'registration_closed' },
    })
  } finally {
    await mailServer.stop()
  }
})
