// The second factor: codes of an authenticator app (TOTP, RFC 6238) and the recovery codes that stand in for it. Every code
// is taken once. Who may ask, and how often, is for others to decide.
import { createHash } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import type { SecondFactorsRepository } from '../db/repositories/second-factors.ts'
import type { Clock, Ids } from '../ports.ts'
import { SealedValueError, type Sealer } from '../settings/sealed-values.ts'

/** What every authenticator app knows; some ignore what a code says otherwise. */
const TOTP_SHAPE = { algorithm: 'SHA1', digits: 6, period: 30 } as const
const PERIOD_MS = TOTP_SHAPE.period * 1000
/** One step before and after: clocks differ, and people type slowly. */
const WINDOW_STEPS = 1
/** 160 bits, as RFC 4226 recommends. */
const SECRET_BYTES = 20

const RECOVERY_CODES = 10
/** 80 bits, in Crockford's base32: no letter in it is taken for a digit. */
const RECOVERY_LENGTH = 16
const BASE32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

export type CodeCheck = 'app' | 'recovery' | 'wrong' | 'unreadable'

export type Confirmation =
  | { readonly outcome: 'on'; readonly recoveryCodes: string[] }
  | { readonly outcome: 'not_begun' | 'wrong' | 'unreadable' }

export interface SecondFactors {
  isOn(userId: string): boolean
  recoveryCodesLeft(userId: string): number
  /** A new secret that counts once it is confirmed; undefined where a confirmed one is there. */
  begin(
    userId: string,
    shown: { readonly issuer: string; readonly label: string },
  ): { readonly otpauthUri: string; readonly secret: string } | undefined
  /** Switches it on with a first code of the app. */
  confirm(userId: string, code: string): Confirmation
  /** Takes a code of either kind. `unreadable` where the app's secret cannot be opened on this machine. */
  check(userId: string, code: string): CodeCheck
  renewRecoveryCodes(userId: string): string[]
  /** False where there was none. */
  remove(userId: string): boolean
}

export function createSecondFactors({
  repository,
  sealer,
  clock,
  ids,
}: {
  readonly repository: SecondFactorsRepository
  readonly sealer: Sealer
  readonly clock: Clock
  readonly ids: Ids
}): SecondFactors {
  /** Whether the app's code is right and was not taken before. */
  function takeAppCode(userId: string, code: string): Exclude<CodeCheck, 'recovery'> {
    const factor = repository.find(userId)
    if (!factor) return 'wrong'
    const secret = openSecret(sealer, userId, factor.sealedSecret)
    if (!secret) return 'unreadable'
    const now = clock.now()
    const delta = totpOf(secret).validate({ token: code, timestamp: now, window: WINDOW_STEPS })
    if (delta === null) return 'wrong'
    return repository.takeStep(userId, Math.floor(now / PERIOD_MS) + delta) ? 'app' : 'wrong'
  }

  function renewRecoveryCodes(userId: string): string[] {
    const codes = Array.from({ length: RECOVERY_CODES }, () => newRecoveryCode(ids.randomBytes))
    repository.setRecoveryCodes(
      userId,
      codes.map((code) => hashOf(plain(code))),
    )
    return codes
  }

  return {
    isOn: (userId) => repository.isOn(userId),
    recoveryCodesLeft: (userId) => repository.recoveryCodesLeft(userId),
    begin(userId, { issuer, label }) {
      const secret = new Secret({ buffer: new Uint8Array(ids.randomBytes(SECRET_BYTES)).buffer })
      const sealed = sealer.seal(sealedAs(userId), secret.base32)
      if (!repository.begin(userId, sealed, clock.now())) return undefined
      return { otpauthUri: totpOf(secret, issuer, label).toString(), secret: secret.base32 }
    },
    confirm(userId, code) {
      const factor = repository.find(userId)
      if (!factor || factor.confirmedAt !== null) return { outcome: 'not_begun' }
      const checked = takeAppCode(userId, digitsOf(code))
      if (checked !== 'app') return { outcome: checked }
      repository.confirm(userId, clock.now())
      return { outcome: 'on', recoveryCodes: renewRecoveryCodes(userId) }
    },
    check(userId, code) {
      const digits = digitsOf(code)
      if (/^\d{6}$/.test(digits)) return takeAppCode(userId, digits)
      const isTaken = repository.takeRecoveryCode(userId, hashOf(plain(code)), clock.now())
      return isTaken ? 'recovery' : 'wrong'
    },
    renewRecoveryCodes,
    remove: (userId) => repository.delete(userId),
  }
}

const sealedAs = (userId: string): string => `totp:${userId}`

function openSecret(sealer: Sealer, userId: string, sealed: Buffer): Secret | undefined {
  try {
    return Secret.fromBase32(sealer.open(sealedAs(userId), sealed))
  } catch (error) {
    if (error instanceof SealedValueError) return undefined
    throw error
  }
}

const totpOf = (secret: Secret, issuer = '', label = ''): TOTP =>
  new TOTP({ ...TOTP_SHAPE, issuer, label, secret })

/** Apps show six digits as two groups; where Chinese or Japanese is typed, digits may come in full width. */
const digitsOf = (code: string): string => code.normalize('NFKC').replace(/[\s-]/g, '')

function newRecoveryCode(randomBytes: (count: number) => Buffer): string {
  // 32 letters divide 256 evenly, so that each comes up as often as the others.
  const letters = [...randomBytes(RECOVERY_LENGTH)]
    .map((byte) => BASE32.charAt(byte % BASE32.length))
    .join('')
  return letters.replace(/(.{4})(?=.)/g, '$1-')
}

/** As it was made, however it was typed. */
const plain = (code: string): string =>
  code
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')

/** 80 random bits need no slow hash. */
const hashOf = (code: string): Buffer => createHash('sha256').update(code).digest()
