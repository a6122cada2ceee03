// What can be wrong with one member of an operation's input, by code. The refusal `invalid_input` carries the code as
// `reason`, with the values that fill its text, so that screens say it at the field and in the reader's language.
import { type Refusal, refusal } from './errors.ts'

/** English texts, without the member's name; `{name}` is filled from the values. */
export const INPUT_PROBLEMS = {
  // What a schema finds by itself
  missing: 'is missing',
  wrong_type: 'is not of the kind that is expected here',
  too_small: 'has to be at least {min}',
  too_big: 'has to be at most {max}',
  too_short: 'has to have {min} or more characters',
  too_long: 'has to have at most {max} characters',
  too_few: 'has to have {min} or more entries',
  too_many: 'has to have at most {max} entries',
  not_one_of: 'has to be one of: {options}',
  unknown_member: 'is not known here: {names}',
  does_not_fit: 'does not fit',

  // Texts and addresses
  control_characters: 'must not contain control characters',
  quotes_or_brackets: 'must not contain quotes, angle brackets or control characters',
  not_plain_ascii: 'has to be printable ASCII without spaces',
  not_an_email: 'has to be an email address, such as name@example.com',
  not_a_host: 'has to be a host name or an IP address, such as smtp.example.com',
  not_a_host_name: 'has to be a host name without scheme and port, such as gateway.example.com',
  not_a_local_name: 'has to be letters, digits and hyphens, at most 60, such as codex-gateway',
  not_an_origin:
    'has to be an origin, such as https://chat.example.com or http://localhost:3000, without a path',
  usual_port: 'has to leave out the usual port, as browsers do',
  not_a_base_url: 'has to be an http(s) address, such as https://api.openai.com/v1',
  not_a_public_address: 'has to be an http(s) address without query, such as https://gateway.example.com',
  url_carries_more: 'must not carry a user name, a password, a query or a fragment',
  not_a_time_zone: 'has to be an IANA time zone, such as Europe/Berlin',
  not_a_month: 'has to be a month, such as 2026-11',
  not_a_cursor: 'has to be the nextCursor of an earlier answer, unchanged',
  not_a_backup_id: 'has to be the id of a backup',
  says_no_reason: 'has to say why',

  // Money, limits, plans, codes
  zero: 'must not be zero',
  negative_only_corrects: 'a negative amount can only be a correction',
  balance_too_large: 'the balance would pass the largest amount that can be kept',
  limit_too_small: 'has to be at least 1; to let nothing pass, suspend the person or disable the key',
  window_does_not_fit:
    'has to be null for concurrent requests, and minute, hour or day for requests and tokens',
  key_only_narrows: 'a key only narrows, so its limit has to be a number',
  limit_named_twice: 'names the same metric and window twice',
  not_a_role: 'has to be one of: admin, user',
  names_no_key: 'has to name a key',
  quota_named_twice: 'names the same window and metric twice',
  names_no_model: 'has to name at least one model, or be null for all of them',
  key_names_no_model: 'has to name at least one model; to let nothing pass, disable the key',
  model_named_twice: 'names a model twice',
  store_named_twice: 'names a vector store twice',
  prompt_named_twice: 'names a stored prompt twice',
  tier_named_twice: 'names a tier twice',
  bad_prefix: 'has to be at most 12 letters and digits',
  amount_for_balance_codes: 'has to be given for codes of the kind balance, and for no others',
  plan_for_plan_codes: 'has to be given for codes of the kind plan, and for no others',
  batch_or_code: 'has to name either a batch or a code',
  nothing_to_change: 'has nothing to change',
  no_overlap_after_leak: 'has to be 0 or left out after a leak',
  rate_without_threshold: '{given} is never used without {missing}; give both, or leave both out',
  threshold_without_rate: 'is given without a long rate; give {missing} too, or leave it out',
  half_a_tier: '{given} is never used without {missing}; give both, or leave the tier "{tier}" out',

  // What only a handler can know
  in_the_past: 'has to lie in the future',
  not_begun: 'has not begun yet',
  before_from: 'has to be later than from',
  bucket_too_short: 'is too short for this span; there are at most {max} of them',
  same_address: 'is the address already',
  only_approve_or_reject: 'somebody who is not active yet can be approved or rejected',
  upstream_key_missing: 'is missing; send the key, or choose the kind "demo"',
  key_of_other_host: 'send the key of the new host; the stored one is for another',
  password_of_other_host: 'send the password for the new host; the stored one is for another',
  name_taken: 'is that of another upstream',
  primary_stays: 'the primary upstream cannot be removed; change it with upstreams.update',
  not_of_primary: 'of the primary upstream, this is changed with upstreams.update',
  too_many_upstreams: 'there are {max} upstreams, which is the most',
  too_many_plans: 'there are {max} plans already, archived ones among them, which is the most',
  too_many_keys: 'there are {max} keys already, which is the most; delete one first',
} as const satisfies Record<string, string>

export type InputProblem = keyof typeof INPUT_PROBLEMS
type Values = Readonly<Record<string, string | number>>

/** A refusal of one member, or of the whole input where `param` is empty. `said` is English that is better than the text. */
export function inputRefusal(reason: InputProblem, param = '', values: Values = {}, said?: string): Refusal {
  const text = said ?? filled(INPUT_PROBLEMS[reason], values)
  const problem = param === '' ? text : `${param}: ${text}`
  return refusal('invalid_input', { problem, reason, ...values }, param === '' ? {} : { param })
}

/** The code of a text that a schema of the contract gives. */
export const inputProblemOf = (text: string): InputProblem | undefined =>
  text.startsWith('needs at least one of ') ? 'nothing_to_change' : BY_TEXT.get(text)

const filled = (text: string, values: Values): string =>
  text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))

// The members of an object literal are exactly the members of its type.
const BY_TEXT: ReadonlyMap<string, InputProblem> = new Map(
  Object.entries(INPUT_PROBLEMS).map(([reason, text]) => [text as string, reason as InputProblem] as const),
)
