// Settings over HTTP: what is stored, what holds, what was fixed at the start, and the two that this file enforces.
import { afterEach, expect, test } from 'vitest'
import { settingsSchema } from '../../contract/settings.ts'
import { ADMIN, type Portal, startPortal, USER } from './support/portal.ts'

let portal: Portal
afterEach(() => portal.stop())

const start = async (options: Parameters<typeof startPortal>[0] = {}) => {
  portal = await startPortal(options)
  const cookie = await portal.setUp()
  return (name: string, input: object = {}, headers: Record<string, string> = {}) =>
    portal.call(name, input, { cookie, headers })
}
const BEHIND_A_PROXY = { 'x-forwarded-for': '10.0.0.7' }

test('the answer has the settings as they are stored, and beside them what holds and where it listens', async () => {
  const admin = await start({ config: { remoteAdministration: undefined } })
  const { data } = await admin('settings.get')
  const { overriddenBy, effective, network, ...stored } = data
  expect(stored).toEqual(settingsSchema.parse({}))
  expect(overriddenBy).toEqual({})
  expect(effective).toEqual({ remoteAdministration: 'loopback', https: 'off' })
  expect(network).toEqual({ host: '127.0.0.1', port: 0, addresses: [portal.url], isOpenToNetwork: false })
  const updated = await admin('settings.update', { sessionDays: 3 })
  expect(updated.data).toEqual({ ...data, sessionDays: 3 })
})

test('remote administration follows the setting at once, where the environment does not decide', async () => {
  const admin = await start({ config: { remoteAdministration: undefined } })
  expect(await admin('users.list', {}, BEHIND_A_PROXY)).toMatchObject({ error: { code: 'remote_admin_off' } })
  expect(await admin('settings.update', { remoteAdministration: 'lan' })).toMatchObject({
    data: { remoteAdministration: 'lan', effective: { remoteAdministration: 'lan' } },
  })
  expect(await admin('users.list', {}, BEHIND_A_PROXY)).toMatchObject({ status: 200 })
  await admin('settings.update', { remoteAdministration: 'off' })
  expect(await admin('users.list')).toMatchObject({ error: { code: 'remote_admin_off' } })
  expect(await admin('me.get')).toMatchObject({ status: 200 })
})

test('the environment wins over the setting, and the answer says so', async () => {
  const admin = await start({ config: { remoteAdministration: 'loopback', https: 'beside_http' } })
  expect((await admin('settings.update', { remoteAdministration: 'off', https: 'only' })).data).toMatchObject(
    {
      remoteAdministration: 'off',
      https: 'only',
      overriddenBy: { remoteAdministration: 'environment', https: 'environment' },
      effective: { remoteAdministration: 'loopback', https: 'beside_http' },
    },
  )
  expect((await admin('https.get')).data).toMatchObject({ mode: 'beside_http', state: 'ready' })
  expect(await admin('users.list')).toMatchObject({ status: 200 })
})

test('a host may have another default, which a setting opens', async () => {
  const admin = await start({
    config: { remoteAdministration: undefined, remoteAdministrationDefault: 'off' },
  })
  expect(await admin('settings.get')).toMatchObject({ error: { code: 'remote_admin_off' } })
})

test('a top-up is at least the minimum; a gift, a correction and any top-up without one are free', async () => {
  const admin = await start()
  const { data: user } = await admin('users.create', USER)
  const change = async (amountNanoUsd: number, kind?: string) =>
    (await admin('users.adjustBalance', { userId: user.id, amountNanoUsd, ...(kind ? { kind } : {}) })).error
      ?.code
  expect(await change(1)).toBeUndefined()
  await admin('settings.update', { minimumTopUpNanoUsd: 5_000_000_000 })
  expect(await change(4_999_999_999)).toBe('top_up_below_minimum')
  expect(await change(4_999_999_999, 'top_up')).toBe('top_up_below_minimum')
  expect(await change(5_000_000_000)).toBeUndefined()
  expect(await change(1, 'gift')).toBeUndefined()
  expect(await change(-1)).toBeUndefined()
})

test('a change of settings is in the audit with what was before and after, and only what changed', async () => {
  const admin = await start()
  await admin('settings.update', { backupEveryHours: 12, backupsKept: 3 })
  expect((await admin('audit.list', { operation: 'settings.update' })).data.rows).toMatchObject([
    {
      actorEmail: ADMIN.email,
      before: { backupEveryHours: 24, backupsKept: 7 },
      after: { backupEveryHours: 12, backupsKept: 3 },
    },
  ])
})

test('an alias may be written in any letters, but not with control characters', async () => {
  const admin = await start()
  const updated = await admin('settings.update', { modelAliases: { 团队默认: 'gpt-6-sol' } })
  expect(updated.data).toMatchObject({ modelAliases: { 团队默认: 'gpt-6-sol' } })
  expect(await admin('settings.update', { modelAliases: { 'a\nb': 'gpt-6-sol' } })).toMatchObject({
    status: 400,
    error: { code: 'invalid_input' },
  })
})
