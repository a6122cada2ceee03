// What an answer has to look like, whatever was asked: a right one, or an error in the shape of its side with a code of the
// catalogue and that code's status. A failure of the gateway itself is never right.
import { ERRORS } from '../../../contract/errors.ts'

export interface Received {
  readonly status: number
  /** In small letters. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

const asObject = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>) // an object has members by name, of whatever type
    : undefined

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function wrongCode(code: unknown, status: number): string | undefined {
  if (code === 'internal_error') return 'the gateway failed'
  if (typeof code !== 'string' || !Object.hasOwn(ERRORS, code)) return `the code ${String(code)} is none`
  // The catalogue has it, as was looked up.
  const { status: right } = ERRORS[code as keyof typeof ERRORS]
  return right === status ? undefined : `${code} with the status ${status}`
}

/** Of an error on the OpenAI side. */
export function wrongOpenAiError(answer: Received, mayBeForeign = false): string | undefined {
  const error = asObject(asObject(parsed(answer.text))?.error)
  if (!error) return `no error in OpenAI’s shape: ${answer.status} ${answer.text.slice(0, 200)}`
  if (typeof error.message !== 'string') return 'an error without a message'
  if (error.code === 'internal_error') return 'the gateway failed'
  if (mayBeForeign) return undefined
  const names = Object.keys(error).sort().join(' ')
  return names === 'code message param type'
    ? wrongCode(error.code, answer.status)
    : `an error with the members ${names}`
}

interface Leeway {
  /** Whether an error may be one that the upstream has made. */
  readonly mayBeForeign?: boolean
  /** Whether a stream may end without saying so: a chat that has reported its usage has come to its end. */
  readonly mayLackEnd?: boolean
}

/** An answer of the OpenAI side to a request that asked for a stream, or did not. */
export function wrongOpenAiAnswer(
  answer: Received,
  { mayBeForeign = false, mayLackEnd = false }: Leeway = {},
): string | undefined {
  if (answer.headers['x-request-id'] === undefined) return `no x-request-id with ${answer.status}`
  if (answer.status >= 400) return wrongOpenAiError(answer, mayBeForeign)
  if (answer.status !== 200) return `the status ${answer.status}`
  const type = answer.headers['content-type'] ?? ''
  if (type.startsWith('text/event-stream')) return mayLackEnd ? undefined : wrongStream(answer.text)
  if (type.startsWith('audio/')) return undefined
  return asObject(parsed(answer.text)) ? undefined : `no JSON: ${answer.text.slice(0, 200)}`
}

/** A stream has its terminal event, or an error in the place of it. */
function wrongStream(text: string): string | undefined {
  const events = text.split('\n\n')
  return events.some(isEnd) ? undefined : `a stream without an end: … ${text.slice(-200)}`
}

function isEnd(event: string): boolean {
  const lines = event.split('\n').filter((line) => line.startsWith('data:'))
  const data = lines.map((line) => line.slice(5).trim()).join('\n')
  const message = asObject(parsed(data))
  const isTerminal =
    /^(error|response\.(completed|incomplete|failed)|image_(generation|edit)\.completed|(transcript\.text|speech\.audio)\.done)$/.test(
      String(message?.type),
    )
  return data === '[DONE]' || isTerminal || message?.error !== undefined
}

/** An answer of an operation. */
export function wrongEnvelope(answer: Received): string | undefined {
  const envelope = asObject(parsed(answer.text))
  if (!envelope) return `no envelope: ${answer.status} ${answer.text.slice(0, 200)}`
  if (envelope.ok === true) return answer.status === 200 ? undefined : `ok with the status ${answer.status}`
  const error = asObject(envelope.error)
  if (!error || typeof error.message !== 'string')
    return `no error in the envelope: ${answer.text.slice(0, 200)}`
  return wrongCode(error.code, answer.status)
}

/** An answer of whichever side: the OpenAI side’s, an envelope, or a page. */
export function wrongAnswer(answer: Received): string | undefined {
  if (answer.status >= 500) return `the status ${answer.status}: ${answer.text.slice(0, 200)}`
  if (answer.status < 400) return undefined
  if ((answer.headers['content-type'] ?? '').startsWith('text/html')) return undefined
  if (answer.text === '') return undefined
  return asObject(parsed(answer.text))?.ok === false ? wrongEnvelope(answer) : wrongOpenAiError(answer)
}
