// Every mail there is, by name. A new one is a name in contract/mail.ts, a template in a file beside this one, and a line here.
import type { MailTemplateName } from '../../../contract/mail.ts'
import type { Template } from '../letter.ts'
import { balanceLow, keyNewAddress, quotaReached } from './notices.ts'
import {
  alreadyRegistered,
  approvalRequested,
  approved,
  invitation,
  verification,
  welcome,
} from './registration.ts'
import {
  deletionRequested,
  emailChange,
  emailChanged,
  passwordChanged,
  passwordReset,
  secondFactorChanged,
  test,
} from './security.ts'

export const TEMPLATES = {
  verification,
  already_registered: alreadyRegistered,
  welcome,
  approved,
  approval_requested: approvalRequested,
  invitation,
  password_reset: passwordReset,
  password_changed: passwordChanged,
  email_change: emailChange,
  email_changed: emailChanged,
  second_factor_changed: secondFactorChanged,
  deletion_requested: deletionRequested,
  quota_reached: quotaReached,
  balance_low: balanceLow,
  key_new_address: keyNewAddress,
  test,
} as const satisfies Record<MailTemplateName, unknown>

/** What a template has to be told. */
export type MailData<Name extends MailTemplateName> =
  (typeof TEMPLATES)[Name] extends Template<infer Data> ? Data : never
