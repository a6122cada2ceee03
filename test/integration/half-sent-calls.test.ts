// Calls whose body is held back: they run with the rights that their caller has when the body is there, not with those of the
// moment when their head came.
import { request } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ADMIN, type Portal, startPortal, USER } from './support/portal.ts'

let portal: Portal
let adminCookie = ''
beforeEach(async () => {
  portal = await startPortal()
  adminCookie = await portal.setUp()
})
afterEach(() => portal.stop())

const OTHER = { email: 'other@example.test', password: 'another long password' }
const admin = async (name: string, input: unknown) => {
  const answer = await portal.call(name, input, { cookie: adminCookie })
  expect(answer.ok).toBe(true)
  return answer.data
}
const mallory = async () => {
  const { id: userId } = await admin('users.create', { ...USER, role: 'admin' })
  return { userId, cookie: await portal.signIn(USER) }
}

/** A call that is known to the server, and lacks all of its body but the first byte. */
async function holdBack(name: string, input: unknown, cookie: string) {
  const body = JSON.stringify(input)
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-requested-with': 'codex-gateway',
    expect: '100-continue',
    cookie,
  }
  const req = request({ host: '127.0.0.1', port: portal.port, path: `/api/${name}`, method: 'POST', headers })
  const answered = new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    req.on('error', reject)
    req.on('response', async (res) => {
      let text = ''
      for await (const piece of res.setEncoding('utf8')) text += piece
      resolve({ status: res.statusCode, text })
    })
  })
  await new Promise((resolve) => req.once('continue', resolve).flushHeaders())
  await new Promise((resolve) => req.write(body.slice(0, 1), resolve))
  // What is asked after it is answered after the server has seen its head.
  await portal.call('auth.status')
  return {
    async finish() {
      req.end(body.slice(1))
      const { status, text } = await answered
      return { ...JSON.parse(text), status }
    },
  }
}

test('a suspended administrator does not make themselves active again', async () => {
  const { userId, cookie } = await mallory()
  const held = await holdBack('users.setStatus', { userId, status: 'active' }, cookie)
  await admin('users.setStatus', { userId, status: 'suspended' })
  expect(await held.finish()).toMatchObject({ status: 401, error: { code: 'unauthenticated' } })
  expect(await admin('users.get', { userId })).toMatchObject({ status: 'suspended' })
})

test('who is no administrator any more does not make themselves one again', async () => {
  const { userId, cookie } = await mallory()
  const held = await holdBack('users.setRole', { userId, role: 'admin' }, cookie)
  await admin('users.setRole', { userId, role: 'user' })
  expect(await held.finish()).toMatchObject({ status: 403, error: { code: 'forbidden' } })
  expect(await admin('users.get', { userId })).toMatchObject({ role: 'user' })
})

test('a deleted administrator lets nobody in', async () => {
  const { userId, cookie } = await mallory()
  const held = await holdBack('users.create', { ...OTHER, role: 'admin' }, cookie)
  await admin('users.delete', { userId, confirmEmail: USER.email })
  expect(await held.finish()).toMatchObject({ status: 401 })
  expect((await admin('users.list', { search: OTHER.email })).total).toBe(0)
})

test('a session that a new password has ended makes no key', async () => {
  const { id: userId } = await admin('users.create', USER)
  const [owner, thief] = [await portal.signIn(USER), await portal.signIn(USER)]
  const held = await holdBack('keys.create', { name: 'thief' }, thief)
  const changed = { currentPassword: USER.password, newPassword: OTHER.password }
  expect((await portal.call('me.changePassword', changed, { cookie: owner })).ok).toBe(true)
  expect(await held.finish()).toMatchObject({ status: 401 })
  expect((await admin('keys.list', { userId })).rows).toEqual([])
})

test('nothing is done that a stop has overtaken', async () => {
  const held = await holdBack('users.create', OTHER, adminCookie)
  const stopped = portal.server.stop({ drainMs: 5000 })
  expect(await held.finish()).toMatchObject({ status: 503, error: { code: 'gateway_stopping' } })
  await stopped
})

test('who may call at that moment is answered as ever', async () => {
  const held = await holdBack('me.get', {}, adminCookie)
  expect(await held.finish()).toMatchObject({ status: 200, data: { email: ADMIN.email } })
})
