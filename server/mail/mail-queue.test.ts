// The queue on a real database and a real SMTP server: nothing is lost over a restart or a fault, nothing is tried for ever,
// and nothing that a mail says stands in the database in clear.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addPerson, listeningLogger, openTestDatabase, tempDir } from '../../test/support/database.ts'
import { type MailServer, startMailServer } from '../../test/support/mail-server.ts'
import { createSystemIds } from '../host/system-ids.ts'
import { createLiveSettings } from '../settings/live-settings.ts'
import { createSealedValues } from '../settings/sealed-values.ts'
import { createMail, type Mail } from './mail.ts'
import { createMailConfig, type MailConfigPatch, type MailConfigStore } from './mail-config.ts'

const MINUTE_MS = 60_000
const NOW = 1_763_900_000_000
const LINK = 'http://gateway.test/reset-password#token=very-secret-token'

let server: MailServer
let dir = ''
let now = NOW
let secrets = new Map<string, string>()
const running: Mail[] = []
const clock = { now: () => now, monotonicMs: () => now }

beforeEach(async () => {
  dir = tempDir()
  now = NOW
  secrets = new Map()
  server = await startMailServer()
})
afterEach(async () => {
  for (const mail of running.splice(0)) await mail.stop()
  await server.stop()
})

interface World {
  readonly db: ReturnType<typeof openTestDatabase>['db']
  readonly mail: Mail
  readonly config: MailConfigStore
  readonly repositories: ReturnType<typeof openTestDatabase>['repositories']
  readonly lines: ReturnType<typeof listeningLogger>['lines']
}

/** Opens the folder's database as a start of the server would. */
async function start(): Promise<World> {
  const { db, repositories } = openTestDatabase(dir)
  const { logger, lines } = listeningLogger()
  const ids = createSystemIds()
  const store = {
    kind: 'encrypted file' as const,
    get: async (name: string) => secrets.get(name),
    set: async (name: string, value: string) => void secrets.set(name, value),
    delete: async (name: string) => void secrets.delete(name),
  }
  const sealedValues = createSealedValues({
    repository: repositories.sealedValues,
    secrets: store,
    clock,
    ids,
  })
  const settings = createLiveSettings({ repository: repositories.settings, clock, logger })
  const config = createMailConfig({ repository: repositories.settings, sealedValues, clock, logger })
  const mail = await createMail({
    config,
    settings,
    mails: repositories.mails,
    users: repositories.users,
    sealedValues,
    defaultLocale: 'en',
    timeZone: () => 'UTC',
    clock,
    ids,
    logger,
  })
  running.push(mail)
  return { db, mail, config, repositories, lines }
}

const smtp = (port: number) => ({
  kind: 'smtp' as const,
  fromAddress: 'gateway@example.test',
  smtpHost: '127.0.0.1',
  smtpPort: port,
  smtpSecurity: 'none' as const,
})

const setUpMail = ({ config }: World, patch: MailConfigPatch) =>
  config.takeOver(config.store(patch, new Map(), 'user-ann'))

async function startWithMail(): Promise<World> {
  const world = await start()
  if (!world.repositories.users.findById('user-ann')) addPerson(world.repositories)
  setUpMail(world, smtp(server.port))
  return world
}

const reset = { link: LINK, validMinutes: 60 }

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !isSo(); tries += 1) await new Promise((done) => setTimeout(done, 10))
  expect(isSo()).toBe(true)
}
const onlyMail = ({ repositories }: World) => repositories.mails.list({ limit: 10 }).rows[0]

test('a mail goes out, and what it said is gone from the database with it', async () => {
  const world = await startWithMail()
  expect(world.mail.enqueue('password_reset', 'user-ann', reset)).toBe(true)
  expect((await server.take('ann@example.test')).link).toBe(LINK)
  await until(() => onlyMail(world)?.status === 'sent')
  expect(onlyMail(world)).toMatchObject({ attempts: 1, sentAt: NOW, nextAttemptAt: null, userId: 'user-ann' })
})

test('a mail that waits is sealed: neither its link nor its words stand in the file', async () => {
  const world = await startWithMail()
  server.refuseWith(452, 'later')
  world.mail.enqueue('password_reset', 'user-ann', reset)
  await until(() => onlyMail(world)?.failureKind === 'failed')
  for (const file of ['gateway.db', 'gateway.db-wal']) {
    const bytes = readFileSync(`${dir}/${file}`)
    expect(bytes.includes('very-secret-token')).toBe(false)
    expect(bytes.includes('new password')).toBe(false)
  }
})

test('a mail that waits over a restart is sent by the next start', async () => {
  const first = await startWithMail()
  server.refuseWith(452, 'not now')
  first.mail.enqueue('password_reset', 'user-ann', reset)
  await until(() => onlyMail(first)?.attempts === 1)
  await first.mail.stop()
  server.refuseWith()
  now += MINUTE_MS
  const second = await start()
  expect((await server.take('ann@example.test')).link).toBe(LINK)
  await until(() => onlyMail(second)?.status === 'sent')
})

test('a mail that was put off while the clock was years ahead goes out once it is right', async () => {
  const first = await startWithMail()
  server.refuseWith(452, 'not now')
  now = NOW + 3 * 365 * 24 * 60 * MINUTE_MS
  first.mail.enqueue('password_reset', 'user-ann', reset)
  await until(() => onlyMail(first)?.failureReason !== undefined && onlyMail(first)?.failureReason !== null)
  server.refuseWith()
  now = NOW + MINUTE_MS
  first.mail.wake()
  expect((await server.take('ann@example.test')).link).toBe(LINK)
  await until(() => onlyMail(first)?.status === 'sent')
})

test('a change that is rolled back takes its mail with it', async () => {
  const { mail, repositories } = await startWithMail()
  const change = () =>
    repositories.transaction(() => {
      mail.enqueue('password_reset', 'user-ann', reset)
      throw new Error('the change failed')
    })
  expect(change).toThrow('the change failed')
  mail.enqueue('test', { email: 'ben@example.test', locale: 'en' }, { at: NOW, address: '' })
  await server.take('ben@example.test')
  expect(repositories.mails.list({ limit: 10 }).total).toBe(1)
})

test('a fault is tried again, later and later, and given up in the end, with what was said', async () => {
  const world = await startWithMail()
  server.refuseWith(451, 'greylisted')
  world.mail.enqueue('password_reset', 'user-ann', reset)
  const waits: number[] = []
  for (let attempt = 1; attempt <= 7; attempt += 1) {
    await until(() => onlyMail(world)?.attempts === attempt && onlyMail(world)?.failureReason !== null)
    const next = onlyMail(world)?.nextAttemptAt ?? 0
    waits.push((next - now) / MINUTE_MS)
    now = next
    world.mail.wake()
  }
  await until(() => onlyMail(world)?.status === 'failed')
  expect(waits).toEqual([0.5, 2, 10, 30, 60, 180, 360])
  expect(onlyMail(world)).toMatchObject({
    attempts: 8,
    nextAttemptAt: null,
    failureKind: 'failed',
    failureReason: expect.stringContaining('greylisted'),
  })
  expect(world.lines.filter(({ level }) => level === 'error')).toHaveLength(1)
})

test('a mail that is refused for good is tried once, and again when somebody asks for it', async () => {
  const world = await startWithMail()
  server.refuseWith(550, 'No such user')
  world.mail.enqueue('password_reset', 'user-ann', reset, { expiresAt: NOW + MINUTE_MS })
  await until(() => onlyMail(world)?.status === 'failed')
  expect(onlyMail(world)).toMatchObject({ attempts: 1, failureKind: 'rejected' })
  server.refuseWith()
  expect(world.repositories.mails.retry(onlyMail(world)?.id ?? '', now)).toMatchObject({ status: 'waiting' })
  world.mail.wake()
  expect((await server.take('ann@example.test')).link).toBe(LINK)
  await until(() => onlyMail(world)?.status === 'sent')
  expect(world.repositories.mails.retry(onlyMail(world)?.id ?? '', now)).toBeUndefined()
})

test('a mail whose link has expired is not sent any more, and not again', async () => {
  const world = await startWithMail()
  server.refuseWith(451, 'later')
  world.mail.enqueue('password_reset', 'user-ann', reset, { expiresAt: NOW + MINUTE_MS })
  await until(() => onlyMail(world)?.attempts === 1 && onlyMail(world)?.failureReason !== null)
  server.refuseWith()
  now = NOW + MINUTE_MS
  world.mail.wake()
  await until(() => onlyMail(world)?.status === 'failed')
  expect(onlyMail(world)).toMatchObject({ failureKind: 'expired', attempts: 1 })
  expect(world.repositories.mails.retry(onlyMail(world)?.id ?? '', now)).toBeUndefined()
  expect(server.mails).toEqual([])
})

test('a crash in the middle of an attempt counts as one, and the mail comes all the same', async () => {
  const world = await startWithMail()
  await world.mail.stop()
  world.mail.enqueue('password_reset', 'user-ann', reset)
  const id = onlyMail(world)?.id ?? ''
  // What a process that died while sending had written.
  world.repositories.mails.noteAttempt(id, NOW + MINUTE_MS / 2)
  now = NOW + MINUTE_MS
  const next = await start()
  await server.take('ann@example.test')
  await until(() => onlyMail(next)?.status === 'sent')
  expect(onlyMail(next)?.attempts).toBe(2)
})

test('a mail that was sealed on another machine is listed as such, and does not stop the others', async () => {
  const world = await startWithMail()
  await world.mail.stop()
  world.mail.enqueue('password_reset', 'user-ann', reset)
  secrets.set('data-key', randomBytes(32).toString('base64'))
  const elsewhere = await start()
  elsewhere.mail.enqueue('test', { email: 'ben@example.test', locale: 'en' }, { at: NOW, address: '' })
  await server.take('ben@example.test')
  const failed = elsewhere.repositories.mails.list({ status: 'failed', limit: 10 }).rows
  expect(failed).toMatchObject([{ template: 'password_reset', failureKind: 'secret_unreadable' }])
})

test('without mail nothing is queued; what waits when it is switched off goes out when it is back', async () => {
  const world = await start()
  addPerson(world.repositories)
  expect(world.mail.isAvailable()).toBe(false)
  expect(world.mail.enqueue('password_reset', 'user-ann', reset)).toBe(false)
  setUpMail(world, smtp(server.port))
  server.refuseWith(451, 'later')
  world.mail.enqueue('password_reset', 'user-ann', reset)
  await until(() => onlyMail(world)?.attempts === 1 && onlyMail(world)?.failureReason !== null)
  setUpMail(world, { kind: 'off' })
  server.refuseWith()
  now += MINUTE_MS
  world.mail.wake()
  await new Promise((done) => setTimeout(done, 100))
  expect(onlyMail(world)?.status).toBe('waiting')
  setUpMail(world, { kind: 'smtp' })
  await server.take('ann@example.test')
})

test('every administrator is told in their own language, and nobody who is gone is told anything', async () => {
  const { mail, repositories } = await startWithMail()
  for (const [id, locale, status] of [
    ['chen', 'zh-CN', 'active'],
    ['dora', null, 'active'],
    ['gone', 'en', 'suspended'],
  ] as const) {
    const email = `${id}@example.test`
    repositories.users.create({
      id,
      email,
      passwordHash: null,
      role: 'admin',
      status,
      locale,
      createdAt: NOW,
    })
  }
  mail.enqueueToAdministrators('approval_requested', { link: LINK, email: 'new@example.test' })
  expect((await server.take('chen@example.test')).subject).toContain('正在等待')
  expect((await server.take('dora@example.test')).subject).toContain('waits for approval')
  repositories.users.forget('chen', NOW)
  expect(mail.enqueue('test', 'chen', { at: NOW, address: '' })).toBe(false)
  expect(mail.enqueue('test', 'nobody', { at: NOW, address: '' })).toBe(false)
  expect(repositories.mails.list({ limit: 10 }).rows.map(({ recipient }) => recipient)).toEqual([
    'dora@example.test',
  ])
})

test('a disk that takes nothing is tried again after a rest, and told once for each run', async () => {
  const { db, mail, lines } = await startWithMail()
  mail.enqueue('password_reset', 'user-ann', reset)
  // What may be read and not written, as on a full disk.
  db.raw.pragma('query_only = ON')
  const stumbled = () => lines.filter(({ message }) => message.includes('stumbled')).length
  await until(() => stumbled() > 0)
  await new Promise((done) => setTimeout(done, 300))
  expect(stumbled()).toBe(1)
  db.raw.pragma('query_only = OFF')
  mail.wake()
  expect((await server.take('ann@example.test')).link).toBe(LINK)
})

test('sent and failed mail is listed for thirty days', async () => {
  const first = await startWithMail()
  first.mail.enqueue('password_reset', 'user-ann', reset)
  await until(() => onlyMail(first)?.status === 'sent')
  await first.mail.stop()
  now += 31 * 24 * 60 * MINUTE_MS
  const next = await start()
  await until(() => onlyMail(next) === undefined)
})
