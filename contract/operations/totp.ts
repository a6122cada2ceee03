// The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for the day the app is gone.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { knownPassword, nothing, secondFactorCode } from './fields.ts'

/** Starts anew each time; nothing is asked for at sign-in before `totp.confirm`. */
export const totpBegin = operation({
  name: 'totp.begin',
  audience: 'user',
  input: z.strictObject({ password: knownPassword }),
  output: z.strictObject({
    /** For a QR code. */
    otpauthUri: z.string(),
    /** In base32, for typing in. */
    secret: z.string(),
  }),
})

const newRecoveryCodes = z.strictObject({
  /** Shown this once: only their hashes are kept. */
  recoveryCodes: z.array(z.string()),
})

export const totpConfirm = operation({
  name: 'totp.confirm',
  audience: 'user',
  input: z.strictObject({ code: secondFactorCode }),
  output: newRecoveryCodes,
})

export const totpDisable = operation({
  name: 'totp.disable',
  audience: 'user',
  input: z.strictObject({ password: knownPassword, code: secondFactorCode }),
  output: nothing,
})

/** The old ones are worth nothing from then on. */
export const totpRenewRecoveryCodes = operation({
  name: 'totp.renewRecoveryCodes',
  audience: 'user',
  input: z.strictObject({ password: knownPassword, code: secondFactorCode }),
  output: newRecoveryCodes,
})
