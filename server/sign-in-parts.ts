// The parts that let people in: sessions, passwords, second factors, links, and the mail that carries them.
import type { Closers } from './closers.ts'
import type { StartConfig } from './config.ts'
import type { Repositories } from './db/repositories/repositories.ts'
import { createMail } from './mail/mail.ts'
import { createMailConfig } from './mail/mail-config.ts'
import type { OperationDeps } from './operations/deps.ts'
import { createLater } from './operations/later.ts'
import { createPasswords } from './operations/passwords.ts'
import { createSecondFactors } from './operations/second-factors.ts'
import { createSessions } from './operations/sessions.ts'
import { createSetupGate } from './operations/setup-gate.ts'
import { createThrottles } from './operations/throttles.ts'
import type { Ports } from './ports.ts'
import type { LiveSettings } from './settings/live-settings.ts'
import type { SealedValues } from './settings/sealed-values.ts'

type SignInParts = Pick<
  OperationDeps,
  | 'sessions'
  | 'passwords'
  | 'setup'
  | 'secondFactors'
  | 'mail'
  | 'mailConfig'
  | 'later'
  | 'throttles'
  | 'defaultLocale'
>

/** What has to end again is pushed to `closers`, in the order of its making. */
export async function createSignInParts({
  config,
  ports: { clock, ids, logger },
  repositories,
  settings,
  sealedValues,
  timeZone,
  closers,
}: {
  readonly config: Pick<StartConfig, 'locale'>
  readonly ports: Ports
  readonly repositories: Repositories
  readonly settings: LiveSettings
  readonly sealedValues: SealedValues
  readonly timeZone: () => string
  readonly closers: Closers
}): Promise<SignInParts> {
  const { sessions: sessionsRepository, users, meta, mails } = repositories
  const sessions = await createSessions({
    sessions: sessionsRepository,
    users,
    sealedValues,
    clock,
    ids,
    logger,
  })
  const secondFactors = createSecondFactors({
    repository: repositories.secondFactors,
    sealer: await sealedValues.sealer(),
    clock,
    ids,
  })
  const mailConfig = createMailConfig({ repository: repositories.settings, sealedValues, clock, logger })
  const defaultLocale = config.locale
  const shared = { settings, mails, users, sealedValues, defaultLocale, timeZone, clock, ids, logger }
  const mail = await createMail({ ...shared, config: mailConfig })
  closers.push(() => mail.stop())
  const later = createLater(logger)
  closers.push(() => later.stop())
  return {
    sessions,
    secondFactors,
    mailConfig,
    mail,
    later,
    defaultLocale,
    passwords: createPasswords(ids.randomBytes),
    setup: createSetupGate(meta, ids),
    throttles: createThrottles(clock),
  }
}
