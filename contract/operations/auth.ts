// Signing in and out, registering, and the links that come by mail. The session itself is a cookie that the door sets; it is
// never part of an output.
import { z } from 'zod'
import type { LinkPurpose } from '../account-links.ts'
import { operation } from '../operation.ts'
import { registrationMode } from '../settings.ts'
import {
  email,
  knownPassword,
  linkSecret,
  locale,
  nothing,
  password,
  role,
  secondFactorCode,
  unixMs,
} from './fields.ts'
import { me } from './me.ts'

const linkPurpose = z.enum([
  'verify_email',
  'change_email',
  'reset_password',
  'invitation',
] as const satisfies readonly LinkPurpose[])

/** What the pages need before anybody has signed in. */
export const authStatus = operation({
  name: 'auth.status',
  audience: 'public',
  input: nothing,
  output: z.strictObject({
    isSetUpDone: z.boolean(),
    productName: z.string(),
    registration: registrationMode,
    /** Whether this gateway can send mail: without it there is no "forgot password", and an administrator hands out links. */
    isMailAvailable: z.boolean(),
    /** The language for a browser that names none we have. */
    locale,
  }),
})

const signedIn = z.strictObject({ user: me, expiresAt: unixMs })

/**
 * Refused with `second_factor_required` where the account has a second factor: `details.challenge` then goes to
 * `auth.verifySecondFactor` with a code, until `details.expiresAt`.
 */
export const authLogin = operation({
  name: 'auth.login',
  audience: 'public',
  input: z.strictObject({ email, password: knownPassword }),
  output: signedIn,
})

export const authVerifySecondFactor = operation({
  name: 'auth.verifySecondFactor',
  audience: 'public',
  input: z.strictObject({ challenge: linkSecret, code: secondFactorCode }),
  output: signedIn.extend({
    /** How many recovery codes are left, where one was used now; null where it was the app's code. */
    recoveryCodesLeft: z.int().nullable(),
  }),
})

export const authLogout = operation({
  name: 'auth.logout',
  audience: 'public',
  input: nothing,
  output: nothing,
})

/**
 * What happens depends on the registration mode. With mail, the answer is the same whether or not the address has an account.
 * `signed_in` comes with a session, `user` and `expiresAt`; `verification_sent` waits for the link in the mail;
 * `awaiting_approval` for an administrator.
 */
export const authRegister = operation({
  name: 'auth.register',
  audience: 'public',
  input: z.strictObject({
    email,
    password,
    /** The secret of an invitation's link. */
    invitation: linkSecret.optional(),
    locale: locale.optional(),
  }),
  output: z.discriminatedUnion('outcome', [
    signedIn.extend({ outcome: z.literal('signed_in') }),
    z.strictObject({ outcome: z.literal('verification_sent') }),
    z.strictObject({ outcome: z.literal('awaiting_approval') }),
  ]),
})

/** What a link is good for, looked at without using it, so that its page can greet and does not ask in vain. */
export const authCheckLink = operation({
  name: 'auth.checkLink',
  audience: 'public',
  input: z.strictObject({ token: linkSecret }),
  output: z.strictObject({
    purpose: linkPurpose,
    /** Whose account, or which address it is about; null for an invitation that names nobody. */
    email: z.string().nullable(),
    /** Of an invitation. */
    role: role.nullable(),
    expiresAt: unixMs,
  }),
})

/** Uses the link of a registration or of a change of address. */
export const authVerifyEmail = operation({
  name: 'auth.verifyEmail',
  audience: 'public',
  input: z.strictObject({ token: linkSecret }),
  output: z.strictObject({
    email: z.string(),
    /** `active`: one may sign in now. `awaiting_approval`: an administrator has to agree first. `changed`: of the address. */
    outcome: z.enum(['active', 'awaiting_approval', 'changed']),
  }),
})

/** The same answer, in the same time, whether or not there is such a registration. */
export const authResendVerification = operation({
  name: 'auth.resendVerification',
  audience: 'public',
  input: z.strictObject({ email }),
  output: nothing,
})

/** The same answer, in the same time, whether or not there is such an account. */
export const authForgotPassword = operation({
  name: 'auth.forgotPassword',
  audience: 'public',
  input: z.strictObject({ email }),
  output: nothing,
})

/** Sets the password and ends every session of the person; a second factor stays as it is. */
export const authResetPassword = operation({
  name: 'auth.resetPassword',
  audience: 'public',
  input: z.strictObject({ token: linkSecret, password }),
  output: z.strictObject({ email: z.string() }),
})
