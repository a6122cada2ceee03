// The reckoning by hand against the gateway's own readers: wherever a stream breaks off, both have seen the same text.
import { expect, test } from 'vitest'
import { createChatStreamReader } from '../../../server/gateway/chat-stream.ts'
import { createResponsesStreamReader } from '../../../server/gateway/responses-stream.ts'
import { EventSplitter } from '../../../server/gateway/sse.ts'
import type { StreamReader } from '../../../server/gateway/stream-meter.ts'
import { readSentStream } from './sent-stream.ts'

const ARGUMENTS = '{"path":"C:\\\\notes 月亮 🌕.txt","text":"line\\n"}'

const escaped = (json: string): string =>
  json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

const event = (type: string, more: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`
const item = { id: 'fc_1', type: 'function_call', name: 'read', arguments: ARGUMENTS }
const RESPONSE = [
  event('response.created', { sequence_number: 0, response: { id: 'resp_1', output: [], usage: null } }),
  event('response.output_item.added', { sequence_number: 1, item: { ...item, arguments: '' } }),
  event('response.function_call_arguments.delta', { sequence_number: 2, delta: ARGUMENTS }),
  event('response.function_call_arguments.done', { sequence_number: 3, arguments: ARGUMENTS }),
  event('response.output_item.done', { sequence_number: 4, item }),
].join('')

const chunk = (delta: object): string =>
  `data: ${JSON.stringify({ id: 'c1', choices: [{ index: 0, delta }] })}\n\n`
const CHAT = [
  chunk({ role: 'assistant', content: 'Say "yes" or \\ "no"\n 请 ' }),
  chunk({ tool_calls: [{ index: 0, function: { name: 'read', arguments: ARGUMENTS } }] }),
].join('')

function countedByGateway(bytes: Buffer, reader: StreamReader): number {
  const splitter = new EventSplitter(bytes.length)
  splitter.push(
    bytes,
    (all, start, end) => reader.read(all.subarray(start, end)),
    () => expect.unreachable(),
  )
  const rest = splitter.rest()
  if (rest) reader.read(rest)
  return reader.measured.textBytes
}

test.each([
  ['a response', RESPONSE, () => createResponsesStreamReader({ alias: undefined, onId: () => undefined })],
  ['a chat', CHAT, () => createChatStreamReader({ isUsageInjected: true, alias: undefined })],
])(
  'wherever %s breaks off, its text is counted by hand as the gateway counts it',
  (_name, text, readerOf) => {
    for (const sent of [Buffer.from(text), Buffer.from(escaped(text))]) {
      for (let end = 0; end <= sent.length; end += 1) {
        const bytes = sent.subarray(0, end)
        const counted = countedByGateway(bytes, readerOf())
        expect(counted, bytes.toString('latin1')).toBe(readSentStream(bytes, true).textBytes)
      }
    }
  },
)
