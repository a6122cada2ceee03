// Switching a person's own second factor on and off. Every change asks for the password again and is told by mail.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { SecondFactorChange } from '../../mail/templates/security.ts'
import { type AuditedChange, appendAudit } from '../audit-trail.ts'
import type { Caller, SignedInCaller } from '../caller.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handler, Handlers } from '../dispatch.ts'
import { confirmCode, confirmPassword } from '../reauthentication.ts'
import { takeAttempt } from '../throttles.ts'

type Noun = 'totp.begin' | 'totp.confirm' | 'totp.disable' | 'totp.renewRecoveryCodes'

export function totpHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  const { repositories, secondFactors, settings } = deps
  return {
    async 'totp.begin'({ password }, caller) {
      const user = await confirmPassword(deps, caller, password)
      if (!user.ok) return user
      const { id, email } = user.value
      const begun = secondFactors.begin(id, { issuer: settings.current().productName, label: email })
      return begun ? ok(begun) : fail(refusal('second_factor_on'))
    },
    'totp.confirm': confirm(deps),
    async 'totp.disable'({ password, code }, caller) {
      const confirmed = await confirmBoth(deps, caller, password, code)
      if (!confirmed.ok) return confirmed
      repositories.transaction(() => {
        secondFactors.remove(caller.user.id)
        noteFactorChange(deps, caller, { operation: 'totp.disable', userId: caller.user.id, change: 'off' })
      })
      return ok({})
    },
    async 'totp.renewRecoveryCodes'({ password, code }, caller) {
      const confirmed = await confirmBoth(deps, caller, password, code)
      if (!confirmed.ok) return confirmed
      const userId = caller.user.id
      const recoveryCodes = repositories.transaction(() => {
        noteFactorChange(deps, caller, {
          operation: 'totp.renewRecoveryCodes',
          userId,
          change: 'codes_renewed',
        })
        return secondFactors.renewRecoveryCodes(userId)
      })
      return ok({ recoveryCodes })
    },
  }
}

function confirm(deps: OperationDeps): Handler<'totp.confirm'> {
  const { repositories, secondFactors, throttles } = deps
  return ({ code }, caller) => {
    const userId = caller.user.id
    const attempt = takeAttempt([[throttles.codeByAccount, userId]])
    if (!attempt.ok) return attempt
    const confirmed = repositories.transaction(() => {
      const outcome = secondFactors.confirm(userId, code)
      if (outcome.outcome === 'on')
        noteFactorChange(deps, caller, { operation: 'totp.confirm', userId, change: 'on' })
      return outcome
    })
    if (confirmed.outcome === 'wrong') return fail(refusal('wrong_code', undefined, { param: 'code' }))
    attempt.value.giveBack()
    if (confirmed.outcome === 'on') return ok({ recoveryCodes: confirmed.recoveryCodes })
    return fail(
      refusal(confirmed.outcome === 'unreadable' ? 'second_factor_unreadable' : 'second_factor_off'),
    )
  }
}

async function confirmBoth(
  deps: OperationDeps,
  caller: SignedInCaller,
  password: string,
  code: string,
): Promise<Result<void, Refusal>> {
  const user = await confirmPassword(deps, caller, password)
  return user.ok ? confirmCode(deps, user.value.id, code) : user
}

/** Writes down and tells by mail that a second factor has changed. Part of the caller's transaction. */
export function noteFactorChange(
  deps: OperationDeps,
  caller: Caller,
  {
    operation,
    userId,
    change,
  }: {
    readonly operation: AuditedChange['operation']
    readonly userId: string
    readonly change: SecondFactorChange
  },
): void {
  deps.mail.enqueue('second_factor_changed', userId, {
    change,
    at: deps.clock.now(),
    address: caller.address,
  })
  appendAudit(deps, caller, {
    operation,
    targetType: 'user',
    targetId: userId,
    before: null,
    after: { secondFactor: change },
  })
}
