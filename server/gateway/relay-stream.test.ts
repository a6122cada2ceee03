// Chunks of a stream lie in memory that is used again as soon as they were handed over: nothing that is passed on later, or
// measured later, may still lie there.
import { describe, expect, test } from 'vitest'
import { createChatStreamReader } from './chat-stream.ts'
import { Drains } from './drains.ts'
import { LiveRequest } from './live-requests.ts'
import { StreamRelay } from './relay-stream.ts'
import type { Held } from './request.ts'
import { createResponsesStreamReader } from './responses-stream.ts'
import type { StreamReader } from './stream-meter.ts'

const BOUNDS = { drainSecondsMax: 60, drainBytesMax: 1_000_000, drainsPerUserMax: 10, drainsMax: 10 }

/** A client over a bare socket, as far as a stream writes to one; or one that keeps what is written. */
function client(hasLoans: boolean) {
  const written: Buffer[] = []
  const take = (bytes: Buffer) => void written.push(bytes)
  const lent = { writeLent: (pieces: readonly Buffer[]) => !pieces.some((piece) => take(Buffer.from(piece))) }
  const res = {
    destroyed: false,
    writableEnded: false,
    headersSent: true,
    statusCode: 200,
    socket: null,
    write: (bytes: Buffer) => !take(bytes),
    end: (bytes?: Buffer) => bytes && take(bytes),
    ...(hasLoans ? lent : {}),
  }
  return { res, text: () => Buffer.concat(written).toString() }
}

/** Relays `text`, cut into pieces of `size`, each of which is written over once it was handed over. */
async function relayed(text: string, size: number, reader: StreamReader, hasLoans: boolean) {
  const { res, text: textWritten } = client(hasLoans)
  const relay = new StreamRelay({
    held: { res } as unknown as Held, // what relaying a stream looks at
    live: new LiveRequest({ userId: 'user_1', keyId: 'key_1' }, new Drains(() => BOUNDS)),
    source: {
      firstChunk: () => Promise.resolve(undefined),
      consume: () => {},
      pause: () => {},
      resume: () => {},
      abort: () => {},
    },
    reader,
    clock: { now: () => 0, monotonicMs: () => 1 },
    heartbeatMs: 0,
    eventBytesKeptMax: 2_000,
  })
  const place = Buffer.alloc(size)
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) {
    const chunk = place.subarray(0, bytes.copy(place, 0, at, at + size))
    relay.onData(chunk)
    place.fill('#')
  }
  relay.onEnd()
  const { measured, finish, finished } = await relay.measured
  finish()
  await finished
  return { text: textWritten(), measured }
}

const event = (data: unknown, name?: string) =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`
const chunk = (content: string, more: object = {}) =>
  event({ id: 'chatcmpl-1', model: 'm', choices: [{ delta: { content } }], usage: null, ...more })
const CHAT_USAGE = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 }
const CHAT = [
  ...Array.from('Some text, 门 🌕.', (letter) => chunk(letter)),
  ': a comment\n\n',
  chunk('y'.repeat(9_000), { model: 'm' }),
  chunk('the last'),
  event({ id: 'chatcmpl-1', choices: [], usage: CHAT_USAGE }),
  event('[DONE]'),
].join('')
const RESPONSE = { id: 'resp_1', object: 'response', model: 'm' }
const RESPONSES = [
  event({ type: 'response.created', sequence_number: 0, response: RESPONSE }, 'response.created'),
  ...Array.from('Some text, 门 🌕.', (delta, at) =>
    event(
      { type: 'response.output_text.delta', sequence_number: at + 1, delta },
      'response.output_text.delta',
    ),
  ),
  event(
    { type: 'response.image', sequence_number: 50, b64: 'z'.repeat(9_000), model: 'm' },
    'response.image',
  ),
  event(
    {
      type: 'response.completed',
      sequence_number: 51,
      response: { ...RESPONSE, usage: { input_tokens: 12, output_tokens: 3, total_tokens: 15 } },
    },
    'response.completed',
  ),
].join('')

const SIZES = [1, 2, 7, 64, 331, 1_000, 2_500, 8_192, 65_536]

describe.each([
  ['a client that is lent to', true],
  ['a client that keeps what is written', false],
])('%s', (_client, hasLoans) => {
  test.each(SIZES)('gets a chat as it came, in pieces of %i bytes', async (size) => {
    const reader = createChatStreamReader({ isUsageInjected: false, alias: undefined })
    const { text, measured } = await relayed(CHAT, size, reader, hasLoans)
    expect(text).toBe(CHAT)
    expect(measured).toMatchObject({ responseId: 'chatcmpl-1', reported: { usage: { outputTokens: 3 } } })
  })

  test.each(SIZES)(
    'gets a chat without our usage and under its alias, in pieces of %i bytes',
    async (size) => {
      const reader = createChatStreamReader({ isUsageInjected: true, alias: 'ours' })
      const { text, measured } = await relayed(CHAT, size, reader, hasLoans)
      const expected = CHAT.replace(event({ id: 'chatcmpl-1', choices: [], usage: CHAT_USAGE }), '')
      expect(text).toBe(expected.replaceAll(',"usage":null', '').replaceAll('"model":"m"', '"model":"ours"'))
      expect(measured).toMatchObject({ responseId: 'chatcmpl-1', reported: { usage: { outputTokens: 3 } } })
    },
  )

  test.each(SIZES)('gets a response as it came, in pieces of %i bytes', async (size) => {
    const ids: string[] = []
    const reader = createResponsesStreamReader({ alias: undefined, onId: (_kind, id) => void ids.push(id) })
    const { text, measured } = await relayed(RESPONSES, size, reader, hasLoans)
    expect(text).toBe(RESPONSES)
    expect(measured).toMatchObject({ responseId: 'resp_1', reported: { usage: { outputTokens: 3 } } })
    expect(ids).toContain('resp_1')
  })
})
