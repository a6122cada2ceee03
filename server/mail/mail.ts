// Mail, as the rest of the server sees it: name a template, a person and what it has to be told, inside the transaction of
// the change that it is about. It goes out later, or never where no mail is set up.
import type { MailTemplateName } from '../../contract/mail.ts'
import type { Locale } from '../../contract/operations/fields.ts'
import { fail, type Result } from '../../contract/result.ts'
import type { MailsRepository } from '../db/repositories/mails.ts'
import type { UsersRepository } from '../db/repositories/users.ts'
import type { Clock, Ids, Logger, Mailer, MailFailure, MailMessage } from '../ports.ts'
import type { LiveSettings } from '../settings/live-settings.ts'
import type { SealedValues } from '../settings/sealed-values.ts'
import { drawLetter, type Letter, type LetterContext, type MailContent } from './letter.ts'
import { createLiveMailer } from './live-mailer.ts'
import type { MailConfigStore } from './mail-config.ts'
import { mailFailure } from './mail-failure.ts'
import { MailQueue, sealMail } from './mail-queue.ts'
import { type MailData, TEMPLATES } from './templates/templates.ts'

/**
 * A person by id, at their address and in their language; or any address, with a language, and with the id of the person it
 * belongs to where it does: what was for a person is forgotten with them.
 */
export type MailRecipient =
  | string
  | { readonly email: string; readonly locale: Locale | null; readonly userId?: string }

export interface Mail {
  /** Whether mail is set up. Where it is not, nothing is queued, and screens offer links to hand over instead. */
  isAvailable(): boolean
  /**
   * Queues a mail; part of the transaction that it is called in. `expiresAt` is when the mail is of no more use, such as that
   * of the link in it. False where no mail is set up, the person is gone, or too many wait.
   */
  enqueue<Name extends MailTemplateName>(
    template: Name,
    to: MailRecipient,
    data: MailData<Name>,
    more?: { readonly expiresAt?: number },
  ): boolean
  /** The same to every active administrator, in the language of each. */
  enqueueToAdministrators<Name extends MailTemplateName>(template: Name, data: MailData<Name>): void
  /** Sends one at once, past the queue. */
  sendNow<Name extends MailTemplateName>(
    template: Name,
    to: { readonly email: string; readonly locale: Locale | null },
    data: MailData<Name>,
  ): Promise<Result<void, MailFailure>>
  /** Has the queue look at once, after somebody made a mail due. */
  wake(): void
  stop(): Promise<void>
}

interface MailDeps {
  readonly config: MailConfigStore
  readonly settings: LiveSettings
  readonly mails: MailsRepository
  readonly users: UsersRepository
  readonly sealedValues: SealedValues
  readonly defaultLocale: Locale
  readonly timeZone: () => string
  readonly clock: Clock
  readonly ids: Ids
  readonly logger: Logger
}

/** Beyond this something is wrong, and more mail makes it no better. */
const WAITING_MAX = 10_000

export async function createMail(deps: MailDeps): Promise<Mail> {
  const { config, mails, users, clock, ids, logger } = deps
  const sealer = await deps.sealedValues.sealer()
  const mailer: Mailer = createLiveMailer(config)
  const isAvailable = () => config.missing() === undefined
  const sender = () => (isAvailable() ? senderOf(deps) : undefined)
  const queue = new MailQueue({ repository: mails, sealer, mailer, sender, clock, logger })
  const draw = <Name extends MailTemplateName>(name: Name, locale: Locale | null, data: MailData<Name>) =>
    drawMail(deps, name, locale ?? deps.defaultLocale, data)

  const enqueue: Mail['enqueue'] = (template, to, data, { expiresAt } = {}) => {
    if (!isAvailable()) return false
    const recipient = typeof to === 'string' ? personOf(users, to) : to
    if (!recipient) return false
    if (mails.counts().waiting >= WAITING_MAX) {
      logger.error({ template }, 'too many mails wait; one was not queued')
      return false
    }
    const id = ids.next()
    mails.create({
      id,
      createdAt: clock.now(),
      userId: recipient.userId ?? null,
      recipient: recipient.email,
      template,
      expiresAt: expiresAt ?? null,
      sealedContent: sealMail(sealer, id, draw(template, recipient.locale, data)),
    })
    queue.wake()
    return true
  }

  const stopListening = config.onChange(() => queue.wake())
  queue.wake()
  return {
    isAvailable,
    enqueue,
    enqueueToAdministrators(template, data) {
      for (const administrator of users.activeAdministrators()) enqueue(template, administrator.id, data)
    },
    async sendNow(template, to, data) {
      const from = sender()
      if (!from) return fail(mailFailure('not_configured', config.missing() ?? 'mail is switched off'))
      return await mailer.send({ ...draw(template, to.locale, data), ...from, id: ids.next(), to: to.email })
    },
    wake: () => queue.wake(),
    async stop() {
      stopListening()
      await queue.stop()
    },
  }
}

function personOf(users: UsersRepository, userId: string): Exclude<MailRecipient, string> | undefined {
  const user = users.findById(userId)
  return user && user.status !== 'deleted' ? { email: user.email, locale: user.locale, userId } : undefined
}

function senderOf({ config, settings }: MailDeps): Pick<MailMessage, 'from' | 'replyTo'> {
  const { fromAddress, fromName, replyTo } = config.current()
  return {
    from: { address: fromAddress, name: fromName || settings.current().productName },
    replyTo: replyTo || undefined,
  }
}

function drawMail<Name extends MailTemplateName>(
  { settings, timeZone }: Pick<MailDeps, 'settings' | 'timeZone'>,
  name: Name,
  locale: Locale,
  data: MailData<Name>,
): MailContent {
  const { productName } = settings.current()
  const format = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, {
    dateStyle: 'long',
    timeStyle: 'long',
    timeZone: timeZone(),
  })
  const context: LetterContext = { productName, formatTime: (at) => format.format(at) }
  // The template of this name takes this name's data; the table of all of them cannot carry that tie for the compiler.
  const template = TEMPLATES[name][locale] as unknown as (
    context: LetterContext,
    data: MailData<Name>,
  ) => Letter
  return drawLetter(template(context, data), locale, productName)
}
