// Mail over SMTP, spoken with a real server: what arrives, and what is said where it does not.
import { createServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type MailServer, startMailServer } from '../../test/support/mail-server.ts'
import { headerOf } from '../../test/support/received-mail.ts'
import type { MailMessage } from '../ports.ts'
import { createSmtpMailer, type SmtpConfig } from './smtp-mailer.ts'

let server: MailServer | undefined
afterEach(async () => {
  await server?.stop()
  server = undefined
})

const message = (more: Partial<MailMessage> = {}): MailMessage => ({
  id: '0190-mail',
  from: { name: '网关 "Team"', address: 'gateway@example.test' },
  replyTo: 'help@example.test',
  to: 'ann@example.test',
  subject: '确认您的邮箱地址 – confirm',
  text: 'Line one.\n.\nLine after a lone dot: 你好\n',
  html: '<p>你好</p>\n',
  ...more,
})
const config = (port: number, more: Partial<SmtpConfig> = {}): SmtpConfig => ({
  smtpHost: '127.0.0.1',
  smtpPort: port,
  smtpSecurity: 'none',
  smtpUser: '',
  password: undefined,
  ...more,
})
const failureOf = async (given: SmtpConfig, sent = message()) => {
  const result = await createSmtpMailer(given).send(sent)
  if (result.ok) throw new Error('the mail was taken')
  return result.error
}

test('a mail arrives as it was written, in both languages, with the id that it keeps', async () => {
  server = await startMailServer({ login: { user: 'gateway', password: 'pass word ü' } })
  const sent = await createSmtpMailer(
    config(server.port, { smtpUser: 'gateway', password: 'pass word ü' }),
  ).send(message())
  expect(sent).toEqual({ ok: true, value: undefined })
  const [mail] = server.mails
  expect(mail).toMatchObject({
    to: ['ann@example.test'],
    envelopeFrom: 'gateway@example.test',
    subject: '确认您的邮箱地址 – confirm',
  })
  expect(mail?.text.replaceAll('\r\n', '\n').trim()).toBe('Line one.\n.\nLine after a lone dot: 你好')
  expect(mail?.html.trim()).toBe('<p>你好</p>')
  expect(headerOf(mail?.headers ?? [], 'message-id')).toBe('<0190-mail@example.test>')
  expect(headerOf(mail?.headers ?? [], 'reply-to')).toContain('help@example.test')
  expect(headerOf(mail?.headers ?? [], 'auto-submitted')).toBe('auto-generated')
  expect(server.logins).toEqual([{ user: 'gateway', password: 'pass word ü' }])
})

test('nothing that stands in a subject, a name or an address becomes a header or a recipient', async () => {
  server = await startMailServer()
  const evil = 'x\r\nBcc: victim@example.test\r\n\r\nbody'
  for (const more of [
    { subject: evil },
    { from: { name: evil, address: 'gateway@example.test' } },
    { to: 'ann@example.test, victim@example.test' },
    { to: 'ann@example.test\r\nRCPT TO:<victim@example.test>' },
    { replyTo: 'help@example.test\r\nBcc: victim@example.test' },
  ]) {
    await createSmtpMailer(config(server.port)).send(message(more))
  }
  for (const { to, headers } of server.mails) {
    expect(to.join()).not.toContain('<victim')
    expect(to).toHaveLength(1)
    expect(headers.filter((line) => /^bcc:/i.test(line))).toEqual([])
  }
  expect(server.mails.length).toBeGreaterThanOrEqual(3)
})

test('a certificate that nobody trusts is refused before the password is sent', async () => {
  server = await startMailServer({ hasUntrustedTls: true, login: { user: 'gateway', password: 'secret' } })
  const given = config(server.port, { smtpSecurity: 'starttls', smtpUser: 'gateway', password: 'secret' })
  expect(await failureOf(given)).toMatchObject({ kind: 'tls', isPermanent: false })
  expect(server.logins).toEqual([])
  expect(server.mails).toEqual([])
})

test('a server that offers no encryption gets nothing where it is asked for', async () => {
  server = await startMailServer({ login: { user: 'gateway', password: 'secret' } })
  const given = config(server.port, { smtpSecurity: 'starttls', smtpUser: 'gateway', password: 'secret' })
  expect(await failureOf(given)).toMatchObject({ kind: 'tls' })
  expect(server.logins).toEqual([])
})

test('a wrong password can be mended, so the mail is not given up', async () => {
  server = await startMailServer({ login: { user: 'gateway', password: 'secret' } })
  const failure = await failureOf(config(server.port, { smtpUser: 'gateway', password: 'wrong-secret' }))
  expect(failure).toMatchObject({ kind: 'authentication', isPermanent: false })
  expect(failure.reason).not.toContain('wrong-secret')
})

test('a mailbox that does not exist is for good, one that is full for now', async () => {
  server = await startMailServer()
  server.refuseWith(550, 'No such user here')
  expect(await failureOf(config(server.port))).toMatchObject({
    kind: 'rejected',
    isPermanent: true,
    reason: expect.stringContaining('No such user here'),
  })
  server.refuseWith(452, 'Mailbox full')
  expect(await failureOf(config(server.port))).toMatchObject({ kind: 'failed', isPermanent: false })
})

test('where nothing listens, or there is no such host, it says so', async () => {
  const gone = createServer()
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve))
  const { port } = gone.address() as { port: number }
  await new Promise((resolve) => gone.close(resolve))
  expect(await failureOf(config(port))).toMatchObject({ kind: 'unreachable', isPermanent: false })
  expect(await failureOf(config(25, { smtpHost: 'no-such-host.invalid' }))).toMatchObject({
    kind: 'unreachable',
  })
})
