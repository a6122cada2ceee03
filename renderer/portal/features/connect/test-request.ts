// One small, real request to this gateway, as a client would send it: the answer piece by piece, when its first piece came,
// when it ended, and what went wrong.

const ANSWER_TOKENS_MAX = 512
const TIMEOUT_MS = 60_000

export interface TestRequest {
  readonly secret: string
  readonly model: string
  /** What is asked, in the reader's language. */
  readonly prompt: string
  readonly signal: AbortSignal
  /** Told the whole answer so far, each time it grows. */
  readonly onText: (text: string) => void
  /** Milliseconds from any beginning. */
  readonly now: () => number
}

/** `transport`: the gateway could not be reached, or fell silent. `broken`: the answer began, and did not end. */
export type TestOutcome =
  | {
      readonly kind: 'answered'
      readonly requestId: string
      readonly firstTokenMs: number | undefined
      readonly totalMs: number
    }
  | {
      readonly kind: 'refused'
      readonly status: number
      readonly code: string
      readonly message: string
    }
  | { readonly kind: 'stopped' | 'timed_out' | 'transport' | 'broken' }

/** Never rejects. */
export async function sendTestRequest(request: TestRequest): Promise<TestOutcome> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  const startedAt = request.now()
  let hasBegun = false
  try {
    const response = await fetch('/v1/chat/completions', {
      method: 'POST',
      // The key alone has to be enough, as it is for a client.
      credentials: 'omit',
      headers: { authorization: `Bearer ${request.secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: request.model,
        messages: [{ role: 'user', content: request.prompt }],
        max_completion_tokens: ANSWER_TOKENS_MAX,
        stream: true,
      }),
      signal: AbortSignal.any([request.signal, timeout]),
    })
    if (!response.ok || response.body === null) return refusalOf(response.status, await response.text())
    hasBegun = true
    const { firstAt, error, isWhole } = await readAnswer(response.body, request)
    if (error !== undefined) return refusalOf(response.status, error)
    if (!isWhole) return { kind: 'broken' }
    return {
      kind: 'answered',
      requestId: response.headers.get('x-request-id') ?? '',
      firstTokenMs: firstAt === undefined ? undefined : firstAt - startedAt,
      totalMs: request.now() - startedAt,
    }
  } catch {
    if (request.signal.aborted) return { kind: 'stopped' }
    if (timeout.aborted) return { kind: 'timed_out' }
    return { kind: hasBegun ? 'broken' : 'transport' }
  }
}

interface ReadAnswer {
  readonly firstAt: number | undefined
  /** An error that came in the middle of the answer, as JSON. */
  readonly error: string | undefined
  readonly isWhole: boolean
}

async function readAnswer(
  body: ReadableStream<Uint8Array>,
  { onText, now }: Pick<TestRequest, 'onText' | 'now'>,
): Promise<ReadAnswer> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let unread = ''
  let text = ''
  let firstAt: number | undefined
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return { firstAt, error: undefined, isWhole: false }
    const lines = `${unread}${decoder.decode(value, { stream: true })}`.split('\n')
    unread = lines.pop() ?? ''
    for (const line of lines) {
      if (!line.startsWith('data:')) continue
      const data = line.slice('data:'.length).trim()
      if (data === '[DONE]') return { firstAt, error: undefined, isWhole: true }
      if ('error' in parseChunk(data)) return { firstAt, error: data, isWhole: false }
      const piece = pieceOf(data)
      if (piece === '') continue
      firstAt ??= now()
      text += piece
      onText(text)
    }
  }
}

interface Chunk {
  readonly error?: { readonly code?: unknown; readonly message?: unknown }
  readonly choices?: readonly { readonly delta?: { readonly content?: unknown } }[]
}

function parseChunk(data: string): Chunk {
  try {
    const chunk: unknown = JSON.parse(data)
    // OpenAI's shapes ("Chat completion chunk object", "Error object"); every member is looked at before it is used.
    return typeof chunk === 'object' && chunk !== null ? (chunk as Chunk) : {}
  } catch {
    return {}
  }
}

function pieceOf(data: string): string {
  const content = parseChunk(data).choices?.[0]?.delta?.content
  return typeof content === 'string' ? content : ''
}

function refusalOf(status: number, body: string): TestOutcome {
  const { code, message } = parseChunk(body).error ?? {}
  return {
    kind: 'refused',
    status,
    code: typeof code === 'string' ? code : '',
    message: typeof message === 'string' ? message : '',
  }
}
