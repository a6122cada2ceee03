// The error catalogue: every code that any door may answer, with its HTTP status and what a client should do next.
// docs/errors.md explains each one; a test compares the two in both directions. One list, however long: whoever adds a code
// sees all that there are.

/** `type` member of OpenAI's error object. */
type OpenAiErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'insufficient_quota'
  | 'rate_limit_error'
  | 'upstream_error'
  | 'server_error'

interface ErrorEntry {
  readonly status: number
  readonly type: OpenAiErrorType
  /**
   * Sent as `x-should-retry` on the OpenAI side. `false` ends the retries of the official SDKs at once; `undefined`
   * leaves the decision to the client. Codex CLI retries every 5xx up to thirty times, so nothing permanent is a 5xx.
   */
  readonly shouldRetry: boolean | undefined
  /** English text; `{name}` is filled from `details`. Screens translate the code and never show this text alone. */
  readonly message: string
  /** Other texts of the same code, by what `details.cause` names. */
  readonly causes?: Readonly<Record<string, string>>
}

const entry = (
  status: number,
  type: OpenAiErrorType,
  shouldRetry: boolean | undefined,
  message: string,
): ErrorEntry => ({ status, type, shouldRetry, message })

const invalid = (status: number, message: string): ErrorEntry =>
  entry(status, 'invalid_request_error', false, message)

export const ERRORS = {
  // Who is calling
  missing_api_key: entry(
    401,
    'authentication_error',
    false,
    'No API key was sent. Send it as "Authorization: Bearer sk-cg-…".',
  ),
  invalid_api_key: {
    ...entry(
      401,
      'authentication_error',
      false,
      'This API key is not known here. Check it for missing characters, or create a new one in the portal.',
    ),
    causes: {
      two_keys:
        'This request carries different API keys ({headers}), and it would be unclear which of them is meant. Send one alone.',
    },
  },
  api_key_disabled: entry(
    401,
    'authentication_error',
    false,
    'This API key is disabled. Enable it in the portal, or use another one.',
  ),
  api_key_expired: entry(
    401,
    'authentication_error',
    false,
    'This API key has expired. Create a new one in the portal.',
  ),
  account_suspended: entry(
    401,
    'authentication_error',
    false,
    'This account is suspended. Ask the administrator of this gateway.',
  ),
  account_pending: entry(
    401,
    'authentication_error',
    false,
    'This account waits for its approval by an administrator.',
  ),

  // What is asked for
  unknown_url: {
    ...invalid(404, 'This gateway has no {method} {path}.'),
    causes: {
      base_url:
        'This gateway has no {path}. What was meant is at {endpoint}: as the base URL, set the address of this gateway with /v1 behind it, once, and without a slash at the end.',
      azure_endpoint:
        'This gateway has no {path}. What was meant is at {endpoint}: as the endpoint of a client for Azure, set the address of this gateway alone, with nothing behind it.',
    },
  },
  endpoint_not_offered: invalid(404, '{endpoint} is not offered by this gateway: {reason}.'),
  method_not_allowed: invalid(405, '{path} does not answer {method}. It answers: {allowed}.'),
  upgrade_required: invalid(
    426,
    'Over WebSocket this gateway answers /v1/responses alone. Send the same request as a POST.',
  ),
  websocket_not_offered: invalid(
    426,
    'This gateway does not answer over WebSocket. Send the same request as a POST.',
  ),
  unsupported_event: invalid(400, 'A frame of type "{type}" is not taken here; "response.create" is.'),
  websocket_connection_limit_reached: invalid(
    400,
    'This WebSocket has been open for 60 minutes, which is the limit. Open another one to go on.',
  ),
  websocket_stream_limit_reached: invalid(
    400,
    'This WebSocket has named {limit} stream ids, which is the limit. Use one of them, or open another WebSocket.',
  ),
  invalid_json: invalid(400, 'The body is not valid JSON: {problem}'),
  duplicate_member: invalid(
    400,
    'The member "{param}" stands more than once in one object of the body. Send it once, so that what is charged is what is run.',
  ),
  body_too_complex: invalid(400, 'The body is too complex: {problem}'),
  missing_parameter: invalid(400, 'The parameter "{param}" is missing.'),
  invalid_parameter: invalid(400, 'The parameter "{param}" is not valid: {problem}'),
  unsupported_parameter: invalid(400, 'This gateway does not allow "{param}": {problem}'),
  unsupported_tool: invalid(
    400,
    'The hosted tool "{tool}" is not allowed here, because what it costs cannot be known beforehand. Tools that run on your side (functions, custom tools) are, and of the hosted ones those that have a price.',
  ),
  tool_not_permitted: invalid(
    400,
    'The hosted tool "{tool}" is not open to you here. Leave it out, or ask the administrator of this gateway.',
  ),
  unsupported_service_tier: invalid(
    400,
    'The service tier "{tier}" has no price for this model here. Leave service_tier out, or send "auto" or "default".',
  ),
  service_tier_not_permitted: invalid(
    400,
    'The service tier "{tier}" is not open to you here. Leave service_tier out, or ask the administrator of this gateway.',
  ),
  storing_not_permitted: invalid(
    400,
    'Answers are not to be kept at the upstream. Send "store": false, and what the next request needs along with it.',
  ),
  model_not_found: invalid(404, 'The model "{model}" does not exist here, or you have no access to it.'),
  model_not_priced: invalid(
    404,
    'The model "{model}" has no price yet, so it cannot be used. Ask the administrator of this gateway to set one.',
  ),
  endpoint_not_priced: invalid(
    404,
    'The model "{model}" has no price for {endpoint}, so it cannot be used there. Ask the administrator of this gateway to set one.',
  ),
  previous_response_not_found: invalid(404, 'The previous response "{id}" was not found.'),
  response_not_found: invalid(404, 'The response "{id}" was not found.'),
  file_not_found: invalid(404, 'The file "{id}" was not found.'),
  file_unavailable: invalid(
    404,
    'The file "{id}" is kept at an upstream that this request cannot go to. Put it in again to use it.',
  ),
  file_upload_not_found: invalid(404, 'The upload "{id}" was not found.'),
  file_limit_exceeded: invalid(
    409,
    'You keep {files} files of {bytes} bytes. At most {maxFiles} files of {maxBytes} bytes can be kept: delete some first.',
  ),
  item_not_found: invalid(404, 'The item "{id}" was not found.'),
  request_too_large: invalid(413, 'The body is larger than {maxBytes} bytes.'),
  unsupported_content_encoding: invalid(
    415,
    'The content-encoding "{encoding}" is not supported. Send the body uncompressed.',
  ),
  unsupported_media_type: {
    ...invalid(415, 'The content-type has to be application/json.'),
    causes: { form: 'The content-type has to be multipart/form-data: this endpoint takes a file.' },
  },
  invalid_form: invalid(400, 'The form in the body is not valid: {problem}'),
  invalid_content_encoding: invalid(400, 'The body cannot be decompressed as {encoding}: {problem}'),
  request_timeout: entry(408, 'invalid_request_error', undefined, 'The request did not arrive in time.'),
  malformed_request: invalid(400, 'This is not a valid HTTP request.'),
  repeated_header: invalid(
    400,
    'The header "{header}" stands more than once, with different values. Send it once.',
  ),
  headers_too_large: invalid(431, 'The headers of the request are too large.'),
  host_rejected: invalid(
    403,
    'This gateway does not answer for the host "{host}". Use its IP address, or add the name in its settings.',
  ),
  https_required: invalid(
    403,
    'This gateway answers over HTTPS only: use {url}. An API key or a password that came with this request has crossed the network in clear: replace it.',
  ),
  cors_origin_rejected: invalid(
    403,
    'Pages of {origin} may not call this gateway. An administrator can add the origin to the setting corsOrigins.',
  ),

  // What may be spent, and how fast
  insufficient_quota: {
    ...entry(
      429,
      'insufficient_quota',
      false,
      'Your balance does not cover this request: it needs {neededUsd}, and {availableUsd} is available.',
    ),
    causes: {
      key_cap:
        'The total cap of this API key, {capUsd}, does not cover this request: it needs {neededUsd}, and {availableUsd} is left.',
      key_window_cap:
        'The {cap} cap of this API key, {capUsd}, does not cover this request: it needs {neededUsd}, and {availableUsd} is left until {resetsAtText}.',
      plan_money:
        'The {window} quota of your plan "{plan}", {quota}, does not cover this request: it needs {neededUsd}, and {availableUsd} is left until {resetsAtText}.',
      plan_tokens:
        'The {window} quota of your plan "{plan}", {quota} tokens, does not cover this request: it may use {needed}, and {available} are left until {resetsAtText}.',
      plan_requests:
        'The {window} quota of your plan "{plan}", {quota} requests, is used up until {resetsAtText}.',
      plan_then_balance:
        'The {window} quota of your plan "{plan}" does not cover this request before {resetsAtText}, nor does your balance: it needs {neededUsd}, and {availableUsd} is available.',
    },
  },
  balance_on_hold: {
    ...entry(
      429,
      'rate_limit_error',
      true,
      'Other requests of yours are holding {heldUsd} until they finish. Try again in a moment.',
    ),
    causes: {
      plan_tokens:
        'Other requests of yours are holding {held} tokens of your plan "{plan}" until they finish. Try again in a moment.',
      plan_requests:
        'Other requests of yours are holding what is left of the {window} quota of your plan "{plan}", {quota} requests, until they finish. Try again in a moment.',
    },
  },
  rate_limit_exceeded: entry(
    429,
    'rate_limit_error',
    undefined,
    'Rate limit reached: {limit} {unit} per {window}. Try again in {retryAfterSeconds} s.',
  ),
  request_exceeds_token_limit: invalid(
    400,
    'This request may use up to {neededTokens} tokens, which is more than the limit of {limit} tokens per {window}. Send less, or set a lower output limit.',
  ),
  concurrency_limit_exceeded: entry(
    429,
    'rate_limit_error',
    undefined,
    '{limit} requests are running already, which is the limit. Try again when one has finished.',
  ),

  too_many_sockets: entry(
    429,
    'rate_limit_error',
    undefined,
    'Too many WebSockets are open: {limit} of one key at most. Close some, or send the same requests as POSTs.',
  ),

  upload_limit_exceeded: entry(
    429,
    'rate_limit_error',
    true,
    'Too many large bodies are being worked on. Try again in a moment.',
  ),

  // The upstream's part
  upstream_rejected: entry(
    400,
    'upstream_error',
    false,
    'The upstream refused this gateway. The administrator has been told; trying again will not help until it is mended.',
  ),
  refused_upstream: invalid(400, 'The upstream refused this request: {reason}'),
  upstream_busy: entry(429, 'rate_limit_error', true, 'The upstream is at its limit. Try again in a moment.'),
  upstream_unreachable: entry(502, 'upstream_error', undefined, 'The upstream could not be reached.'),
  upstream_failed: entry(
    502,
    'upstream_error',
    undefined,
    'The upstream broke off or answered with something that is not a response.',
  ),
  upstream_timeout: entry(504, 'upstream_error', undefined, 'The upstream did not answer in time.'),
  upstream_not_configured: invalid(
    400,
    'This gateway has no upstream yet. Its administrator has to finish the set-up.',
  ),

  // The gateway's own part
  gateway_stopping: entry(
    503,
    'server_error',
    true,
    'The gateway is stopping, or goes back to a backup. Try again in a moment.',
  ),
  gateway_paused: entry(503, 'server_error', true, 'The operator has paused new requests for a while.'),
  storage_unavailable: entry(
    503,
    'server_error',
    true,
    'The gateway cannot write to its database, so nothing was sent, charged or changed.',
  ),
  internal_error: entry(
    500,
    'server_error',
    undefined,
    'Something went wrong in the gateway. Its log has the details under {requestId}.',
  ),

  // Operations (portal and console)
  operation_not_found: invalid(404, 'There is no operation "{operation}".'),
  page_not_found: invalid(404, 'There is no page at {path}.'),
  unauthenticated: entry(401, 'authentication_error', false, 'Sign in first.'),
  forbidden: entry(403, 'authentication_error', false, 'Your account may not do this.'),
  remote_admin_off: entry(
    403,
    'authentication_error',
    false,
    'Administration over the network is off. Use the machine the gateway runs on, or set CODEX_GATEWAY_REMOTE_ADMIN.',
  ),
  origin_rejected: entry(
    403,
    'authentication_error',
    false,
    'This call did not come from a page of this gateway. Send "X-Requested-With: codex-gateway" from the same origin.',
  ),
  invalid_input: invalid(400, 'The input is not valid: {problem}'),
  invalid_credentials: entry(401, 'authentication_error', false, 'The email or the password is wrong.'),
  too_many_attempts: entry(
    429,
    'rate_limit_error',
    false,
    'Too many attempts. Try again in {retryAfterSeconds} s.',
  ),
  upstream_not_found: invalid(404, 'There is no upstream with this id.'),
  upstream_address_forbidden: invalid(
    400,
    '{host} is a link-local or cloud-metadata address. No upstream is there, and nothing is sent there.',
  ),
  too_many_streams: entry(
    429,
    'rate_limit_error',
    false,
    'Too many pages of yours are watching already. Close some of them.',
  ),
  backup_not_found: invalid(404, 'There is no backup with this id.'),
  backup_running: invalid(409, 'A backup is being made or restored. Try again when it is done.'),
  backup_damaged: invalid(409, 'This backup is damaged: its file is not what was written. Use another one.'),
  backup_newer: invalid(
    409,
    'This backup was made by a newer version ({version}). Start that version to restore it.',
  ),
  backup_without_administrator: invalid(
    409,
    'Nobody who is an administrator now was one in this backup, so nobody could sign in as one afterwards.',
  ),
  too_many_backups: invalid(409, 'There are {max} backups already. Delete some first.'),
  restore_not_confirmed: invalid(400, 'A restore has to be confirmed with the id of the backup.'),
  setup_required: invalid(409, 'The set-up is not done yet.'),
  setup_already_done: invalid(409, 'The set-up is done already, for good. Sign in as its administrator.'),
  setup_token_invalid: entry(
    403,
    'authentication_error',
    false,
    'The set-up token is wrong. It was printed where the gateway was started.',
  ),
  setup_not_local: entry(
    403,
    'authentication_error',
    false,
    'The set-up is done on the machine that the gateway runs on, and through no proxy.',
  ),
  user_not_found: invalid(404, 'There is no user with this id.'),
  key_not_found: invalid(404, 'There is no API key with this id.'),
  key_disabled_by_administrator: entry(
    403,
    'authentication_error',
    false,
    'An administrator disabled this API key. Only an administrator can enable or rotate it.',
  ),
  key_rotated: invalid(
    409,
    'This API key was rotated already. Its successor takes its place; this one can only be ended sooner.',
  ),
  plan_not_found: invalid(404, 'There is no plan with this id.'),
  plan_not_for_sale: invalid(409, 'The plan "{plan}" cannot be bought.'),
  plan_price_changed: invalid(409, 'The plan "{plan}" costs {priceUsd} by now. Nothing was bought.'),
  plan_not_affordable: invalid(
    409,
    'Your balance does not cover this plan: it costs {priceUsd}, and {availableUsd} is available.',
  ),
  plan_active: invalid(
    409,
    'The plan "{plan}" is active until {endsAtText}, and another one would end it now. Say so to have it replaced.',
  ),
  no_active_plan: invalid(409, 'There is no active plan.'),
  code_not_valid: invalid(404, 'This code is not known here, or it was used, disabled, or has expired.'),
  notice_not_found: invalid(404, 'There is no notice with this id.'),
  code_not_found: invalid(404, 'There is no code, and no batch of codes, with this id.'),
  email_taken: invalid(409, 'There is a user with this email already.'),
  last_administrator: invalid(409, 'This is the last active administrator. Make another one first.'),
  balance_below_limit: invalid(
    409,
    'This would bring the available balance below the credit limit. At most {maxUsd} can be taken away now.',
  ),
  top_up_below_minimum: invalid(
    400,
    'A top-up is at least {minimumUsd}. Smaller amounts can be a gift or a correction.',
  ),
  request_not_found: invalid(404, 'There is no request with this id.'),
  nothing_to_refund: invalid(409, 'Nothing was charged for this request, so there is nothing to refund.'),
  already_refunded: invalid(409, 'This request was refunded already, and a request is refunded once.'),
  refund_too_large: invalid(409, 'At most {maxUsd} can be refunded: what this request was charged.'),
  loss_not_found: invalid(404, 'There is no possible loss with this id.'),
  loss_of_plan: invalid(
    409,
    'A plan was to pay for this request, so it cannot be charged to the balance. Dismiss it instead.',
  ),
  loss_already_resolved: invalid(409, 'This possible loss was charged or dismissed already.'),
  loss_charge_too_large: invalid(409, 'At most {maxUsd} can be charged: what this request held.'),
  credit_limit_in_use: invalid(
    409,
    'What is owed and held needs more credit than that: the limit can be lowered to {minUsd} now.',
  ),
  price_in_past: invalid(
    400,
    'A price cannot take effect in the past. Leave effectiveFrom out to have it take effect now.',
  ),
  metrics_not_open: entry(
    401,
    'authentication_error',
    false,
    'The metrics are open to the machine that the gateway runs on, and to whoever sends the token that was set for them.',
  ),
  price_conflict: invalid(409, 'There is another price for this model with this effectiveFrom already.'),
  price_not_found: invalid(404, 'There is no price of yours with this id.'),
  price_in_force: invalid(
    409,
    'This price of {model} has begun, so it cannot be withdrawn. Set another one, which takes its place.',
  ),
  preview_outdated: invalid(
    409,
    'The price book has changed since this preview, or it is the preview of other rows. Preview the rows again.',
  ),

  // Accounts
  second_factor_required: entry(
    401,
    'authentication_error',
    false,
    'A code of the second factor is needed. Send it with the challenge to auth.verifySecondFactor.',
  ),
  second_factor_invalid: entry(
    401,
    'authentication_error',
    false,
    'The code is wrong, or was used before. {attemptsLeft} attempts are left.',
  ),
  challenge_expired: entry(
    401,
    'authentication_error',
    false,
    'The sign-in took too long or had too many wrong codes. Start again with the password.',
  ),
  second_factor_unreadable: invalid(
    409,
    'The secret of this authenticator cannot be read on this machine any more. Use a recovery code, or ask the administrator.',
  ),
  second_factor_on: invalid(409, 'There is a second factor already. Switch it off first.'),
  second_factor_off: invalid(409, 'There is no second factor to do this with.'),
  wrong_password: entry(403, 'authentication_error', false, 'The password is wrong.'),
  wrong_code: entry(403, 'authentication_error', false, 'The code is wrong, or was used before.'),
  email_not_verified: entry(
    401,
    'authentication_error',
    false,
    'The address is not verified yet. Use the link that was sent to it, or have it sent again.',
  ),
  registration_closed: invalid(403, 'Nobody can register here. Ask the administrator for an account.'),
  invitation_required: invalid(403, 'Registering here needs an invitation. Ask the administrator for one.'),
  invitation_for_another: invalid(
    409,
    'This invitation is for {email}. Register with that address, or ask for another invitation.',
  ),
  invitation_withdrawn: invalid(
    410,
    'Whoever made this invitation may not invite anybody here any more. Ask an administrator for another one.',
  ),
  link_invalid: invalid(
    410,
    'This link is not valid (any more): it was used, has expired, was withdrawn, or is not complete.',
  ),
  mail_unavailable: invalid(
    409,
    'This gateway sends no mail. Ask its administrator for a link that sets a new password.',
  ),
  user_not_pending: invalid(409, 'Only somebody who waits for approval can be approved or rejected.'),
  confirmation_mismatch: invalid(400, 'The email that was typed is not the one of this account.'),
  session_not_found: invalid(404, 'There is no such session.'),
  invitation_not_found: invalid(404, 'There is no invitation with this id that could still be used.'),
  mail_not_found: invalid(404, 'There is no mail with this id that could be sent again.'),
  mail_failed: invalid(400, 'The test mail could not be sent ({kind}): {reason}'),
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof ERRORS

/** An expected failure: safe to show, returned as a value, never thrown. */
export interface Refusal {
  readonly code: ErrorCode
  /** OpenAI's `param`: the member of the request that is at fault. */
  readonly param?: string
  /** Fills the placeholders of the message, and lets a screen say the same in its own language. */
  readonly details?: Readonly<Record<string, string | number | boolean>>
  /** Sent as `retry-after` (whole seconds, rounded up) and `retry-after-ms`. */
  readonly retryAfterMs?: number
}

/** Shorthand for building a refusal: the code first, then what fills its message. */
export const refusal = (
  code: ErrorCode,
  details?: Refusal['details'],
  more?: Pick<Refusal, 'param' | 'retryAfterMs'>,
): Refusal => ({ code, ...(details ? { details } : {}), ...more })

/** The English text of a refusal, with its placeholders filled; an unfilled one stays visible as `{name}`. */
export function messageOf(refused: Refusal): string {
  const { message, causes }: ErrorEntry = ERRORS[refused.code]
  const text = causes?.[String(refused.details?.cause)] ?? message
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = name === 'param' ? (refused.param ?? refused.details?.[name]) : refused.details?.[name]
    return value === undefined ? placeholder : String(value)
  })
}
