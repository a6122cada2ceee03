// Mail, as an administrator sets it up and watches it: secrets go in and never out, and what fails says so.
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase } from '../../server/db/open.ts'
import { createAuditRepository } from '../../server/db/repositories/audit.ts'
import { startMailServer } from '../support/mail-server.ts'
import { type MailingPortal, PASSWORD, smtpSettings, startMailingPortal } from './support/mailing-portal.ts'
import { ADMIN } from './support/portal.ts'

const SECRET = 'smtp-secret-5x9'
let at: MailingPortal
let resend: Server | undefined
beforeEach(async () => {
  at = await startMailingPortal({ hasMail: false })
})
afterEach(async () => {
  await at.stop()
  resend?.close()
  resend?.closeAllConnections()
  resend = undefined
})

async function statusOf(mailId: string | undefined, status: string) {
  for (let tries = 0; tries < 500; tries += 1) {
    const { rows } = (await at.admin('mail.list', {})).data
    const row = rows.find((one: { id: string }) => mailId === undefined || one.id === mailId)
    if (row?.status === status && (status !== 'waiting' || row.failureKind !== null)) return row
    await new Promise((done) => setTimeout(done, 10))
  }
  throw new Error(`the mail never became ${status}`)
}

test('mail is off until it is set up, and available once nothing is missing', async () => {
  expect((await at.admin('mail.get')).data).toMatchObject({ kind: 'off', isAvailable: false, waiting: 0 })
  const halfway = { kind: 'smtp', smtpHost: '127.0.0.1' }
  expect((await at.admin('mail.update', halfway)).data.isAvailable).toBe(false)
  expect((await at.admin('mail.update', { fromAddress: 'gateway@example.test' })).data.isAvailable).toBe(true)
  expect((await at.call('auth.status')).data.isMailAvailable).toBe(true)
  expect((await at.admin('mail.update', { smtpUser: 'gateway' })).data.isAvailable).toBe(false)
  expect((await at.admin('mail.update', { smtpPassword: SECRET })).data.isAvailable).toBe(true)
  expect((await at.admin('mail.update', { kind: 'resend' })).data.isAvailable).toBe(false)
})

test('a secret is never shown, logged, audited or stored in clear, and outlives a restart', async () => {
  const server = await startMailServer({ login: { user: 'gateway', password: SECRET } })
  const settings = { ...smtpSettings(server.port), smtpUser: 'gateway', smtpPassword: SECRET }
  const updated = await at.admin('mail.update', { ...settings, resendApiKey: `re_${SECRET}` })
  expect(updated.data).toMatchObject({ isSmtpPasswordSet: true, isResendApiKeySet: true })
  const shown = JSON.stringify([updated, await at.admin('mail.get'), await at.admin('settings.get')])
  expect(shown).not.toContain(SECRET)
  await at.restart()
  const cookie = await at.portal.signIn(ADMIN)
  expect((await at.as(cookie, 'settings.testMail', { to: 'ann@example.test' })).ok).toBe(true)
  expect(server.logins).toEqual([{ user: 'gateway', password: SECRET }])
  await server.stop()

  const db = openDatabase(`${at.dataDir}/gateway.db`, { readonly: true })
  const rows = createAuditRepository(db).list({ operation: 'mail.update', limit: 10 }).rows
  db.close()
  expect(rows[0]?.after).toMatchObject({ kind: 'smtp', smtpPassword: 'set', resendApiKey: 'set' })
  expect(JSON.stringify(rows)).not.toContain(SECRET)
  expect(at.portal.log.text).not.toContain(SECRET)
  for (const file of ['gateway.db', 'gateway.db-wal'])
    expect(readFileSync(`${at.dataDir}/${file}`).includes(SECRET)).toBe(false)

  const forgotten = await at.as(cookie, 'mail.update', { smtpPassword: null })
  expect(forgotten.data).toMatchObject({ isSmtpPasswordSet: false, isResendApiKeySet: true })
})

test('a stored secret goes to the service that it was entered for, and to no other', async () => {
  const server = await startMailServer({ login: { user: 'gateway', password: SECRET } })
  const service = { ...smtpSettings(server.port), smtpHost: 'localhost', smtpUser: 'gateway' }
  const update = (patch: object) => at.admin('mail.update', patch)
  expect((await update({ ...service, smtpPassword: SECRET, resendApiKey: 're_key' })).ok).toBe(true)
  const elsewhere = { smtpHost: '127.0.0.1' }
  const refused = (param: string, reason: string) => ({
    status: 400,
    error: { code: 'invalid_input', details: { param, reason } },
  })
  const ofOtherHost = refused('smtpPassword', 'password_of_other_host')
  expect(await update(elsewhere)).toMatchObject(ofOtherHost)
  // Nor by a way round: while there is no host, or nothing is sent by SMTP.
  await update({ smtpHost: '' })
  expect(await update(elsewhere)).toMatchObject(ofOtherHost)
  expect(await update({ kind: 'off', ...elsewhere })).toMatchObject(ofOtherHost)
  expect(await update({ resendBaseUrl: 'http://127.0.0.1:1/' })).toMatchObject(
    refused('resendApiKey', 'key_of_other_host'),
  )
  expect((await update({ resendBaseUrl: 'https://api.resend.com/' })).ok).toBe(true)
  expect((await update({ ...service, smtpPassword: SECRET })).ok).toBe(true)
  expect((await at.admin('settings.testMail', { to: 'ann@example.test' })).ok).toBe(true)
  // What is entered anew, or forgotten, is not the stored one.
  expect((await update({ ...elsewhere, smtpPassword: 'another one' })).ok).toBe(true)
  expect((await update({ smtpHost: 'localhost', smtpPassword: null })).ok).toBe(true)
  expect((await update(elsewhere)).ok).toBe(true)
  expect((await update({ resendBaseUrl: 'http://127.0.0.1:1', resendApiKey: 're_other' })).ok).toBe(true)
  await server.stop()
})

test('only what is named changes, and what makes no sense is refused by name', async () => {
  await at.admin('mail.update', smtpSettings(2525))
  expect((await at.admin('mail.update', { fromName: 'The team' })).data).toMatchObject({
    kind: 'smtp',
    smtpPort: 2525,
    fromName: 'The team',
  })
  for (const [name, value] of [
    ['kind', 'sendmail'],
    ['fromAddress', 'no address'],
    ['fromAddress', 'a@b.test\r\nBcc: c@d.test'],
    ['fromName', 'two\nlines'],
    ['smtpHost', 'host/path'],
    ['smtpPort', 0],
    ['resendBaseUrl', 'file:///etc/passwd'],
    ['smtpPassword', ''],
  ]) {
    expect(await at.admin('mail.update', { [name as string]: value })).toMatchObject({
      status: 400,
      error: { code: 'invalid_input', details: { param: name } },
    })
  }
  expect((await at.admin('mail.get')).data).toMatchObject({ fromName: 'The team', smtpPort: 2525 })
})

test('a test mail arrives, or says what to mend', async () => {
  const test = () => at.admin('settings.testMail', { to: 'ann@example.test' })
  expect(await test()).toMatchObject({
    status: 400,
    error: { code: 'mail_failed', details: { kind: 'not_configured' } },
  })
  await at.admin('mail.update', smtpSettings(at.mailServer.port))
  expect((await test()).data).toEqual({})
  expect((await at.mailServer.take('ann@example.test')).subject).toContain('Test mail')
  at.mailServer.refuseWith(550, 'Relay access denied')
  expect(await test()).toMatchObject({
    error: {
      code: 'mail_failed',
      details: { kind: 'rejected', reason: expect.stringContaining('Relay access denied') },
    },
  })
  await at.admin('mail.update', { smtpHost: 'no-such-host.invalid' })
  expect(await test()).toMatchObject({ error: { details: { kind: 'unreachable' } } })
  expect((await at.admin('mail.list')).data.total).toBe(0)
})

test('a mail that fails is listed with what was said, without what it says, and can be sent again', async () => {
  await at.admin('mail.update', smtpSettings(at.mailServer.port))
  await at.admin('users.create', { email: 'ann@example.test', password: PASSWORD })
  at.mailServer.refuseWith(550, 'No such user here')
  await at.call('auth.forgotPassword', { email: 'ann@example.test' })
  const row = await statusOf(undefined, 'failed')
  expect(row).toMatchObject({
    recipient: 'ann@example.test',
    template: 'password_reset',
    attempts: 1,
    failureKind: 'rejected',
    failureReason: expect.stringContaining('No such user here'),
  })
  expect(JSON.stringify(row)).not.toContain('token')
  expect((await at.admin('mail.get')).data).toMatchObject({ waiting: 0, failed: 1 })
  expect((await at.admin('mail.list', { status: 'sent' })).data.rows).toEqual([])
  at.mailServer.refuseWith()
  expect((await at.admin('mail.retry', { mailId: row.id })).ok).toBe(true)
  await at.mailServer.take('ann@example.test')
  expect(await statusOf(row.id, 'sent')).toMatchObject({ failureKind: null, sentAt: expect.any(Number) })
  expect(await at.admin('mail.retry', { mailId: row.id })).toMatchObject({
    status: 404,
    error: { code: 'mail_not_found' },
  })
})

test('a mail that waits over a restart arrives', async () => {
  await at.admin('mail.update', smtpSettings(at.mailServer.port))
  await at.admin('users.create', { email: 'ann@example.test', password: PASSWORD })
  at.mailServer.refuseWith(451, 'Try again later')
  await at.call('auth.forgotPassword', { email: 'ann@example.test' })
  expect(await statusOf(undefined, 'waiting')).toMatchObject({ failureKind: 'failed', attempts: 1 })
  at.mailServer.refuseWith()
  at.moveClock(60_000)
  await at.restart()
  expect((await at.mailServer.take('ann@example.test')).link).toContain('/reset-password')
})

test('Resend carries mail as well, over one call', async () => {
  const seen: { authorization: string | undefined; body: Record<string, unknown> }[] = []
  const server = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const { authorization } = req.headers
      seen.push({ authorization, body: JSON.parse(Buffer.concat(chunks).toString()) })
      res.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"x"}')
    })
  })
  resend = server
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const resendBaseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const settings = {
    kind: 'resend',
    fromAddress: 'gateway@example.test',
    resendBaseUrl,
    resendApiKey: 're_key',
  }
  await at.admin('mail.update', settings)
  await at.admin('users.create', { email: 'ann@example.test', password: PASSWORD })
  await at.call('auth.forgotPassword', { email: 'ann@example.test' })
  await statusOf(undefined, 'sent')
  expect(seen).toMatchObject([
    {
      authorization: 'Bearer re_key',
      body: {
        from: '"Codex Gateway" <gateway@example.test>',
        to: ['ann@example.test'],
        text: expect.stringContaining('/reset-password#token='),
      },
    },
  ])
})
