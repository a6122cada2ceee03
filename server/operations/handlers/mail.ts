// Mail, set up and watched by administrators. Secrets go in and are never shown.
import type { OutputOf } from '../../../contract/catalogue.ts'
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { inputRefusal } from '../../../contract/input-problems.ts'
import { fail, ok } from '../../../contract/result.ts'
import type { MailConfigPatch, MailSecret, MailSecretsPatch } from '../../mail/mail-config.ts'
import { appendAudit, auditAfterwards } from '../audit-trail.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'

type Noun = 'mail.get' | 'mail.update' | 'mail.list' | 'mail.retry' | 'settings.testMail'

export function mailHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  const { repositories, mail, mailConfig, clock, defaultLocale } = deps
  return {
    'mail.get': () => ok(toView(deps)),
    async 'mail.update'({ smtpPassword, resendApiKey, ...patch }, caller) {
      const secrets = { smtpPassword, resendApiKey }
      const sealed = await mailConfig.seal(secrets)
      // From here on in one turn: another change in between could bring the host that a stored secret is not for.
      const refused = refuseOtherService(deps, patch, secrets)
      if (refused) return fail(refused)
      const before = toView(deps)
      const stored = repositories.transaction(() => {
        const next = mailConfig.store(patch, sealed, caller.user.id)
        appendAudit(deps, caller, {
          operation: 'mail.update',
          targetType: 'mail',
          targetId: null,
          ...differences(before, { ...toView(deps), ...next }, secrets),
        })
        return next
      })
      mailConfig.takeOver(stored)
      return ok(toView(deps))
    },
    'mail.list'(filter) {
      const page = repositories.mails.list(filter)
      return ok({
        ...page,
        // When a mail is of no more use is the queue's own affair.
        rows: page.rows.map(({ expiresAt: _, ...row }) => row),
      })
    },
    'mail.retry'({ mailId }, caller) {
      const retried = repositories.transaction(() => {
        const row = repositories.mails.retry(mailId, clock.now())
        if (row) {
          appendAudit(deps, caller, {
            operation: 'mail.retry',
            targetType: 'mail',
            targetId: mailId,
            before: null,
            after: { template: row.template },
          })
        }
        return row
      })
      if (!retried) return fail(refusal('mail_not_found'))
      mail.wake()
      return ok({})
    },
    async 'settings.testMail'({ to }, caller) {
      const locale = repositories.users.findById(caller.user.id)?.locale ?? defaultLocale
      const data = { at: clock.now(), address: caller.address }
      const sent = await mail.sendNow('test', { email: to, locale }, data)
      auditAfterwards(deps, caller, {
        operation: 'settings.testMail',
        targetType: 'mail',
        targetId: null,
        before: null,
        after: { outcome: sent.ok ? 'sent' : sent.error.kind },
      })
      if (sent.ok) return ok({})
      return fail(refusal('mail_failed', { kind: sent.error.kind, reason: sent.error.reason }))
    },
  }
}

/** A stored secret is for the service that it was entered for: an address in a form must not make it travel. */
function refuseOtherService(
  { mailConfig }: OperationDeps,
  { smtpHost, resendBaseUrl }: MailConfigPatch,
  { smtpPassword, resendApiKey }: MailSecretsPatch,
): Refusal | undefined {
  const before = mailConfig.current()
  const draws = (name: MailSecret, entered: string | null | undefined, isElsewhere: boolean): boolean =>
    isElsewhere && entered === undefined && mailConfig.isSecretSet(name)
  // Without a host it goes nowhere; and from nowhere, nobody can tell any more whose it is.
  const isOtherHost = Boolean(smtpHost) && smtpHost?.toLowerCase() !== before.smtpHost.toLowerCase()
  if (draws('smtpPassword', smtpPassword, isOtherHost))
    return inputRefusal('password_of_other_host', 'smtpPassword')
  const isOtherApi =
    resendBaseUrl !== undefined && new URL(resendBaseUrl).origin !== new URL(before.resendBaseUrl).origin
  if (draws('resendApiKey', resendApiKey, isOtherApi))
    return inputRefusal('key_of_other_host', 'resendApiKey')
  return undefined
}

function toView({ mail, mailConfig, repositories }: OperationDeps): OutputOf<'mail.get'> {
  return {
    ...mailConfig.current(),
    isSmtpPasswordSet: mailConfig.isSecretSet('smtpPassword'),
    isResendApiKeySet: mailConfig.isSecretSet('resendApiKey'),
    isAvailable: mail.isAvailable(),
    ...repositories.mails.counts(),
  }
}

/** What a view says beside the settings themselves. */
const DERIVED = ['waiting', 'failed', 'isAvailable']

/** What an audit row says of a change: the members that differ, and that a secret was set or forgotten. */
function differences(
  before: OutputOf<'mail.get'>,
  after: OutputOf<'mail.get'>,
  secrets: Readonly<Record<string, string | null | undefined>>,
) {
  const changed = Object.entries(after).filter(
    ([name, value]) => !DERIVED.includes(name) && before[name as keyof typeof before] !== value,
  )
  const touched = Object.entries(secrets).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value === null ? 'forgotten' : 'set'] as const],
  )
  return {
    before: Object.fromEntries(changed.map(([name]) => [name, before[name as keyof typeof before]])),
    after: { ...Object.fromEntries(changed), ...Object.fromEntries(touched) },
  }
}
