// Every throttle against guessing, with its size. They live in memory: a restart fills them, and nobody outside can cause one.
import { isIPv6 } from 'node:net'
import { type Refusal, refusal } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { Clock } from '../ports.ts'
import { type AttemptThrottle, createAttemptThrottle } from './attempt-throttle.ts'

const MINUTE_MS = 60_000

const SIZES = {
  /** Passwords at sign-in. An address may be a whole office behind one router. */
  signInByAddress: { attemptsMax: 30, refillMs: 10_000 },
  /** One person at one place; a stranger's wrong guesses elsewhere do not count here. */
  signInByPlace: { attemptsMax: 10, refillMs: 30_000 },
  /** Guesses at one account from many places. Looser, because whoever fills it keeps others out of that account. */
  signInByAccount: { attemptsMax: 60, refillMs: 10_000 },
  /** Codes of a second factor, by account: whoever gets here knows the password, and a code has but six digits. */
  codeByAccount: { attemptsMax: 10, refillMs: 5 * MINUTE_MS },
  codeByAddress: { attemptsMax: 30, refillMs: 10_000 },
  /** The password asked for again by a session, which may be a stolen one. */
  passwordByAccount: { attemptsMax: 10, refillMs: 30_000 },
  /** Each costs a hash, and without mail an account. */
  registrationByAddress: { attemptsMax: 30, refillMs: 30_000 },
  /** Mail that a stranger can cause, by the address that it goes to. */
  mailByRecipient: { attemptsMax: 3, refillMs: 20 * MINUTE_MS },
  mailByAddress: { attemptsMax: 30, refillMs: MINUTE_MS },
  /** Redemption codes that are none: enough for somebody who types one wrong a few times. */
  redemptionByAccount: { attemptsMax: 10, refillMs: MINUTE_MS },
  redemptionByAddress: { attemptsMax: 30, refillMs: 20_000 },
  /** Secrets of links that are none. */
  linkByAddress: { attemptsMax: 30, refillMs: 30_000 },
} as const

export type Throttles = Readonly<Record<keyof typeof SIZES, AttemptThrottle>>

export function createThrottles(clock: Pick<Clock, 'monotonicMs'>): Throttles {
  const of = (name: keyof typeof SIZES) => createAttemptThrottle(clock, SIZES[name])
  return {
    signInByAddress: of('signInByAddress'),
    signInByPlace: of('signInByPlace'),
    signInByAccount: of('signInByAccount'),
    codeByAccount: of('codeByAccount'),
    codeByAddress: of('codeByAddress'),
    passwordByAccount: of('passwordByAccount'),
    registrationByAddress: of('registrationByAddress'),
    mailByRecipient: of('mailByRecipient'),
    mailByAddress: of('mailByAddress'),
    redemptionByAccount: of('redemptionByAccount'),
    redemptionByAddress: of('redemptionByAddress'),
    linkByAddress: of('linkByAddress'),
  }
}

/** An attempt that turned out to be no guess is given back. */
export interface TakenAttempt {
  giveBack(): void
}

/**
 * Takes one attempt from each throttle in turn; the first that is empty says how long to wait. What the ones before it gave
 * stays taken: knocking at a locked door is knocking.
 */
export function takeAttempt(
  from: readonly (readonly [AttemptThrottle, string])[],
): Result<TakenAttempt, Refusal> {
  const taken: TakenAttempt[] = []
  const giveBack = () => {
    for (const attempt of taken) attempt.giveBack()
  }
  for (const [throttle, name] of from) {
    const attempt = throttle.take(name)
    if ('retryAfterMs' in attempt) return fail(tooManyAttempts(attempt.retryAfterMs))
    taken.push(attempt)
  }
  return ok({ giveBack })
}

export const tooManyAttempts = (retryAfterMs: number): Refusal =>
  refusal('too_many_attempts', { retryAfterSeconds: Math.ceil(retryAfterMs / 1000) }, { retryAfterMs })

/** Where too many passwords wait to be hashed. */
export const tooBusy = (): Refusal => tooManyAttempts(1000)

/**
 * An address as a throttle counts it. Of IPv6 the first half: the other half is the caller's own to choose, so that one
 * machine would be as many strangers as it likes.
 */
export function placeOf(address: string): string {
  const plain = address.split('%')[0] ?? address
  if (!isIPv6(plain)) return plain
  const [head = '', tail] = plain.toLowerCase().split('::')
  const first = head === '' ? [] : head.split(':')
  const last = tail === undefined || tail === '' ? [] : tail.split(':')
  // An IPv4 address at the end stands for two groups; it never reaches into the first four.
  const missing = tail === undefined ? 0 : 8 - first.length - last.length - (plain.includes('.') ? 1 : 0)
  const groups = [...first, ...Array.from({ length: missing }, () => '0'), ...last]
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}
