// An event that is too large to be kept is read while it passes. Whatever is read of it, and whatever of it is changed, has
// to be what the same event gives when it is read whole; so both ways are held against each other, over events cut anywhere.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createChatStreamReader } from './chat-stream.ts'
import { createResponsesStreamReader } from './responses-stream.ts'
import { EventSplitter, readEvent } from './sse.ts'
import type { StreamReader } from './stream-meter.ts'

/** The stream in pieces that end at these places, read by a reader that keeps `keptMax` bytes of an event. */
function relayed(reader: StreamReader, bytes: Buffer, places: readonly number[], keptMax: number) {
  const splitter = new EventSplitter(keptMax)
  const out: Buffer[] = []
  let isFinal = false
  let passing: ReturnType<StreamReader['passing']> | undefined
  const ends = [...new Set(places.map((place) => place % bytes.length)), bytes.length].sort((a, b) => a - b)
  let at = 0
  for (const end of ends) {
    splitter.push(
      bytes.subarray(at, end),
      (event, from, to) => {
        const verdict = reader.read(event.subarray(from, to))
        if (verdict.kind === 'pass') out.push(event.subarray(from, to))
        if (verdict.kind === 'replace' || verdict.kind === 'withhold') out.push(verdict.bytes)
        if (verdict.kind === 'withhold') isFinal ||= verdict.isFinal
      },
      (piece, isLast) => {
        passing ??= reader.passing()
        out.push(...passing.push(piece))
        if (!isLast) return
        const ended = passing.end()
        out.push(...ended.rest)
        isFinal ||= ended.isFinal
        passing = undefined
      },
    )
    at = end
  }
  return { text: Buffer.concat(out).toString(), isFinal, measured: reader.measured }
}

const WHOLE = Number.POSITIVE_INFINITY
const places = fc.array(fc.nat(1_000_000), { maxLength: 30 })

const leaf = fc.oneof(
  fc.string({
    unit: fc.constantFrom('a', '"', '\\', '门', '🌕', '\n', '{', '}', ',', ':', '\u0001'),
    maxLength: 12,
  }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)
const filling = fc.oneof(
  leaf,
  fc.array(leaf, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('a', 'delta', 'content', 'usage', 'model', 'error', 'id'), leaf, {
    maxKeys: 4,
  }),
)
const count = fc.integer({ min: 0, max: 100_000 })
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const operatorsError = fc.constantFrom(
  { code: 'insufficient_quota', message: 'You exceeded your quota', type: 'insufficient_quota' },
  { code: 'server_error', message: 'in org-abcdefgh12345678', type: 'server_error' },
  { code: 'context_length_exceeded', message: 'Too long', type: 'invalid_request_error' },
  null,
)

/** The members of an object in an order of its own. */
const shuffled = (object: object) =>
  fc
    .shuffledSubarray(Object.entries(object), { minLength: Object.keys(object).length })
    .map((entries) => Object.fromEntries(entries.filter(([, value]) => value !== undefined)))

const responseUsage = fc.record({
  input_tokens: count,
  input_tokens_details: fc.record({ cached_tokens: count }),
  output_tokens: count,
})
const responsesEvent = fc
  .record({
    type: fc.constantFrom(
      'response.completed',
      'response.failed',
      'response.in_progress',
      'response.created',
    ),
    sequence_number: fc.nat(1_000),
    filling,
    response: fc
      .record({
        id: fc.constantFrom('resp_1', 'resp_2'),
        model: fc.constant('gpt-6-sol'),
        service_tier: maybe(fc.constantFrom('flex', 'default')),
        metadata: filling,
        usage: fc.oneof(responseUsage, fc.constant(null)),
        tool_usage: maybe(fc.record({ web_search: fc.record({ num_requests: fc.nat(5) }) })),
        error: maybe(operatorsError),
        text: filling,
      })
      .chain(shuffled),
  })
  .chain(shuffled)

const chatChunk = fc
  .record({
    id: fc.constantFrom('chatcmpl-1', 'chatcmpl-2'),
    model: fc.constant('gpt-6-sol'),
    service_tier: maybe(fc.constantFrom('flex', 'default')),
    choices: fc.array(fc.record({ delta: fc.record({ content: fc.string(), refusal: fc.constant(null) }) }), {
      minLength: 1,
      maxLength: 3,
    }),
    filling,
    usage: maybe(fc.oneof(fc.record({ prompt_tokens: count, completion_tokens: count }), fc.constant(null))),
  })
  .chain(shuffled)

const framed = (name: string | undefined, data: object, lineEnd: string) =>
  Buffer.from(
    `${name === undefined ? '' : `event: ${name}${lineEnd}`}data: ${JSON.stringify(data)}${lineEnd}${lineEnd}`,
  )
const lineEnds = fc.constantFrom('\n', '\r\n', '\r')

describe('an event that is read while it passes', () => {
  test('gives what the same event of a response gives when it is read whole', () => {
    fc.assert(
      fc.property(
        responsesEvent,
        places,
        lineEnds,
        maybe(fc.constant('our-model')),
        (data, cuts, lineEnd, alias) => {
          const read = (keptMax: number) => {
            const owned: unknown[] = []
            const onId = (...told: unknown[]) => void owned.push(told)
            const reader = createResponsesStreamReader({ alias, onId })
            const { type, sequence_number: number } = data as { type: string; sequence_number: number }
            const bytes = framed(type, data, lineEnd)
            const delta = { type: 'response.output_text.delta', sequence_number: number + 1, delta: 'x' }
            const after = framed(delta.type, delta, lineEnd)
            const seen = relayed(reader, Buffer.concat([bytes, after]), cuts, keptMax)
            return {
              ...seen,
              owned,
              next: reader.errorEvent({ message: '', type: '', param: null, code: '' }).toString(),
            }
          }
          expect(read(10)).toEqual(read(WHOLE))
        },
      ),
      { numRuns: 500 },
    )
  })

  test('gives what the same chunk of a chat gives when it is read whole', () => {
    fc.assert(
      fc.property(
        chatChunk,
        places,
        lineEnds,
        fc.boolean(),
        maybe(fc.constant('our-model')),
        (data, cuts, lineEnd, isUsageInjected, alias) => {
          const read = (keptMax: number) =>
            relayed(
              createChatStreamReader({ isUsageInjected, alias }),
              framed(undefined, data, lineEnd),
              cuts,
              keptMax,
            )
          const [passing, whole] = [read(10), read(WHOLE)]
          // Which of the two commas goes with a member that is taken out makes no difference.
          expect(readEvent(Buffer.from(passing.text)).data).toBe(readEvent(Buffer.from(whole.text)).data)
          // Read whole, a chunk without usage is not asked for its id and tier.
          const { responseId, serviceTier, ...learnt } = passing.measured
          expect(whole.measured).toMatchObject(learnt)
          if (passing.measured.reported) expect(whole.measured).toMatchObject({ responseId, serviceTier })
        },
      ),
      { numRuns: 500 },
    )
  })

  test('on several lines is read and changed all the same', () => {
    fc.assert(
      fc.property(responsesEvent, places, (data, cuts) => {
        const lines = JSON.stringify(data, null, 1).split('\n')
        const bytes = Buffer.from(`event: x\n${lines.map((line) => `data: ${line}\n`).join('')}\n`)
        const read = (keptMax: number) => {
          const seen = relayed(
            createResponsesStreamReader({ alias: 'our-model', onId: () => {} }),
            bytes,
            cuts,
            keptMax,
          )
          return { ...seen, text: JSON.parse(readEvent(Buffer.from(seen.text)).data ?? '') }
        }
        expect(read(10)).toEqual(read(WHOLE))
      }),
      { numRuns: 300 },
    )
  })
})

/** A last event of tens of megabytes, its usage where OpenAI has it: behind the output. */
function hugeCompleted(bytes: number, more: object = {}) {
  const output = [{ type: 'reasoning', id: 'rs_1', encrypted_content: 'x'.repeat(bytes), summary: [] }]
  const usage = { input_tokens: 11, output_tokens: 7, total_tokens: 18 }
  const response = { id: 'resp_1', model: 'gpt-6-sol', output, service_tier: 'flex', usage, ...more }
  return framed('response.completed', { type: 'response.completed', sequence_number: 4, response }, '\n')
}
const everyKilobyte = (bytes: Buffer) =>
  Array.from({ length: Math.floor(bytes.length / 65_536) }, (_, n) => (n + 1) * 65_536)

test('a last event of 20 MB gives its usage, its ids and its tier, in little time and memory', () => {
  const told: unknown[] = []
  const reader = createResponsesStreamReader({ alias: undefined, onId: (...what) => void told.push(what) })
  const bytes = hugeCompleted(20_000_000)
  const startedMs = performance.now()
  const { text, isFinal, measured } = relayed(reader, bytes, everyKilobyte(bytes), 1_048_576)
  expect(performance.now() - startedMs).toBeLessThan(3_000)
  expect(text === bytes.toString()).toBe(true)
  expect(isFinal).toBe(true)
  expect(measured.reported?.usage).toMatchObject({ inputTokens: 11, outputTokens: 7 })
  expect(measured).toMatchObject({ responseId: 'resp_1', serviceTier: 'flex', hasFailed: false })
  expect(told).toEqual([['response', 'resp_1', 18]])
})

test('nothing is held back but what may have to change', () => {
  const reader = createResponsesStreamReader({ alias: 'our-model', onId: () => {} })
  const passing = reader.passing()
  const passed = (text: string) => Buffer.concat(passing.push(Buffer.from(text))).toString()
  expect(passed('event: response.completed\ndata: {"type":"response.completed","response":{"output":[')).toBe(
    'event: response.completed\ndata: {"type":"response.completed","response":{"output":[',
  )
  expect(passed('"xxxx"]')).toBe('"xxxx"]')
  expect(passed(',"mod')).toBe('')
  expect(passed('el":"gpt-')).toBe('')
  expect(passed('6-sol","x"')).toBe(',"model":"our-model","x"')
})

test.each([
  ['a value', { error: { code: 'server_error', message: 'y'.repeat(200_000) } }, '"upstream_failed"'],
  ['a usage report', { usage: { input_tokens: 1, output_tokens: 2, notes: 'y'.repeat(200_000) } }, '"usage"'],
])('%s that is itself too large is not kept', (_, more, expected) => {
  const reader = createResponsesStreamReader({ alias: undefined, onId: () => {} })
  const bytes = hugeCompleted(1_000, more)
  const { text, measured } = relayed(reader, bytes, everyKilobyte(bytes), 1_000)
  expect(text).toContain(expected)
  expect(() => JSON.parse(readEvent(Buffer.from(text)).data ?? '')).not.toThrow()
  if ('error' in more) expect(text).not.toContain('yyyy')
  else expect(measured.reported).toBeUndefined()
})

test.each(['{"a":', '[[[[', `${'['.repeat(5_000)}`, '"\\u12', '}}}}', ',,,', '{"a" "b"', '\u0000\u0001'])(
  'what is no JSON passes as it came (%j)',
  (broken) => {
    const bytes = Buffer.from(`event: response.completed\ndata: ${broken}\n\n`)
    const reader = createResponsesStreamReader({ alias: 'our-model', onId: () => {} })
    const { text } = relayed(reader, bytes, [30, 35, 40, 50], 10)
    expect(text).toBe(bytes.toString())
  },
)
