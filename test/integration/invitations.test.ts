// Invitations: a link that lets one person in, with or without mail, once, and that nobody guesses.
import { afterEach, describe, expect, test } from 'vitest'
import { onBooks } from './support/books.ts'
import {
  cookieIn,
  DAY_MS,
  HOUR_MS,
  type MailingPortal,
  PASSWORD,
  startMailingPortal,
  tokenIn,
} from './support/mailing-portal.ts'

const DOLLAR = 1_000_000_000
const NEW = { email: 'new@example.test', password: PASSWORD }

let world: MailingPortal | undefined
afterEach(async () => {
  await world?.stop()
  world = undefined
})

async function start(registration: string, { hasMail = true } = {}) {
  world = await startMailingPortal({
    settings: { registration, defaultBalanceNanoUsd: 5 * DOLLAR },
    hasMail,
  })
  return world
}

test('an invitation works without any mail server: link, password, signed in, with the default balance', async () => {
  const at = await start('invite', { hasMail: false })
  expect(await at.call('auth.register', NEW)).toMatchObject({
    status: 403,
    error: { code: 'invitation_required' },
  })
  const invited = await at.admin('users.invite', { note: 'For the new laptop' })
  expect(invited.data).toMatchObject({ status: 'open', email: null, role: 'user', isMailed: false })
  expect(invited.data.link).toMatch(new RegExp(`^${at.portal.url}/accept-invitation#token=`))
  const invitation = tokenIn(invited.data.link)
  expect((await at.call('auth.checkLink', { token: invitation })).data).toEqual({
    purpose: 'invitation',
    email: null,
    role: 'user',
    expiresAt: invited.data.expiresAt,
  })
  const accepted = await at.call('auth.register', { ...NEW, invitation })
  expect(accepted.data.outcome).toBe('signed_in')
  expect((await at.as(cookieIn(accepted), 'me.overview')).data.balanceNanoUsd).toBe(5 * DOLLAR)
  const [row] = (await at.admin('invitations.list', { status: 'used' })).data.rows
  expect(row).toMatchObject({ usedBy: accepted.data.user.id, note: 'For the new laptop' })
  expect(JSON.stringify(row)).not.toContain(invitation)
})

test('an invitation is used once, however many try at the same moment', async () => {
  const at = await start('invite', { hasMail: false })
  const invitation = tokenIn((await at.admin('users.invite', {})).data.link)
  const tries = await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      at.call('auth.register', { email: `try-${index}@example.test`, password: PASSWORD, invitation }),
    ),
  )
  expect(tries.filter(({ ok }) => ok)).toHaveLength(1)
  for (const { ok, error } of tries) if (!ok) expect(error.code).toBe('link_invalid')
  expect((await at.admin('users.list', { search: 'try-' })).data.total).toBe(1)
})

test('one for an address is mailed there, and is for nobody else', async () => {
  const at = await start('approval')
  const invited = await at.admin('users.invite', { email: NEW.email, role: 'admin' })
  expect(invited.data.isMailed).toBe(true)
  const invitation = tokenIn((await at.mailServer.take(NEW.email)).link)
  expect(tokenIn(invited.data.link)).toBe(invitation)
  expect(await at.call('auth.register', { ...NEW, email: 'other@example.test', invitation })).toMatchObject({
    status: 409,
    error: { code: 'invitation_for_another', details: { email: NEW.email, param: 'email' } },
  })
  // It spares the approval, too.
  expect((await at.call('auth.register', { ...NEW, invitation })).data).toMatchObject({
    outcome: 'signed_in',
    user: { role: 'admin' },
  })
  expect(await at.admin('users.invite', { email: NEW.email })).toMatchObject({
    error: { code: 'email_taken' },
  })
})

test.each(['users.delete', 'users.reject'] as const)(
  'one for an address is for nobody once %s took the person of that address away',
  async (operation) => {
    const at = await start('approval', { hasMail: false })
    const invitation = tokenIn(
      (await at.admin('users.invite', { email: NEW.email, role: 'admin' })).data.link,
    )
    if (operation === 'users.delete') await at.admin('users.create', NEW)
    else await at.call('auth.register', NEW)
    const [person] = (await at.admin('users.list', { search: NEW.email })).data.rows
    const confirm = operation === 'users.delete' ? { confirmEmail: NEW.email } : {}
    expect((await at.admin(operation, { userId: person.id, ...confirm })).ok).toBe(true)
    expect((await at.admin('invitations.list')).data.rows).toMatchObject([
      { email: null, note: '', status: 'revoked' },
    ])
    for (const email of [NEW.email, 'other@example.test']) {
      expect(await at.call('auth.register', { ...NEW, email, invitation })).toMatchObject({
        status: 410,
        error: { code: 'link_invalid' },
      })
    }
  },
)

test('an invitation ends when it is revoked, and after its days', async () => {
  const at = await start('invite', { hasMail: false })
  const first = (await at.admin('users.invite', {})).data
  const second = (await at.admin('users.invite', { expiresInDays: 1 })).data
  expect((await at.admin('invitations.revoke', { invitationId: first.id })).ok).toBe(true)
  at.moveClock(DAY_MS)
  for (const { link } of [first, second]) {
    const invitation = tokenIn(link)
    expect(await at.call('auth.register', { ...NEW, invitation })).toMatchObject({
      status: 410,
      error: { code: 'link_invalid' },
    })
  }
  expect(await at.admin('invitations.revoke', { invitationId: first.id })).toMatchObject({ status: 404 })
  const statuses = (await at.admin('invitations.list')).data.rows.map((row: { status: string }) => row.status)
  expect(statuses.sort()).toEqual(['expired', 'revoked'])
  expect((await at.admin('invitations.list', { status: 'open' })).data.total).toBe(0)
})

test('an invitation cannot be guessed: secrets that are none run dry', async () => {
  const at = await start('invite', { hasMail: false })
  const link = (await at.admin('users.invite', {})).data.link
  const codes: string[] = []
  for (let guess = 0; guess < 31; guess += 1) {
    codes.push((await at.call('auth.checkLink', { token: `${guess}`.padStart(32, '0') })).error.code)
  }
  expect(new Set(codes.slice(0, 30))).toEqual(new Set(['link_invalid']))
  expect(codes.at(-1)).toBe('too_many_attempts')
  expect((await at.call('auth.checkLink', { token: tokenIn(link) })).status).toBe(429)
  at.moveClock(HOUR_MS)
  expect((await at.call('auth.checkLink', { token: tokenIn(link) })).status).toBe(200)
})

describe('an administrator who is one no more', () => {
  const OTHER = { email: 'second-admin@example.test', password: PASSWORD }
  const TAKEN_AWAY: Readonly<
    Record<string, (at: MailingPortal, userId: string) => Promise<{ ok: boolean }>>
  > = {
    'made a plain user': (at, userId) => at.admin('users.setRole', { userId, role: 'user' }),
    'edited into a plain user': (at, userId) => at.admin('users.update', { userId, role: 'user' }),
    suspended: (at, userId) => at.admin('users.setStatus', { userId, status: 'suspended' }),
    deleted: (at, userId) => at.admin('users.delete', { userId, confirmEmail: OTHER.email }),
  }

  async function startWithSecond() {
    const at = await start('invite', { hasMail: false })
    const { id } = (await at.admin('users.create', { ...OTHER, role: 'admin' })).data
    const cookie = cookieIn(await at.call('auth.login', OTHER))
    return { at, id, second: (name: string, input: object) => at.as(cookie, name, input) }
  }

  test.each(Object.keys(TAKEN_AWAY))('lets nobody in once %s, and the audit says so', async (how) => {
    const { at, id, second } = await startWithSecond()
    const links: string[] = []
    for (const role of ['admin', 'user']) links.push((await second('users.invite', { role })).data.link)
    const other = tokenIn((await at.admin('users.invite', {})).data.link)
    expect((await TAKEN_AWAY[how]?.(at, id))?.ok).toBe(true)
    for (const invitation of links.map(tokenIn)) {
      const refused = { status: 410, error: { code: 'invitation_withdrawn' } }
      expect(await at.call('auth.checkLink', { token: invitation })).toMatchObject(refused)
      expect(await at.call('auth.register', { ...NEW, invitation })).toMatchObject(refused)
    }
    expect((await at.admin('invitations.list', { status: 'open' })).data.total).toBe(1)
    const [row] = (await at.admin('audit.list', {})).data.rows
    expect(row).toMatchObject({ targetId: id, after: { revokedInvitations: 2 } })
    expect((await at.call('auth.register', { ...NEW, invitation: other })).ok).toBe(true)
  })

  test.each(Object.keys(TAKEN_AWAY))('has no link to somebody else’s account once %s', async (how) => {
    const { at, id, second } = await startWithSecond()
    const { id: victim } = (await at.admin('users.create', NEW)).data
    const { id: helped } = (await at.admin('users.create', { ...NEW, email: 'helped@example.test' })).data
    const token = tokenIn((await second('users.resetLink', { userId: victim })).data.link)
    const others = tokenIn((await at.admin('users.resetLink', { userId: helped })).data.link)
    expect((await TAKEN_AWAY[how]?.(at, id))?.ok).toBe(true)
    expect(await at.call('auth.resetPassword', { token, password: 'a password of theirs' })).toMatchObject({
      error: { code: 'link_invalid' },
    })
    expect((await at.call('auth.resetPassword', { token: others, password: PASSWORD })).ok).toBe(true)
  })

  test('keeps their links while another thing about them is changed', async () => {
    const { at, id, second } = await startWithSecond()
    const invitation = tokenIn((await second('users.invite', {})).data.link)
    expect((await at.admin('users.update', { userId: id, role: 'admin', creditLimitNanoUsd: 1 })).ok).toBe(
      true,
    )
    expect((await at.call('auth.register', { ...NEW, invitation })).ok).toBe(true)
  })

  test('takes no newer link of another administrator along', async () => {
    const { at, id, second } = await startWithSecond()
    const { id: helped } = (await at.admin('users.create', NEW)).data
    expect((await second('users.resetLink', { userId: helped })).ok).toBe(true)
    at.moveClock(1_000)
    const token = tokenIn((await at.admin('users.resetLink', { userId: helped })).data.link)
    expect((await at.admin('users.setRole', { userId: id, role: 'user' })).ok).toBe(true)
    expect((await at.call('auth.resetPassword', { token, password: PASSWORD })).ok).toBe(true)
  })

  test('lets nobody in while suspended, though their invitation was left open, and it is listed as withdrawn', async () => {
    const { at, id, second } = await startWithSecond()
    const invitation = tokenIn((await second('users.invite', { role: 'admin', expiresInDays: 1 })).data.link)
    await at.admin('users.invite', { expiresInDays: 1 })
    const statuses = async (filter = {}) =>
      (await at.admin('invitations.list', filter)).data.rows.map((row: { status: string }) => row.status)
    const setStatus = (status: string) =>
      onBooks(at.dataDir, ({ raw }) =>
        raw.prepare('UPDATE users SET status = ? WHERE id = ?').run(status, id),
      )
    await setStatus('suspended')
    expect(await at.call('auth.register', { ...NEW, invitation })).toMatchObject({
      error: { code: 'invitation_withdrawn' },
    })
    expect(await statuses()).toEqual(['open', 'withdrawn'])
    expect(await statuses({ status: 'withdrawn' })).toEqual(['withdrawn'])
    expect(await statuses({ status: 'open' })).toEqual(['open'])
    expect((await at.admin('invitations.list', { status: 'open' })).data.total).toBe(1)
    at.moveClock(DAY_MS)
    expect(await statuses()).toEqual(['expired', 'expired'])
  })
})
