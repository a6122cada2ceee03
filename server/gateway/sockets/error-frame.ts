// How a socket says no: one frame with the error inside and the status beside it. Codex CLI passes over anything else, and
// waits (measured, 0.169.0); OpenAI's SDK reads the same shape.
import { ERRORS, type ErrorCode, type Refusal } from '../../../contract/errors.ts'
import { isObject, type JsonObject } from '../json-object.ts'
import { type OpenAiError, openAiErrorOf, retryHeaders } from '../openai-error.ts'

interface ErrorFrame {
  readonly status: number
  readonly error: OpenAiError
  readonly headers?: Readonly<Record<string, string>>
  readonly sequenceNumber?: number | undefined
}

export function errorFrame({ status, error, headers, sequenceNumber }: ErrorFrame): string {
  return JSON.stringify({
    type: 'error',
    status: statusOverSocket(status, error.code),
    // Where OpenAI's SDK looks for the headers, and where Codex does.
    error: headers ? { ...error, headers } : error,
    ...(headers ? { headers } : {}),
    ...(sequenceNumber === undefined ? {} : { sequence_number: sequenceNumber }),
  })
}

export const refusalFrame = (refused: Refusal, requestId: string): string =>
  errorFrame({
    status: ERRORS[refused.code].status,
    error: openAiErrorOf(refused),
    headers: { 'x-request-id': requestId, ...retryHeaders(refused) },
  })

/** The frame with the stream id that its client gave it, where there is one. */
export const withStreamId = (frame: string, streamId: string | undefined): string =>
  streamId === undefined
    ? frame
    : `${frame.slice(0, frame.lastIndexOf('}'))},"stream_id":${JSON.stringify(streamId)}}`

/** Whoever is told this sends the whole conversation again, and looks for the status that OpenAI gives it on a socket. */
const statusOverSocket = (status: number, code: string): number =>
  code === 'previous_response_not_found' ? 400 : status

/** The frame for an error that ends a stream which had begun: there it carries a code and no status. */
export function streamErrorFrame(message: JsonObject): string {
  const inner = isObject(message.error) ? message.error : message
  const code = typeof inner.code === 'string' ? inner.code : 'server_error'
  const known = isCode(code) ? ERRORS[code] : undefined
  const type =
    known?.type ?? (typeof inner.type === 'string' && inner.type !== 'error' ? inner.type : undefined)
  const number = message.sequence_number
  return errorFrame({
    status: known?.status ?? (isServerError(code) ? 500 : 400),
    error: {
      type: type ?? (isServerError(code) ? 'server_error' : 'invalid_request_error'),
      code,
      message: typeof inner.message === 'string' ? inner.message : '',
      param: typeof inner.param === 'string' ? inner.param : null,
    },
    sequenceNumber: typeof number === 'number' ? number : undefined,
  })
}

const isCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code)

/** What may go well the next time; everything else is about the request. */
const isServerError = (code: string): boolean => /server|internal|overloaded|unavailable|timeout/.test(code)
