// Refusals as OpenAI words them: its four members, its messages, its codes.

export interface OpenAiError {
  readonly message: string
  readonly type: string
  readonly param: string | null
  readonly code: string | null
}

/** An answer that refuses a request before any of it was run. */
export interface Refused {
  readonly status: number
  readonly error: OpenAiError
}

const invalid = (status: number, message: string, param: string | null, code: string | null): Refused => ({
  status,
  error: { message, type: 'invalid_request_error', param, code },
})

const KEYS_PAGE = 'https://platform.openai.com/account/api-keys'

/** OpenAI repeats a wrong key with its middle hidden, which is why its 401 texts must not reach a gateway's users. */
const masked = (key: string): string =>
  key.length <= 12
    ? `${key.slice(0, 2)}${'*'.repeat(8)}`
    : `${key.slice(0, 8)}${'*'.repeat(key.length - 12)}${key.slice(-4)}`

export const missingKey = (): Refused =>
  invalid(
    401,
    `You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY). You can obtain an API key from ${KEYS_PAGE}.`,
    null,
    null,
  )

export const wrongKey = (key: string): Refused =>
  invalid(
    401,
    `Incorrect API key provided: ${masked(key)}. You can find your API key at ${KEYS_PAGE}.`,
    null,
    'invalid_api_key',
  )

export const unknownUrl = (method: string, path: string): Refused =>
  invalid(404, `Invalid URL (${method} ${path})`, null, null)

export const wrongMethod = (method: string, path: string): Refused =>
  invalid(
    405,
    `Not allowed to ${method} on ${path}. (HINT: Perhaps you meant to use a different HTTP method?)`,
    null,
    'method_not_supported',
  )

export const noWebSocket = (): Refused =>
  invalid(426, 'This server answers over HTTP only. Send the request as a POST.', null, 'upgrade_required')

export const bodyTooLarge = (maxBytes: number): Refused =>
  invalid(413, `Maximum content size limit (${maxBytes}) exceeded.`, null, null)

export const invalidJson = (): Refused =>
  invalid(
    400,
    "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)",
    null,
    null,
  )

export const missingParameter = (param: string): Refused =>
  invalid(400, `Missing required parameter: '${param}'.`, param, 'missing_required_parameter')

export const unknownParameter = (param: string): Refused =>
  invalid(400, `Unknown parameter: '${param}'.`, param, 'unknown_parameter')

export const unsupportedParameter = (param: string, why: string): Refused =>
  invalid(400, `Unsupported parameter: '${param}' ${why}`, param, 'unsupported_parameter')

export const wrongType = (param: string, expected: string, value: unknown): Refused =>
  invalid(
    400,
    `Invalid type for '${param}': expected ${expected}, but got ${nameOfType(value)} instead.`,
    param,
    'invalid_type',
  )

export const emptyArray = (param: string): Refused =>
  invalid(
    400,
    `Invalid '${param}': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
    param,
    'empty_array',
  )

export const emptyInput = (param: string): Refused =>
  invalid(400, `Invalid '${param}': input cannot be an empty string.`, param, null)

export const tooManyInputs = (max: number): Refused =>
  invalid(
    400,
    `Invalid 'input': array too long. Expected at most ${max} entries.`,
    'input',
    'array_above_max_length',
  )

export const integerBelow = (param: string, min: number, value: number): Refused =>
  invalid(
    400,
    `Invalid '${param}': integer below minimum value. Expected a value >= ${min}, but got ${value} instead.`,
    param,
    'integer_below_min_value',
  )

export const integerAbove = (param: string, max: number, value: number): Refused =>
  invalid(
    400,
    `Invalid '${param}': integer above maximum value. Expected a value <= ${max}, but got ${value} instead.`,
    param,
    'integer_above_max_value',
  )

export const wrongValue = (param: string, value: string, supported: readonly string[]): Refused =>
  invalid(
    400,
    `Invalid value: '${value}'. Supported values are: ${supported.map((one) => `'${one}'`).join(', ')}.`,
    param,
    'invalid_value',
  )

export const streamOptionsWithoutStream = (): Refused =>
  invalid(
    400,
    "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
    'stream_options',
    null,
  )

export const modelNotFound = (model: string): Refused =>
  invalid(
    404,
    `The model \`${model}\` does not exist or you do not have access to it.`,
    null,
    'model_not_found',
  )

export const contextExceeded = (windowTokens: number, param: string): Refused =>
  invalid(
    400,
    `Your input exceeds the context window of this model, which is ${windowTokens} tokens. Please adjust your input and try again.`,
    param,
    'context_length_exceeded',
  )

export const previousResponseNotFound = (id: string): Refused =>
  invalid(
    400,
    `Previous response with id '${id}' not found.`,
    'previous_response_id',
    'previous_response_not_found',
  )

export const responseNotFound = (id: string): Refused =>
  invalid(404, `Response with id '${id}' not found.`, null, null)

export const fileNotFound = (id: string): Refused => invalid(404, `No such File object: ${id}`, 'id', null)

export const uploadNotFound = (id: string): Refused =>
  invalid(404, `No such Upload object: ${id}`, 'id', null)

export const responseNotCancellable = (): Refused =>
  invalid(400, 'Cannot cancel a synchronous response.', null, null)

export const conversationNotFound = (id: string): Refused =>
  invalid(404, `Conversation with id '${id}' not found.`, 'conversation', null)

export const promptNotFound = (id: string): Refused =>
  invalid(404, `Prompt with id '${id}' not found.`, 'prompt', null)

export const itemNotFound = (id: string): Refused =>
  invalid(
    404,
    `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`,
    'input',
    null,
  )

export const callNotFound = (kind: string, callId: string): Refused =>
  invalid(400, `No tool call found for ${kind} output with call_id ${callId}.`, 'input', null)

export const outputNotFound = (kind: string, callId: string): Refused =>
  invalid(400, `No tool output found for ${kind} ${callId}.`, 'input', null)

export const toolMessageWithoutCall = (index: number): Refused =>
  invalid(
    400,
    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
    `messages.[${index}].role`,
    null,
  )

export const toolMessagesMissing = (callIds: readonly string[], index: number): Refused =>
  invalid(
    400,
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${callIds.join(', ')}`,
    `messages.[${index}].role`,
    null,
  )

function nameOfType(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal number'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** What OpenAI answers with a status when something else than the request is wrong; for scripted failures. */
export function errorOfStatus(status: number): OpenAiError {
  const known = BY_STATUS[status]
  if (known) return known
  return status < 500
    ? { message: 'The request was refused.', type: 'invalid_request_error', param: null, code: null }
    : {
        message: 'The server had an error while processing your request. Sorry about that!',
        type: 'server_error',
        param: null,
        code: null,
      }
}

const BY_STATUS: Readonly<Record<number, OpenAiError>> = {
  401: wrongKey('sk-demo-revoked-key-000000').error,
  402: {
    message: 'Your account has no credit left.',
    type: 'insufficient_quota',
    param: null,
    code: 'credit_balance_exhausted',
  },
  403: {
    message: 'Country, region, or territory not supported',
    type: 'request_forbidden',
    param: null,
    code: 'unsupported_country_region_territory',
  },
  404: modelNotFound('demo-gone').error,
  429: {
    message:
      'Rate limit reached for demo-smart in organization org-demo-operator on tokens per min (TPM). Please try again in 1s.',
    type: 'tokens',
    param: null,
    code: 'rate_limit_exceeded',
  },
  503: {
    message: 'The engine is currently overloaded, please try again later.',
    type: 'server_error',
    param: null,
    code: 'overloaded',
  },
}
