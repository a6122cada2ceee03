// A real SMTP server for tests, on a port of its own: it keeps the mail that it is given, and refuses what it is told to.
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { type ReceivedMail, readMail } from './received-mail.ts'

export interface MailServer {
  readonly port: number
  readonly mails: readonly ReceivedMail[]
  /** Every SMTP user name and password that was sent. */
  readonly logins: readonly { readonly user: string; readonly password: string }[]
  /** Waits until there is a mail to this address that fits, and takes it away. */
  take(to: string, fits?: (mail: ReceivedMail) => boolean): Promise<ReceivedMail>
  /** From now on, until it is called without an argument, every mail is answered with this error. */
  refuseWith(code?: number, message?: string): void
  stop(): Promise<void>
}

const WAIT_MS_MAX = 10_000

export async function startMailServer(
  options: {
    readonly port?: number
    readonly login?: { readonly user: string; readonly password: string }
    /** Offers STARTTLS, with a certificate that nobody trusts. */
    readonly hasUntrustedTls?: boolean
  } = {},
): Promise<MailServer> {
  const mails: ReceivedMail[] = []
  const logins: { user: string; password: string }[] = []
  let refused: (Error & { responseCode?: number }) | undefined
  const server = new SMTPServer({
    logger: false,
    disabledCommands: [...(options.hasUntrustedTls ? [] : ['STARTTLS']), ...(options.login ? [] : ['AUTH'])],
    allowInsecureAuth: true,
    authOptional: options.login === undefined,
    onAuth(auth, _session, done) {
      const { username = '', password = '' } = auth as { username?: string; password?: string }
      logins.push({ user: username, password })
      const isRight = username === options.login?.user && password === options.login.password
      done(isRight ? null : new Error('Invalid user name or password'), { user: username })
    },
    onRcptTo: (_address, _session, done) => done(refused),
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        const from = mailFrom === false ? '' : (mailFrom?.address ?? '')
        const to = rcptTo.map(({ address }) => address)
        mails.push(readMail(Buffer.concat(chunks).toString(), { to, from }))
        done()
      })
    },
  } satisfies SMTPServerOptions)
  server.on('error', () => {
    // A client that breaks off in the middle of TLS is part of a test.
  })
  await new Promise<void>((resolve) => {
    server.listen(options.port ?? 0, '127.0.0.1', () => resolve())
  })

  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    logins,
    async take(to, fits = () => true) {
      const until = Date.now() + WAIT_MS_MAX
      for (;;) {
        const found = mails.findIndex((mail) => mail.to.includes(to) && fits(mail))
        const [mail] = found === -1 ? [] : mails.splice(found, 1)
        if (mail) return mail
        if (Date.now() > until) {
          const seen = mails.map((one) => `${one.to.join()}: ${one.subject}`).join('\n')
          throw new Error(`No such mail came to ${to}. There are:\n${seen}`)
        }
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
    refuseWith(code, message = 'refused by the test') {
      refused = code === undefined ? undefined : Object.assign(new Error(message), { responseCode: code })
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
