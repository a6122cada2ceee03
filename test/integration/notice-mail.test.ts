// Notices by mail: to the person in their language, and to the administrators with whom it is about.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MailingPortal, PASSWORD, startMailingPortal } from './support/mailing-portal.ts'
import { ADMIN } from './support/portal.ts'

const DOLLAR = 1_000_000_000
const ANN = 'ann@example.test'

let at: MailingPortal
let userId: string

beforeAll(async () => {
  at = await startMailingPortal({ settings: { publicBaseUrl: 'https://gateway.example.test' } })
  userId = (await at.admin('users.create', { email: ANN, password: PASSWORD })).data.id
  await at.admin('users.adjustBalance', { userId, amountNanoUsd: 10 * DOLLAR, note: 'to begin with' })
})
afterAll(() => at.stop())

const adjust = (dollars: number) =>
  at.admin('users.adjustBalance', { userId, amountNanoUsd: dollars * DOLLAR, note: 'for a test' })

test('a low balance is mailed to its owner, and to the administrators with whose it is', async () => {
  await adjust(-9.5)
  const own = await at.mailServer.take(ANN)
  expect(own.subject).toBe('Your balance at Codex Gateway is low')
  expect(own.text).toContain('$0.500000 is left, which is less than $1.00')
  expect(own.link).toBe('https://gateway.example.test')
  const operators = await at.mailServer.take(ADMIN.email)
  expect(operators.subject).toBe(`The balance of ${ANN} at Codex Gateway is low`)
  expect(operators.link).toBe(`https://gateway.example.test/admin/users/${userId}`)
  await adjust(-0.1)
  await adjust(5)
  await adjust(-5)
  // The next one is for the next time, not for what happened while it was low.
  await at.mailServer.take(ANN)
  await at.mailServer.take(ADMIN.email)
  expect(at.mailServer.mails).toEqual([])
})

test('in the language of the reader', async () => {
  const cookie = await at.portal.signIn({ email: ANN, password: PASSWORD })
  await at.as(cookie, 'me.update', { locale: 'zh-CN' })
  await adjust(5)
  await adjust(-5)
  expect((await at.mailServer.take(ANN)).subject).toBe('您 在 Codex Gateway 的余额不足')
})
