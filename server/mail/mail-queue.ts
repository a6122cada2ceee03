// The queue of mail: in the database, so that it survives a restart. Each mail is tried until the other side has taken it, it
// is of no more use, or its attempts are used up; a crash between taking and noting sends one twice, and loses none.
import type { MailsRepository, WaitingMail } from '../db/repositories/mails.ts'
import type { Clock, Logger, Mailer, MailFailure, MailMessage } from '../ports.ts'
import { SealedValueError, type Sealer } from '../settings/sealed-values.ts'
import type { MailContent } from './letter.ts'
import { mailFailure } from './mail-failure.ts'

const MINUTE_MS = 60_000
/** How long to wait after each failed attempt; after the last one nothing follows. */
const RETRY_AFTER_MS = [0.5, 2, 10, 30, 60, 180, 360].map((minutes) => minutes * MINUTE_MS)
const ATTEMPTS_MAX = RETRY_AFTER_MS.length + 1
/** No mail is put off for longer. */
const PUT_OFF_MS_MAX = Math.max(...RETRY_AFTER_MS)
/** How late a mail may be where the machine slept, or its clock was set. */
const LOOK_AGAIN_MS = 15_000
const FORGET_EVERY_MS = 24 * 60 * MINUTE_MS
/** How long a sent or failed mail is listed. */
const KEPT_FOR_MS = 30 * FORGET_EVERY_MS
/** How long stopping waits for a mail that is on its way. */
const STOP_WAIT_MS = 5_000

export interface MailQueueDeps {
  readonly repository: MailsRepository
  readonly sealer: Sealer
  readonly mailer: Mailer
  /** Who mail is from; undefined while none can be sent, and then the queue rests. */
  readonly sender: () => Pick<MailMessage, 'from' | 'replyTo'> | undefined
  readonly clock: Clock
  readonly logger: Logger
}

export const sealMail = (sealer: Sealer, id: string, content: MailContent): Buffer =>
  sealer.seal(`mail:${id}`, JSON.stringify(content))

export class MailQueue {
  readonly #deps: MailQueueDeps
  #timer: NodeJS.Timeout | undefined
  #run: Promise<void> | undefined
  #isStopped = false
  #forgotAt = Number.NEGATIVE_INFINITY

  constructor(deps: MailQueueDeps) {
    this.#deps = deps
  }

  /** Looks for mail that is due, at the end of this turn: whoever has just put some in may still be in a transaction. */
  wake(): void {
    if (this.#isStopped) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#start(), 0)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    if (!this.#run) return
    let waited: NodeJS.Timeout | undefined
    const longEnough = new Promise<void>((resolve) => {
      waited = setTimeout(resolve, STOP_WAIT_MS)
    })
    await Promise.race([this.#run, longEnough])
    clearTimeout(waited)
  }

  #start(): void {
    if (this.#run || this.#isStopped) return
    this.#run = this.#sendDue().then(
      () => this.#schedule(this.#untilNextMs()),
      (err: unknown) => {
        this.#deps.logger.error({ err }, 'the mail queue stumbled; it goes on later')
        // What was due is due still: a disk that takes nothing would be asked without a rest.
        this.#schedule(LOOK_AGAIN_MS)
      },
    )
  }

  #schedule(waitMs: number | undefined): void {
    this.#run = undefined
    if (this.#isStopped) return
    clearTimeout(this.#timer)
    if (waitMs === undefined) return
    this.#timer = setTimeout(() => this.#start(), Math.min(Math.max(waitMs, 0), LOOK_AGAIN_MS))
    this.#timer.unref()
  }

  #untilNextMs(): number | undefined {
    try {
      if (!this.#deps.sender()) return undefined
      const nextAt = this.#deps.repository.nextDueAt()
      return nextAt === undefined ? undefined : nextAt - this.#deps.clock.now()
    } catch (err) {
      this.#deps.logger.warn({ err }, 'the mail queue cannot be read')
      return LOOK_AGAIN_MS
    }
  }

  async #sendDue(): Promise<void> {
    const { repository, clock, sender } = this.#deps
    this.#forgetOld(clock.now())
    while (!this.#isStopped) {
      const from = sender()
      const now = clock.now()
      const mail = from && repository.nextDue(now, now + PUT_OFF_MS_MAX)
      if (!mail) return
      await this.#attempt(mail, from)
    }
  }

  async #attempt(mail: WaitingMail, from: Pick<MailMessage, 'from' | 'replyTo'>): Promise<void> {
    const { repository, clock, mailer } = this.#deps
    const now = clock.now()
    if (mail.expiresAt !== null && mail.expiresAt <= now) {
      const reason = mail.failureReason ?? 'it could not be sent while it was of use'
      repository.noteFailed(mail.id, { kind: 'expired', reason, nextAttemptAt: null })
      return
    }
    const nextAttemptAt = now + (RETRY_AFTER_MS[mail.attempts] ?? LOOK_AGAIN_MS)
    repository.noteAttempt(mail.id, nextAttemptAt)
    const content = this.#open(mail)
    const sent = content && (await mailer.send({ ...content, ...from, id: mail.id, to: mail.recipient }))
    if (sent?.ok) repository.noteSent(mail.id, clock.now())
    else this.#fail(mail, sent ? sent.error : UNREADABLE, nextAttemptAt)
  }

  #open(mail: WaitingMail): MailContent | undefined {
    try {
      // Sealed by `sealMail`, under this id.
      return JSON.parse(this.#deps.sealer.open(`mail:${mail.id}`, mail.sealedContent)) as MailContent
    } catch (error) {
      if (error instanceof SealedValueError) return undefined
      throw error
    }
  }

  #fail(mail: WaitingMail, failure: MailFailure, nextAttemptAt: number): void {
    const { kind, reason, isPermanent } = failure
    const isOver = isPermanent || mail.attempts + 1 >= ATTEMPTS_MAX
    this.#deps.repository.noteFailed(mail.id, { kind, reason, nextAttemptAt: isOver ? null : nextAttemptAt })
    const about = { mailId: mail.id, template: mail.template, attempt: mail.attempts + 1, kind, reason }
    if (isOver) this.#deps.logger.error(about, 'a mail cannot be sent')
    else this.#deps.logger.warn(about, 'a mail was not sent; it is tried again')
  }

  #forgetOld(now: number): void {
    if (now - this.#forgotAt < FORGET_EVERY_MS) return
    this.#forgotAt = now
    this.#deps.repository.deleteFinished(now - KEPT_FOR_MS)
  }
}

const UNREADABLE = mailFailure(
  'secret_unreadable',
  'what it says was sealed on another machine and cannot be read here',
  true,
)
