// What a client needs of this gateway, tried as a client would: over HTTP, with a key of its own that is deleted afterwards.
import { z } from 'zod'
import type { SelfTestCheck, SelfTestName } from '../../contract/desktop.ts'
import { refusalIn, refused } from './refusal-text.ts'
import { askOverSocket } from './socket-answer.ts'

const PATIENCE_MS = 120_000
/** The machine is busy with other things, too. */
const HEARTBEAT_MARGIN_MS = 2_000
/** Enough for a model that thinks before it says hello, and little to pay for. */
const OUTPUT_TOKENS_MAX = 1_024

interface SelfTestInput {
  /** With its `/v1`. */
  readonly baseUrl: string
  readonly key: string
  readonly model: string
  /** 0 where none is sent. */
  readonly heartbeatSeconds: number
}

interface StreamedAnswer {
  readonly events: readonly StreamedEvent[]
  readonly longestSilenceMs: number
}

const streamedEvent = z.looseObject({ type: z.string() })
type StreamedEvent = z.infer<typeof streamedEvent>

const count = z.int().min(0)
/** OpenAI API reference, "The response object". */
const usageShape = z.looseObject({
  input_tokens: count,
  input_tokens_details: z.looseObject({ cached_tokens: count }),
  output_tokens: count,
  output_tokens_details: z.looseObject({ reasoning_tokens: count }),
  total_tokens: count,
})
const finished = z.looseObject({ response: z.looseObject({ usage: usageShape }) })
const listed = z.looseObject({ data: z.array(z.looseObject({ id: z.string() })) })
const itemDone = z.looseObject({
  type: z.literal('response.output_item.done'),
  item: z.looseObject({ type: z.string(), encrypted_content: z.string().optional() }),
})

/** A check that failed for a reason that somebody can read. */
class CheckFailure extends Error {}

export async function runSelfTest(input: SelfTestInput): Promise<readonly SelfTestCheck[]> {
  const silences: number[] = []
  const streamed = async (items: readonly unknown[]): Promise<StreamedAnswer> => {
    const answer = await askStreaming(input, items)
    silences.push(answer.longestSilenceMs)
    return answer
  }
  const checks: SelfTestCheck[] = []
  const check = async (name: SelfTestName, run: () => Promise<string>): Promise<void> => {
    try {
      checks.push({ name, outcome: 'passed', detail: await run() })
    } catch (error) {
      checks.push({ name, outcome: 'failed', detail: error instanceof Error ? error.message : String(error) })
    }
  }

  await check('models', () => checkModels(input))
  let answer: StreamedAnswer | undefined
  await check('stream', async () => {
    answer = await streamed([user('Say hello.')])
    return checkStream(answer)
  })
  await check('usage', async () => checkUsage(answer))
  await check('socket', () => checkSocket(input))
  await check('compaction', async () =>
    checkCompaction(await streamed([user('Say hello.'), { type: 'compaction_trigger' }])),
  )
  await check('heartbeat', async () => checkHeartbeat(silences, input.heartbeatSeconds))
  return checks
}

const user = (text: string) => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] })

async function checkModels({ baseUrl, key, model }: SelfTestInput): Promise<string> {
  const response = await fetch(`${baseUrl}/models`, {
    headers: { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(PATIENCE_MS),
  })
  if (!response.ok) throw await failureOf(response)
  const { data } = fits(listed, await response.json(), 'The list of models')
  if (!data.some(({ id }) => id === model)) throw new CheckFailure(`${model} is not in the list of models.`)
  return String(data.length)
}

const question = (model: string, input: readonly unknown[]) => ({
  model,
  input,
  store: false,
  max_output_tokens: OUTPUT_TOKENS_MAX,
})

async function checkSocket({ baseUrl, key, model }: SelfTestInput): Promise<string> {
  const body = question(model, [user('Say hello.')])
  const frames = await askOverSocket({ baseUrl, key, body, patienceMs: PATIENCE_MS })
  const events = frames.map((frame) => fits(streamedEvent, JSON.parse(frame), 'A frame'))
  const last = refused.safeParse(events.at(-1))
  if (last.success) throw new CheckFailure(`${last.data.error.code ?? ''}: ${last.data.error.message}`)
  return checkStream({ events, longestSilenceMs: 0 })
}

async function askStreaming(
  { baseUrl, key, model }: SelfTestInput,
  items: readonly unknown[],
): Promise<StreamedAnswer> {
  const response = await fetch(`${baseUrl}/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...question(model, items), stream: true }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  })
  if (!response.ok) throw await failureOf(response)
  if (!response.headers.get('content-type')?.startsWith('text/event-stream'))
    throw new CheckFailure(`The answer is ${response.headers.get('content-type')}, and no stream of events.`)
  let text = ''
  let longestSilenceMs = 0
  let heardAt = performance.now()
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    longestSilenceMs = Math.max(longestSilenceMs, performance.now() - heardAt)
    heardAt = performance.now()
    text += chunk
  }
  return { events: eventsIn(text), longestSilenceMs }
}

/** Blocks end with an empty line, however lines end; what is no event of the API, such as a comment, carries no data. */
const eventsIn = (text: string): readonly StreamedEvent[] =>
  text.split(/\r?\n\r?\n/).flatMap((block) => {
    const data = block
      .split(/\r?\n/)
      .filter((line) => line.startsWith('data:'))
      .map((line) => line.slice(5).trimStart())
      .join('\n')
    if (data === '' || data === '[DONE]') return []
    return [fits(streamedEvent, JSON.parse(data), 'An event of the stream')]
  })

function checkStream({ events }: StreamedAnswer): string {
  const types = events.map(({ type }) => type)
  if (types[0] !== 'response.created')
    throw new CheckFailure(`The stream begins with ${types[0] ?? 'nothing'}.`)
  if (lastOf(events) === undefined)
    throw new CheckFailure(`The stream ends with ${types.at(-1) ?? 'nothing'}.`)
  return String(events.length)
}

/** An answer that reached its limit has ended as it should. */
const lastOf = (events: readonly StreamedEvent[]): StreamedEvent | undefined =>
  events.findLast(({ type }) => type === 'response.completed' || type === 'response.incomplete')

function checkUsage(answer: StreamedAnswer | undefined): string {
  if (answer === undefined) throw new CheckFailure('There was no answer to look at.')
  const { usage } = fits(finished, lastOf(answer.events), 'The end of the answer').response
  if (usage.total_tokens !== usage.input_tokens + usage.output_tokens)
    throw new CheckFailure('The total is not the sum of input and output.')
  return String(usage.total_tokens)
}

function checkCompaction({ events }: StreamedAnswer): string {
  const items = events.flatMap((event) => {
    const parsed = itemDone.safeParse(event)
    return parsed.success && parsed.data.item.type === 'compaction' ? [parsed.data.item] : []
  })
  if (items.length !== 1) throw new CheckFailure(`${items.length} compactions came back in the place of one.`)
  if (!items[0]?.encrypted_content) throw new CheckFailure('The compaction is empty.')
  return '1'
}

function checkHeartbeat(silences: readonly number[], heartbeatSeconds: number): string {
  if (silences.length === 0) throw new CheckFailure('There was no stream to listen to.')
  const longestMs = Math.max(...silences)
  if (heartbeatSeconds === 0)
    throw new CheckFailure('Heartbeats are off, so a long silence ends the streams of clients.')
  if (longestMs > heartbeatSeconds * 1000 + HEARTBEAT_MARGIN_MS)
    throw new CheckFailure(
      `A stream was silent for ${(longestMs / 1000).toFixed(1)} s, and no heartbeat came.`,
    )
  return (longestMs / 1000).toFixed(1)
}

const failureOf = async (response: Response): Promise<CheckFailure> =>
  new CheckFailure(refusalIn(response.status, await response.text()))

function fits<T>(shape: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = shape.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new CheckFailure(`${what} does not fit: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`)
}
