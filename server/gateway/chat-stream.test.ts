// A streamed chat completion, event by event: what is learnt of it, and which bytes of it reach the client.
// One file, because all of it is told with the same few events.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ChatStreamOptions, createChatStreamReader } from './chat-stream.ts'
import type { EventVerdict, StreamReader } from './stream-meter.ts'

const PLAIN: ChatStreamOptions = { isUsageInjected: false, alias: undefined }
const INJECTED: ChatStreamOptions = { isUsageInjected: true, alias: undefined }
const USAGE = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 }

const event = (data: unknown) => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`

const chunk = (content: string, more: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  model: 'gpt-6-sol-2026-09-01',
  choices: [{ index: 0, delta: { content }, finish_reason: null }],
  ...more,
})

const usageChunk = (usage: unknown = USAGE) => ({ ...chunk(''), choices: [], usage })

const judge = (reader: StreamReader, text: string): EventVerdict => reader.read(Buffer.from(text))

/** What the client gets of these events, in the order that it gets it. */
function relayed(
  options: ChatStreamOptions,
  events: readonly string[],
): { text: string; reader: StreamReader } {
  const reader = createChatStreamReader(options)
  let text = ''
  for (const sent of events) {
    const verdict = judge(reader, sent)
    if (verdict.kind === 'pass') text += sent
    if (verdict.kind === 'replace' || verdict.kind === 'withhold') text += verdict.bytes.toString()
  }
  return { text, reader }
}

describe('the usage of a streamed completion', () => {
  const usageOf = (...events: string[]) => relayed(PLAIN, events).reader.measured

  test('is taken from the usage chunk, with the upstream’s own words kept', () => {
    const measured = usageOf(event(chunk('Hi', { usage: null })), event(usageChunk()), event('[DONE]'))
    expect(measured.reported).toMatchObject({
      isImplausible: false,
      usage: { inputTokens: 12, outputTokens: 3 },
    })
    expect(JSON.parse(measured.rawReported ?? '')).toEqual(USAGE)
    expect(measured.responseId).toBe('chatcmpl-1')
    expect(measured.hasFailed).toBe(false)
  })

  // The first chunk is parsed for its id; those behind it are only looked at.
  test.each([PLAIN, INJECTED])(
    'is missing from a chunk in the same bytes whether it was parsed or looked at',
    (options) => {
      const member = fc.constantFrom(
        { usage: null },
        { usage: null, obfuscation: 'aB3' },
        { usage: null, obfuscation: 'a"}' },
        { obfuscation: 'x', usage: null },
        { usage: { prompt_tokens: 1 } },
        { nested: { usage: null } },
        { error: null, usage: null },
        {},
      )
      const text = fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom(',"usage":null', '"content":"x"', '[DONE]'),
      )
      fc.assert(
        fc.property(text, member, (content, more) => {
          const sent = event(chunk(content, more))
          const first = relayed(options, [sent])
          const twice = relayed(options, [sent, sent])
          expect(twice.text).toBe(first.text + first.text)
          expect(twice.reader.measured.textBytes).toBe(2 * Buffer.byteLength(content))
        }),
      )
    },
  )

  test('is the last one, never a sum, where every chunk carries a running total', () => {
    const totals = [1, 2, 3].map((completion_tokens) => ({ ...USAGE, completion_tokens }))
    const measured = usageOf(...totals.map((usage) => event(chunk('a', { usage }))), event('[DONE]'))
    expect(measured.reported?.usage).toMatchObject({ inputTokens: 12, outputTokens: 3 })
  })

  test('is not forgotten when a later chunk says null', () => {
    const measured = usageOf(
      event(chunk('a', { usage: USAGE })),
      event(chunk('', { usage: null })),
      event('[DONE]'),
    )
    expect(measured.reported?.usage.outputTokens).toBe(3)
  })

  test('of zero is a report, and no usage is none', () => {
    const zero = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }
    expect(usageOf(event(usageChunk(zero))).reported?.usage).toMatchObject({
      inputTokens: 0,
      outputTokens: 0,
    })
    expect(usageOf(event(chunk('a', { usage: null })), event('[DONE]')).reported).toBeUndefined()
    expect(usageOf(event(chunk('a')), event('[DONE]')).reported).toBeUndefined()
    expect(usageOf(event(usageChunk({})), event('[DONE]')).reported).toBeUndefined()
  })

  test('is read with its details, and from data on several lines', () => {
    const usage = {
      prompt_tokens: 2_000,
      completion_tokens: 300,
      prompt_tokens_details: { cached_tokens: 1_024, cache_write_tokens: 512 },
      completion_tokens_details: { reasoning_tokens: 256 },
    }
    const lines = JSON.stringify(usageChunk(usage), null, 1).split('\n')
    const measured = usageOf(`${lines.map((line) => `data: ${line}`).join('\r\n')}\r\n\r\n`)
    expect(measured.reported?.usage).toEqual({
      inputTokens: 2_000,
      cachedInputTokens: 1_024,
      cacheWriteTokens: 512,
      outputTokens: 300,
      reasoningTokens: 256,
      webSearchCalls: 0,
    })
  })

  test('that cannot be true is marked so', () => {
    expect(usageOf(event(usageChunk({ ...USAGE, prompt_tokens: -1 }))).reported?.isImplausible).toBe(true)
  })

  test('comes with the service tier of the answer', () => {
    expect(usageOf(event({ ...usageChunk(), service_tier: 'default' })).serviceTier).toBe('default')
  })

  test('that a model only writes about is not taken for usage', () => {
    const text = JSON.stringify(usageChunk({ prompt_tokens: 9, completion_tokens: 9 }))
    expect(usageOf(event(chunk(text)), event(chunk('"usage":{"prompt_tokens":1}'))).reported).toBeUndefined()
  })
})

describe('a usage chunk that the client asked for', () => {
  const events = [
    event(chunk('Hi', { usage: null })),
    ': keepalive\n\n',
    'id: 3\nretry: 10\ndata:{"choices":[],"usage":null}\n\n',
    event(usageChunk()),
    event('[DONE]'),
  ]

  test('reaches it, with every other byte', () => {
    expect(relayed(PLAIN, events).text).toBe(events.join(''))
  })

  test('is withheld until the charge is on disk, for a stream may end with it', () => {
    const reader = createChatStreamReader(PLAIN)
    expect(judge(reader, event(usageChunk()))).toMatchObject({ kind: 'withhold', isFinal: false })
    expect(judge(reader, event('[DONE]'))).toMatchObject({ kind: 'withhold', isFinal: true })
  })
})

describe('a usage chunk that only the gateway asked for', () => {
  const withoutUsage = (text: string) => text.replaceAll(',"usage":null', '').replaceAll('"usage":null,', '')

  test('is undone whole: the chunk is dropped, and usage:null leaves every other one', () => {
    const events = [
      event(chunk('Hi', { usage: null })),
      event(chunk(' you', { usage: null, obfuscation: 'x9' })),
      event({ usage: null, ...chunk('!') }),
      event({ ...chunk(''), choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: null }),
    ]
    const { text, reader } = relayed(INJECTED, [...events, event(usageChunk()), event('[DONE]')])
    expect(text).toBe(`${withoutUsage(events.join(''))}${event('[DONE]')}`)
    expect(text).not.toContain('usage')
    expect(reader.measured.reported?.usage.outputTokens).toBe(3)
  })

  test('is undone where every chunk carries a running total, and the text stays', () => {
    const { text, reader } = relayed(INJECTED, [
      event(chunk('Hi', { usage: USAGE })),
      event(chunk('!', { usage: { ...USAGE, completion_tokens: 4 } })),
      event('[DONE]'),
    ])
    expect(text).toBe(event(chunk('Hi')) + event(chunk('!')) + event('[DONE]'))
    expect(reader.measured.reported?.usage.outputTokens).toBe(4)
  })

  test('is dropped as well where it has no choices at all', () => {
    const { text, reader } = relayed(INJECTED, [event({ id: 'chatcmpl-1', usage: USAGE }), event('[DONE]')])
    expect(text).toBe(event('[DONE]'))
    expect(reader.measured.reported?.usage.inputTokens).toBe(12)
  })

  test('takes no chunk without choices along that carries something else', () => {
    const filter = { ...chunk(''), choices: [], prompt_filter_results: [{ prompt_index: 0 }], usage: null }
    expect(relayed(INJECTED, [event(filter)]).text).toBe(withoutUsage(event(filter)))
  })

  test('leaves every byte of an event alone that has no usage, whatever its form', () => {
    const events = [
      ': comment "usage":null\n\n',
      'event: ping\r\ndata:  {"a" : 1}\r\n\r\n',
      'data: {"choices":[{"delta":{"content":"\\"usage\\":null"}}]}\n\n',
      'data: {"choices":[{"usage":null}]}\n\n',
      'data: not json "usage"\n\n',
      'id: 7\ndata: {"choices":\ndata: []}\n\n',
      'retry: 3\n\n',
      '\n',
      'data\r\r',
    ]
    expect(relayed(INJECTED, events).text).toBe(events.join(''))
  })

  test('takes its member out with one comma, wherever it stands and however it is spaced', () => {
    const member = fc.constantFrom<string[]>(
      '"id":"x"',
      '"choices":[{"delta":{"content":"a,}"}}]',
      '"n" : [1, 2]',
    )
    const padding = fc.constantFrom('', ' ', '  ')
    fc.assert(
      fc.property(
        fc.uniqueArray(member, { minLength: 1 }),
        fc.nat(),
        padding,
        padding,
        (members, at, before, behind) => {
          const all = [...members]
          all.splice(at % (members.length + 1), 0, `"usage"${before}:${behind}null`)
          const { text } = relayed(INJECTED, [
            `data: {${before}${all.join(`${behind},${before}`)}${behind}}\n\n`,
          ])
          expect(text).not.toContain('usage')
          expect(JSON.parse(text.slice('data: '.length))).toEqual(JSON.parse(`{${members.join(',')}}`))
          for (const kept of members) expect(text).toContain(kept)
        },
      ),
    )
  })

  test('is undone on data that stands on several lines', () => {
    const { text } = relayed(INJECTED, [
      'event: x\ndata: {"id":"a",\ndata: "choices":[{}],\ndata: "usage":null}\n\n',
    ])
    expect(text).toMatch(/^event: x\ndata: .*\n\n$/)
    expect(JSON.parse(text.slice(text.indexOf('{')))).toEqual({ id: 'a', choices: [{}] })
  })
})

describe('an aliased model', () => {
  const ALIASED: ChatStreamOptions = { isUsageInjected: false, alias: 'our "model"' }

  test('is renamed back in every chunk, the usage chunk included, and nothing else changes', () => {
    const events = [
      event(chunk('the gpt-6-sol-2026-09-01 model', { usage: null })),
      'data: {"model" : "gpt-6-sol", "choices":[{"model":"inner"}]}\r\n\r\n',
      event(usageChunk()),
    ]
    const { text } = relayed(ALIASED, [...events, event('[DONE]')])
    const expected = [
      events[0]?.replace('"model":"gpt-6-sol-2026-09-01"', '"model":"our \\"model\\""'),
      'data: {"model" : "our \\"model\\"", "choices":[{"model":"inner"}]}\r\n\r\n',
      events[2]?.replace('"model":"gpt-6-sol-2026-09-01"', '"model":"our \\"model\\""'),
      event('[DONE]'),
    ]
    expect(text).toBe(expected.join(''))
  })

  test('is renamed back together with an undone usage, whichever stands first', () => {
    const options = { isUsageInjected: true, alias: 'ours' }
    const events = [
      'data: {"usage":null,"model":"theirs","choices":[{}]}\n\n',
      'data: {"choices":[{}],"model":"theirs","usage":null}\n\n',
      'data: {"model":"theirs","usage":null,"choices":[{}]}\n\n',
    ]
    expect(relayed(options, events).text).toBe(
      'data: {"model":"ours","choices":[{}]}\n\n' +
        'data: {"choices":[{}],"model":"ours"}\n\n' +
        'data: {"model":"ours","choices":[{}]}\n\n',
    )
  })
})

describe('the end of a streamed completion', () => {
  test.each([
    'data: [DONE]\n\n',
    'data:[DONE]\r\n\r\n',
    'data: [DONE]',
    '\ufeffdata: [DONE]\n\n',
    `: ${'c'.repeat(90)}\ndata: [DONE]\n\n`,
  ])('is %j, withheld byte for byte', (text) => {
    const verdict = judge(createChatStreamReader(INJECTED), text)
    expect(verdict).toMatchObject({ kind: 'withhold', isFinal: true })
    expect(verdict.kind === 'withhold' && verdict.bytes.toString()).toBe(text)
  })

  test.each([
    'data: {"choices":[{"delta":{"content":"[DONE]"}}]}\n\n',
    ': [DONE]\n\n',
    'event: [DONE]\n\n',
    'data: "[DONE]"\n\n',
  ])('is not %j', (text) => {
    expect(judge(createChatStreamReader(PLAIN), text)).toEqual({ kind: 'pass' })
  })
})

describe('the generated text', () => {
  test('is measured in bytes, tool calls and reasoning included, and usage chunks count nothing', () => {
    const call = { tool_calls: [{ index: 0, function: { name: 'f', arguments: '{"a":1}' } }] }
    const { reader } = relayed(INJECTED, [
      event(chunk('门')),
      event({ ...chunk(''), choices: [{ delta: { reasoning_content: 'abcd' } }] }),
      event({ ...chunk(''), choices: [{ delta: call }] }),
      event({
        ...chunk(''),
        choices: [{ delta: { tool_calls: [{ index: 1, custom: { input: 'ls -a' } }] } }],
      }),
      event({ ...chunk(''), choices: [{ delta: { refusal: 'no' } }] }),
      event(usageChunk()),
      event('[DONE]'),
    ])
    expect(reader.measured.textBytes).toBe(3 + 4 + '{"a":1}'.length + 'ls -a'.length + 2)
  })

  test('is measured where an upstream puts a space behind the colon', () => {
    expect(
      relayed(PLAIN, ['data: {"choices": [{"delta": {"content": "four"}}]}\n\n']).reader.measured.textBytes,
    ).toBe(4)
  })
})

describe('an error in the middle of a stream', () => {
  test('that quotes the upstream’s key is told in our words, in whatever shape it comes', () => {
    const apiKey = '3f9a77aa10bb4cc5dd6e'
    for (const error of [`no ${apiKey}`, { message: `no ${apiKey}` }]) {
      const { text } = relayed({ ...PLAIN, apiKey }, [event(chunk('a')), event({ error })])
      expect(text).not.toContain(apiKey)
      expect(text).toContain('upstream_failed')
    }
  })

  const failed = (error: object) => relayed(INJECTED, [event(chunk('a')), event({ error })])

  test('is remembered, and its words about the request pass untouched', () => {
    const error = {
      message: 'The model ran out of context.',
      type: 'invalid_request_error',
      param: null,
      code: 'context_length_exceeded',
    }
    const { text, reader } = failed(error)
    expect(reader.measured.hasFailed).toBe(true)
    expect(text).toBe(event(chunk('a')) + event({ error }))
  })

  test.each([
    [
      'upstream_rejected',
      {
        message: 'You exceeded your current quota.',
        type: 'insufficient_quota',
        param: null,
        code: 'insufficient_quota',
      },
    ],
    [
      'upstream_rejected',
      {
        message: 'Incorrect API key: sk-proj-****abcd',
        type: 'invalid_request_error',
        code: 'invalid_api_key',
      },
    ],
    [
      'upstream_busy',
      {
        message: 'Rate limit reached in organization org-AbCdEf123456.',
        type: 'tokens',
        code: 'rate_limit_exceeded',
      },
    ],
    ['upstream_failed', { message: 'Server error for org-AbCdEf123456.', type: 'server_error', code: null }],
  ])('about the operator’s account is told as %s, in our words', (code, error) => {
    const { text, reader } = failed(error)
    expect(reader.measured.hasFailed).toBe(true)
    const told = JSON.parse(text.slice(event(chunk('a')).length + 'data: '.length)) as {
      error: { code: string }
    }
    expect(told.error.code).toBe(code)
    expect(text).not.toMatch(/org-|sk-|quota|organization/)
  })

  test('that is a text alone passes, unless it shows the account or where the upstream is', () => {
    const told = (error: string) => relayed(PLAIN, [event({ error })]).text
    expect(told('overloaded')).toBe(event({ error: 'overloaded' }))
    for (const error of ['no more for org-AbCdEf123456', 'lost 10.0.0.7:8000', 'long'.repeat(600)])
      expect(told(error)).toMatch(/"code":"upstream_failed"/)
    expect(told('Insufficient Balance')).toMatch(/"code":"upstream_rejected"/)
    expect(told('no more for org-AbCdEf123456')).not.toContain('org-')
    expect(told('lost 10.0.0.7:8000')).not.toContain('10.0')
  })

  test('that says null is none', () => {
    const { reader } = relayed(PLAIN, [event({ ...chunk('a'), error: null })])
    expect(reader.measured.hasFailed).toBe(false)
  })

  test('that the gateway adds has the shape that the SDKs read', () => {
    const error = { message: 'm', type: 'upstream_error', param: null, code: 'upstream_failed' }
    expect(createChatStreamReader(PLAIN).errorEvent(error).toString()).toBe(event({ error }))
  })
})

test('no event breaks the reader, and what it cannot read passes as it came', () => {
  const part = fc.constantFrom(
    'data: ',
    'event: ',
    '{"usage":',
    '[DONE]',
    '"error":',
    'null',
    '{',
    '}',
    '\n',
    '\r',
    '"',
    ',',
    '[',
    ']',
    '\\',
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 14 }), fc.boolean(), (parts, isUsageInjected) => {
      const text = `${parts.join('')}\n\n`
      const verdict = judge(createChatStreamReader({ isUsageInjected, alias: 'ours' }), text)
      expect(['pass', 'drop', 'replace', 'withhold']).toContain(verdict.kind)
    }),
    { numRuns: 1_000 },
  )
})

test('a streamed legacy completion is measured by its texts and its usage chunk, and has the latter taken out alike', () => {
  const piece = (text: string, more: object = {}) =>
    event({
      id: 'cmpl-1',
      object: 'text_completion',
      choices: [{ text, index: 0, finish_reason: null }],
      ...more,
    })
  const sent = [piece('Once', { usage: null }), piece(' upon 门', { usage: null })]
  const last = event({ id: 'cmpl-1', object: 'text_completion', choices: [], usage: USAGE })
  const { text, reader } = relayed(INJECTED, [...sent, last, event('[DONE]')])
  expect(text).toBe(`${piece('Once')}${piece(' upon 门')}${event('[DONE]')}`)
  expect(reader.measured).toMatchObject({ textBytes: 13, responseId: 'cmpl-1' })
  expect(reader.measured.reported?.usage.inputTokens).toBe(12)
})
