// The default balance comes exactly once, whatever happens between the decision and the ledger.
import { afterEach, expect, test } from 'vitest'
import { openDatabase } from '../../server/db/open.ts'
import { createUsersRepository, type DefaultBalance } from '../../server/db/repositories/users.ts'
import {
  cookieIn,
  type MailingPortal,
  PASSWORD,
  smtpSettings,
  startMailingPortal,
  tokenIn,
} from './support/mailing-portal.ts'

const DOLLAR = 1_000_000_000
let at: MailingPortal
afterEach(() => at.stop())

/** What a process that died between two of its writes had left. */
async function whileStopped(write: (users: ReturnType<typeof createUsersRepository>) => void) {
  await at.portal.stop()
  const db = openDatabase(`${at.dataDir}/gateway.db`)
  write(createUsersRepository(db))
  db.close()
  await at.restart()
}
function stateOf(userId: string): DefaultBalance | undefined {
  const db = openDatabase(`${at.dataDir}/gateway.db`, { readonly: true })
  try {
    return createUsersRepository(db).findById(userId)?.defaultBalance
  } finally {
    db.close()
  }
}
const balanceOf = async (userId: string) => (await at.admin('users.get', { userId })).data.balanceNanoUsd

test('decided and not given when the process died: the next start gives it, and the one after does not', async () => {
  at = await startMailingPortal({ hasMail: false, settings: { defaultBalanceNanoUsd: 2 * DOLLAR } })
  const { id } = (await at.admin('users.create', { email: 'ann@example.test' })).data
  expect(stateOf(id)).toBe('waiting')
  await whileStopped((users) => {
    users.setStatus(id, 'active')
    users.setDefaultBalance(id, 'due')
  })
  expect(await balanceOf(id)).toBe(2 * DOLLAR)
  expect(stateOf(id)).toBe('settled')
  await at.restart()
  expect(await balanceOf(id)).toBe(2 * DOLLAR)
})

test('approved by many calls at the same moment: once', async () => {
  at = await startMailingPortal({ hasMail: false, settings: { defaultBalanceNanoUsd: 2 * DOLLAR } })
  const { id } = (await at.admin('users.create', { email: 'ann@example.test' })).data
  const answers = await Promise.all([
    ...Array.from({ length: 5 }, () => at.admin('users.approve', { userId: id })),
    ...Array.from({ length: 5 }, () => at.admin('users.setStatus', { userId: id, status: 'active' })),
  ])
  expect(answers.filter(({ ok }) => ok).length).toBeGreaterThan(0)
  expect(await balanceOf(id)).toBe(2 * DOLLAR)
})

test('nothing to give when somebody came in is nothing to give later, whatever the setting becomes', async () => {
  at = await startMailingPortal({ hasMail: false })
  const { id } = (await at.admin('users.create', { email: 'ann@example.test', password: PASSWORD })).data
  expect(stateOf(id)).toBe('settled')
  await at.admin('settings.update', { defaultBalanceNanoUsd: DOLLAR })
  for (const status of ['suspended', 'active']) await at.admin('users.setStatus', { userId: id, status })
  await at.restart()
  expect(await balanceOf(id)).toBe(0)
})

test('somebody who came in unproved through open doors never has it, not by a restart either', async () => {
  at = await startMailingPortal({
    hasMail: false,
    settings: { registration: 'open', defaultBalanceNanoUsd: DOLLAR },
  })
  const registered = await at.call('auth.register', { email: 'ann@example.test', password: PASSWORD })
  const { id } = registered.data.user
  await at.restart()
  for (const status of ['suspended', 'active']) await at.admin('users.setStatus', { userId: id, status })
  expect([await balanceOf(id), stateOf(id)]).toEqual([0, 'waiting'])
})

test('who came in unproved has it once the address is proved, and not again by proving another', async () => {
  at = await startMailingPortal({
    hasMail: false,
    settings: { registration: 'open', defaultBalanceNanoUsd: DOLLAR },
  })
  const who = { email: 'ann@example.test', password: PASSWORD }
  const registered = await at.call('auth.register', who)
  const { id } = registered.data.user
  const cookie = cookieIn(registered)
  expect((await at.as(cookie, 'me.changeEmail', who)).error.code).toBe('invalid_input')
  await at.admin('mail.update', smtpSettings(at.mailServer.port))
  for (const email of [who.email, 'ann@new.test']) {
    expect((await at.as(cookie, 'me.changeEmail', { ...who, email })).data.outcome).toBe('verification_sent')
    const { link } = await at.mailServer.take(email, (mail) => mail.link !== '')
    expect((await at.call('auth.verifyEmail', { token: tokenIn(link) })).data.outcome).toBe('changed')
    expect((await at.as(cookie, 'me.get')).data).toMatchObject({ email, isEmailVerified: true })
    expect(await balanceOf(id)).toBe(DOLLAR)
  }
  expect((await at.as(cookie, 'me.changeEmail', { ...who, email: 'ann@new.test' })).error.code).toBe(
    'invalid_input',
  )
})
