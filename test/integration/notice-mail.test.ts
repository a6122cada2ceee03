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
  expect((await at.mailServer.take(ANN)).subject).toBe('您在 Codex Gateway 的余额不足')
})

test('a quota that is used up, and a key at a new address, are mailed to both as well', async () => {
  const quotas = [{ window: 'day', metric: 'requests', value: 2 }]
  const plan = { name: 'Pair', priceNanoUsd: 0, days: 30, mayUseBalance: false, quotas }
  await at.admin('users.grantPlan', { userId, planId: (await at.admin('plans.create', plan)).data.id })
  const { secret } = (await at.admin('keys.create', { userId, name: 'laptop' })).data
  for (const localAddress of ['127.0.0.1', '127.0.0.2']) {
    const { status } = await at.portal.send({
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'demo-fast', messages: [{ role: 'user', content: 'Hello' }] }),
      localAddress,
    })
    expect(status).toBe(200)
  }
  const about = (subject: RegExp) => (mail: { subject: string }) => subject.test(mail.subject)
  await at.mailServer.take(ANN, about(/您已使用 .*Pair 的 100%/))
  await at.mailServer.take(ANN, about(/您在 .* 的 API 密钥从新地址使用/))
  const quota = await at.mailServer.take(ADMIN.email, about(/^ann@example\.test used 100% of the plan Pair/))
  expect(quota.text).toContain('2 requests a day')
  const key = await at.mailServer.take(ADMIN.email, about(/^ann@example\.test: API key .* new address/))
  expect(key.text).toContain('127.0.0.2')
})
