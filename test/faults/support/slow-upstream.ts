// An upstream whose answers to `"user":"slow"` begin, and end when the test says so. Every answer reports the same usage.
import { jsonAnswer, startRawUpstream } from './raw-http.ts'

const USAGE = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 }
/** Ten tokens at 2 dollars and twenty at 10 dollars per million. */
const COST_NANO_USD = 220_000

const whole = {
  id: 'chatcmpl_1',
  object: 'chat.completion',
  model: 'test-model',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: USAGE,
}
const chunk = (more: object) =>
  `data: ${JSON.stringify({ id: 'chatcmpl_1', object: 'chat.completion.chunk', model: 'test-model', ...more })}\n\n`
const piece = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`

export interface SlowUpstream {
  readonly baseUrl: string
  readonly costNanoUsd: number
  /** Resolves when so many slow answers have begun. */
  slow(count: number): Promise<void>
  /** Lets them end. */
  finish(): void
  /** Resolves when their last bytes have been handed to the system. */
  finished(): Promise<void>
  stop(): Promise<void>
}

export async function startSlowUpstream(): Promise<SlowUpstream> {
  let begun = 0
  const ends = Promise.withResolvers<void>()
  const written: Promise<void>[] = []
  let onBegun: () => void = () => {}
  const raw = await startRawUpstream((socket, request) => {
    const isStream = request.includes('"stream":true')
    const head =
      'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n' +
      piece(chunk({ choices: [{ index: 0, delta: { role: 'assistant', content: 'Hel' } }] }))
    const last = [
      chunk({ choices: [{ index: 0, delta: { content: 'lo' }, finish_reason: 'stop' }] }),
      chunk({ choices: [], usage: USAGE }),
      'data: [DONE]\n\n',
    ]
    const tail = `${piece(last.join(''))}0\r\n\r\n`
    if (!request.includes('"user":"slow"')) {
      socket.write(isStream ? head + tail : jsonAnswer(whole))
      return
    }
    if (isStream) socket.write(head)
    begun += 1
    onBegun()
    written.push(
      ends.promise.then(
        () =>
          new Promise<void>((resolve) => socket.write(isStream ? tail : jsonAnswer(whole), () => resolve())),
      ),
    )
  })
  return {
    baseUrl: raw.baseUrl,
    costNanoUsd: COST_NANO_USD,
    slow: (count) =>
      new Promise((resolve) => {
        onBegun = () => {
          if (begun >= count) resolve()
        }
        onBegun()
      }),
    finish: () => ends.resolve(),
    async finished() {
      await Promise.all(written)
    },
    stop: () => raw.stop(),
  }
}
