// The mailer that is chosen at the moment: looked up for each mail, so that a change in the settings needs no restart.
import { fail } from '../../contract/result.ts'
import type { Mailer } from '../ports.ts'
import { SealedValueError } from '../settings/sealed-values.ts'
import type { MailConfigStore } from './mail-config.ts'
import { mailFailure } from './mail-failure.ts'
import { createResendMailer } from './resend-mailer.ts'
import { createSmtpMailer } from './smtp-mailer.ts'

export function createLiveMailer(config: MailConfigStore): Mailer {
  async function chosen(): Promise<Mailer> {
    const current = config.current()
    if (current.kind === 'resend') {
      const apiKey = (await config.secret('resendApiKey')) ?? ''
      return createResendMailer({ baseUrl: current.resendBaseUrl, apiKey })
    }
    const password = current.smtpUser === '' ? undefined : await config.secret('smtpPassword')
    return createSmtpMailer({ ...current, password })
  }

  return {
    async send(message) {
      const missing = config.missing()
      if (missing !== undefined) return fail(mailFailure('not_configured', missing))
      try {
        return await (await chosen()).send(message)
      } catch (error) {
        if (!(error instanceof SealedValueError)) throw error
        return fail(mailFailure('secret_unreadable', error.message))
      }
    },
  }
}
