// A streamed response, event by event: what is learnt of it, whose its ids become, and which bytes of it reach the client.
// One file, because all of it is told with the same few events.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createResponsesStreamReader } from './responses-stream.ts'
import type { EventVerdict, StreamReader } from './stream-meter.ts'

const USAGE = {
  input_tokens: 200,
  input_tokens_details: { cached_tokens: 128, cache_write_tokens: 32 },
  output_tokens: 40,
  output_tokens_details: { reasoning_tokens: 16 },
  total_tokens: 240,
}

const event = (type: string, more: object, lineEnd = '\n') =>
  `event: ${type}${lineEnd}data: ${JSON.stringify({ type, ...more })}${lineEnd}${lineEnd}`

const response = (more: object = {}) => ({
  id: 'resp_1',
  object: 'response',
  model: 'gpt-6-sol-2026-09-01',
  output: [],
  usage: null,
  ...more,
})

const created = event('response.created', { sequence_number: 0, response: response() })
const delta = (text: string, sequence_number = 1) =>
  event('response.output_text.delta', { sequence_number, item_id: 'msg_1', delta: text })
const completed = (more: object = {}) =>
  event('response.completed', { sequence_number: 9, response: response({ usage: USAGE, ...more }) })

interface Told {
  readonly kind: string
  readonly id: string
  readonly tokens: number | undefined
}

function readerFor(alias?: string): { reader: StreamReader; told: Told[] } {
  const told: Told[] = []
  const reader = createResponsesStreamReader({
    alias,
    onId: (kind, id, tokens) => void told.push({ kind, id, tokens }),
  })
  return { reader, told }
}

const judge = (reader: StreamReader, text: string): EventVerdict => reader.read(Buffer.from(text))

function relayed(events: readonly string[], alias?: string) {
  const { reader, told } = readerFor(alias)
  let text = ''
  for (const sent of events) {
    const verdict = judge(reader, sent)
    if (verdict.kind === 'pass') text += sent
    if (verdict.kind === 'replace' || verdict.kind === 'withhold') text += verdict.bytes.toString()
  }
  return { text, told, measured: reader.measured, reader }
}

describe('what a later request brings along that refers to a response', () => {
  const responseTold = (usage: object | null) => {
    const end = event('response.completed', { response: response({ usage }) })
    return relayed([created, end]).told.filter(({ kind }) => kind === 'response')
  }

  test('is told with its last event: all its input and output', () => {
    expect(responseTold(USAGE).map(({ tokens }) => tokens)).toEqual([undefined, 240])
  })

  test('is not told where no usage came, or one that cannot be true', () => {
    expect(responseTold(null).map(({ tokens }) => tokens)).toEqual([undefined, undefined])
    const impossible = { ...USAGE, input_tokens: -5 }
    expect(responseTold(impossible).map(({ tokens }) => tokens)).toEqual([undefined, undefined])
  })
})

describe('the usage of a streamed response', () => {
  test.each(['response.completed', 'response.incomplete', 'response.failed'])('is taken from %s', (type) => {
    const end = event(type, { response: response({ usage: USAGE, service_tier: 'default' }) })
    const { measured } = relayed([created, delta('Hi'), end])
    expect(measured.reported).toEqual({
      isImplausible: false,
      usage: {
        inputTokens: 200,
        cachedInputTokens: 128,
        cacheWriteTokens: 32,
        outputTokens: 40,
        reasoningTokens: 16,
        webSearchCalls: 0,
      },
    })
    expect(JSON.parse(measured.rawReported ?? '')).toEqual({ usage: USAGE })
    expect(measured).toMatchObject({
      responseId: 'resp_1',
      serviceTier: 'default',
      hasFailed: type === 'response.failed',
    })
  })

  test('counts the web searches that tool_usage reports, and keeps both reports', () => {
    const tool_usage = { web_search: { num_requests: 3 } }
    const { measured } = relayed([completed({ tool_usage })])
    expect(measured.reported?.usage.webSearchCalls).toBe(3)
    expect(JSON.parse(measured.rawReported ?? '')).toEqual({ usage: USAGE, tool_usage })
  })

  test('of zero is a report; null and a missing one are none', () => {
    const zero = { input_tokens: 0, output_tokens: 0, total_tokens: 0 }
    expect(relayed([completed({ usage: zero })]).measured.reported?.usage.inputTokens).toBe(0)
    expect(relayed([completed({ usage: null })]).measured.reported).toBeUndefined()
    expect(relayed([completed({ usage: undefined })]).measured.reported).toBeUndefined()
    expect(relayed([created, delta('a')]).measured.reported).toBeUndefined()
  })

  test('is read without an event name, on several lines, and with any line end', () => {
    const bare = `data: ${JSON.stringify({ type: 'response.completed', response: response({ usage: USAGE }) })}\n\n`
    const lines = JSON.stringify(
      { type: 'response.completed', response: response({ usage: USAGE }) },
      null,
      1,
    )
    const many = `event: response.completed\r${lines.replaceAll(/^/gm, 'data:').replaceAll('\n', '\r')}\r\r`
    const nameOnly = `event: response.completed\ndata: ${JSON.stringify({ response: response({ usage: USAGE }) })}\n\n`
    for (const text of [
      bare,
      many,
      nameOnly,
      event('response.completed', { response: response({ usage: USAGE }) }, '\r\n'),
    ]) {
      const { measured, text: out } = relayed([text])
      expect(measured.reported?.usage.outputTokens).toBe(40)
      expect(out).toBe(text)
    }
  })

  test('that a model only writes about is not taken for usage', () => {
    const { measured } = relayed([created, delta(completed()), delta('"usage":{"input_tokens":1}')])
    expect(measured.reported).toBeUndefined()
  })
})

describe('the ids of a response', () => {
  test('are told while their event is judged, before a byte of it can pass', () => {
    const { reader, told } = readerFor()
    const added = event('response.output_item.added', { item: { id: 'rs_1', type: 'reasoning' } })
    expect(judge(reader, created)).toEqual({ kind: 'pass' })
    expect(told).toEqual([{ kind: 'response', id: 'resp_1', tokens: undefined }])
    expect(judge(reader, added)).toEqual({ kind: 'pass' })
    expect(told.at(-1)).toEqual({ kind: 'item', id: 'rs_1', tokens: undefined })
  })

  test('come from added items, finished items and the final list, and the response’s own with what it brings as input', () => {
    const { told } = relayed([
      event('response.output_item.added', { item: { id: 'rs_1' } }),
      event('response.output_item.done', { item: { id: 'fc_1' } }),
      completed({ output: [{ id: 'rs_1' }, { id: 'msg_1' }, { type: 'no_id' }, null, 'x'] }),
    ])
    expect(told.filter(({ kind }) => kind === 'item').map(({ id }) => id)).toEqual([
      'rs_1',
      'fc_1',
      'rs_1',
      'msg_1',
    ])
    expect(told.filter(({ kind }) => kind === 'response')).toEqual([
      { kind: 'response', id: 'resp_1', tokens: 240 },
    ])
  })

  test('that are empty or no text are nobody’s', () => {
    const { told } = relayed([
      event('response.output_item.added', { item: { id: '' } }),
      event('response.output_item.added', { item: { id: 7 } }),
      event('response.output_item.added', {}),
      event('response.created', { response: response({ id: '' }) }),
    ])
    expect(told).toEqual([])
  })
})

describe('the bytes of a streamed response', () => {
  const events = [
    created,
    ': keepalive\n\n',
    event('keepalive', { sequence_number: 1 }),
    delta('Hi', 2),
    event('response.output_item.done', { sequence_number: 3, item: { id: 'msg_1' } }, '\r\n'),
    'event: response.unknown\rdata: not json\r\r',
    completed(),
  ]

  test('are the upstream’s', () => {
    expect(relayed(events).text).toBe(events.join(''))
  })

  test.each(['response.completed', 'response.incomplete', 'response.failed', 'error'])(
    'of %s are withheld until the charge is on disk',
    (type) => {
      const verdict = judge(readerFor().reader, event(type, { response: response() }))
      expect(verdict).toMatchObject({ kind: 'withhold', isFinal: true })
    },
  )

  test('of no other event are', () => {
    for (const sent of events.slice(0, -1)) expect(judge(readerFor().reader, sent)).toEqual({ kind: 'pass' })
  })
})

describe('an aliased model', () => {
  test('is renamed back inside the response of every event, and nothing else changes', () => {
    const item = event('response.output_item.done', { item: { id: 'msg_1', model: 'gpt-6-sol-2026-09-01' } })
    const { text } = relayed([created, delta('I am gpt-6-sol-2026-09-01'), item, completed()], 'our "model"')
    const renamed = (sent: string) =>
      sent.replace('"model":"gpt-6-sol-2026-09-01"', '"model":"our \\"model\\""')
    expect(text).toBe(renamed(created) + delta('I am gpt-6-sol-2026-09-01') + item + renamed(completed()))
  })

  test('is renamed back in whatever white space the event is written', () => {
    const sent =
      'event: response.created\r\ndata:{ "response" : { "model" :\t"theirs" , "id":"resp_1" } , "type":"response.created"}\r\n\r\n'
    expect(relayed([sent], 'ours').text).toBe(sent.replace('"theirs"', '"ours"'))
  })

  test('that the response does not name is not put in', () => {
    const sent = event('response.created', { response: { id: 'resp_1' } })
    expect(relayed([sent], 'ours').text).toBe(sent)
  })
})

describe('a response that fails', () => {
  test('for a reason that is the request’s own passes with the upstream’s words', () => {
    const failed = event('response.failed', {
      response: response({ error: { code: 'context_length_exceeded', message: 'Your input is too long.' } }),
    })
    const error = event('error', { code: 'invalid_prompt', message: 'No.', param: null, sequence_number: 1 })
    for (const sent of [failed, error]) {
      const { text, measured } = relayed([sent])
      expect(text).toBe(sent)
      expect(measured.hasFailed).toBe(true)
    }
  })

  test.each([
    ['upstream_rejected', { code: 'insufficient_quota', message: 'You exceeded your current quota.' }],
    [
      'upstream_busy',
      { code: 'rate_limit_exceeded', message: 'Rate limit reached in organization org-AbCdEf123456.' },
    ],
    [
      'upstream_failed',
      { code: 'server_error', message: 'Trouble with org-AbCdEf123456, key sk-proj-****abcd.' },
    ],
  ])(
    'for a reason that is the operator’s says %s in our words, and keeps the rest of the event',
    (code, error) => {
      const failed = (said: object) =>
        event('response.failed', { sequence_number: 4, response: response({ error: said, usage: USAGE }) })
      const { text, measured } = relayed([failed(error)])
      const told = JSON.parse(text.slice(text.indexOf('{'))) as {
        response: { error: { code: string; message: string } }
      }
      expect(told.response.error.code).toBe(code)
      expect(text).toBe(failed(told.response.error))
      expect(text).not.toMatch(/org-|sk-|quota|organization/)
      expect(measured.reported?.usage.outputTokens).toBe(40)
    },
  )

  test('that quotes the upstream’s key is told in our words, in whatever shape it comes', () => {
    const apiKey = '3f9a77aa10bb4cc5dd6e'
    const message = `no ${apiKey}`
    for (const sent of [
      event('error', { message }),
      `data: ${JSON.stringify({ error: { message } })}\n\n`,
      `data: ${JSON.stringify({ error: message })}\n\n`,
      event('response.failed', { response: response({ error: { code: 'server_error', message } }) }),
    ]) {
      const verdict = judge(createResponsesStreamReader({ alias: undefined, onId: () => {}, apiKey }), sent)
      const text = 'bytes' in verdict ? verdict.bytes.toString() : sent
      expect(text).not.toContain(apiKey)
      expect(text).toContain('upstream_failed')
    }
  })

  test('by a bare error event about the operator’s account says so in our words, under the same number', () => {
    const { text } = relayed([
      created,
      event('error', {
        code: 'invalid_api_key',
        message: 'Incorrect key sk-proj-****abcd',
        param: null,
        sequence_number: 5,
      }),
    ])
    expect(text).not.toContain('sk-proj')
    const told = JSON.parse(text.slice(created.length + 'event: error\ndata: '.length)) as object
    expect(told).toMatchObject({ type: 'error', code: 'upstream_rejected', param: null, sequence_number: 5 })
  })
})

describe('an error event that the gateway adds', () => {
  const error = { message: 'm', type: 'upstream_error', param: null, code: 'upstream_failed' }
  const numberOf = (text: string) =>
    (JSON.parse(text.slice('event: error\ndata: '.length)) as { sequence_number: number }).sequence_number

  test('has the shape of the protocol, flat and with all its members', () => {
    const text = readerFor().reader.errorEvent(error).toString()
    expect(text).toBe(
      'event: error\ndata: {"type":"error","code":"upstream_failed","message":"m","param":null,"sequence_number":0}\n\n',
    )
  })

  test('carries on the count of events, deltas included', () => {
    const { reader } = relayed([
      created,
      delta('a', 1),
      delta('b', 2),
      event('response.output_item.done', { sequence_number: 3 }),
      delta('c', 4),
    ])
    expect(numberOf(reader.errorEvent(error).toString())).toBe(5)
  })
})

test('the generated text is measured in bytes, whatever kind of delta it comes in', () => {
  const { measured } = relayed([
    created,
    delta('门'),
    event('response.function_call_arguments.delta', { delta: '{"a":1}' }),
    event('response.reasoning_summary_text.delta', { delta: 'abcd' }),
    'event: response.output_text.delta\ndata: {"delta": "spaced"}\n\n',
    `data: ${JSON.stringify({ type: 'response.output_text.delta', delta: 'no name' })}\n\n`,
    event('response.output_text.done', { text: 'not counted again' }),
    completed({ output: [{ id: 'msg_1', content: [{ text: 'nor this' }] }] }),
  ])
  expect(measured.textBytes).toBe(3 + '{"a":1}'.length + 4 + 6 + 7)
})

test('no event breaks the reader', () => {
  const part = fc.constantFrom(
    'data: ',
    'event: ',
    '{"response":',
    '"error"',
    'null',
    '{',
    '}',
    '\n',
    '\r',
    '"',
    ',',
    '[',
    ']',
    '"type":',
    '"response.completed"',
    '"item":',
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
      const verdict = judge(readerFor('ours').reader, `${parts.join('')}\n\n`)
      expect(['pass', 'replace', 'withhold']).toContain(verdict.kind)
    }),
    { numRuns: 1_000 },
  )
})
