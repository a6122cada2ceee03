// A portal with a mail server beside it and a clock that a test moves: what the journeys of accounts are tried on.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSystemClock } from '../../../server/host/system-clock.ts'
import { type MailServer, startMailServer } from '../../support/mail-server.ts'
import { type Envelope, type Portal, type PortalOptions, startPortal } from './portal.ts'

export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS
export const PASSWORD = 'a long enough password'

export interface MailingPortal {
  readonly portal: Portal
  readonly mailServer: MailServer
  readonly dataDir: string
  /** The gateway's clock, as it is now. */
  now(): number
  moveClock(ms: number): void
  /** As nobody. */
  call(name: string, input?: unknown, more?: Parameters<Portal['call']>[2]): Promise<Envelope>
  /** As the administrator. */
  admin(name: string, input?: unknown): Promise<Envelope>
  /** As whoever has this cookie. */
  as(cookie: string, name: string, input?: unknown): Promise<Envelope>
  /** Stops the gateway and starts it again on the same folder. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export async function startMailingPortal(
  options: { readonly settings?: Record<string, unknown>; readonly hasMail?: boolean } & PortalOptions = {},
): Promise<MailingPortal> {
  const { settings = {}, hasMail = true, ...portalOptions } = options
  const dataDir = mkdtempSync(join(tmpdir(), 'codex-gateway-accounts-'))
  const system = createSystemClock()
  let movedMs = 0
  const clock = { now: () => system.now() + movedMs, monotonicMs: () => system.monotonicMs() + movedMs }
  const start = () => startPortal({ ...portalOptions, dataDir, ports: { clock, ...portalOptions.ports } })

  const mailServer = await startMailServer()
  let portal = await start()
  const adminCookie = await portal.setUp()
  const admin = (name: string, input?: unknown) => portal.call(name, input, { cookie: adminCookie })
  if (Object.keys(settings).length > 0) await admin('settings.update', settings)
  if (hasMail) await admin('mail.update', smtpSettings(mailServer.port))

  return {
    get portal() {
      return portal
    },
    mailServer,
    dataDir,
    now: clock.now,
    moveClock(ms) {
      movedMs += ms
    },
    call: (name, input, more) => portal.call(name, input, more),
    admin,
    as: (cookie, name, input) => portal.call(name, input, { cookie }),
    async restart() {
      await portal.stop()
      portal = await start()
    },
    async stop() {
      await portal.stop()
      await mailServer.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

export const smtpSettings = (port: number) => ({
  kind: 'smtp',
  fromAddress: 'gateway@example.test',
  smtpHost: '127.0.0.1',
  smtpPort: port,
  smtpSecurity: 'none',
})

/** The secret of a link, as a page reads it from its address. */
export const tokenIn = (link: string): string =>
  new URLSearchParams(new URL(link).hash.slice(1)).get('token') ?? ''

export const cookieIn = ({ headers }: Envelope): string => headers['set-cookie']?.[0]?.split(';')[0] ?? ''
