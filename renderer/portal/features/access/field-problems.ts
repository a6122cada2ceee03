// What can be said about an email and a new password before the gateway is asked.
import type { useWords } from './words.ts'

type T = ReturnType<typeof useWords>

/** As `contract/operations/fields.ts` demands it. */
const PASSWORD_CHARS_MIN = 10

export const emailProblem = (email: string, t: T): string | undefined =>
  /^\S+@\S+$/.test(email.trim()) ? undefined : t('emailMissing')

export const passwordProblem = (password: string, t: T): string | undefined =>
  password.length < PASSWORD_CHARS_MIN ? t('passwordShort') : undefined
