// The splitter against whole streams cut at any place, and the reader against the rules of the WHATWG's event streams.
import { createParser } from 'eventsource-parser'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EventSplitter, readEvent } from './sse.ts'

const EVENT_BYTES_MAX = 1_000_000

const unexpected = () => {
  throw new Error('nothing of this kind is expected')
}

/** The stream's bytes handed over in pieces that end at these places. */
function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b)
  let at = 0
  return [...ends, bytes.length].map((end) => {
    const piece = bytes.subarray(at, end)
    at = end
    return piece
  })
}

function split(pieces: readonly Buffer[], maxBytes = EVENT_BYTES_MAX): Buffer[] {
  const splitter = new EventSplitter(maxBytes)
  const events: Buffer[] = []
  for (const piece of pieces) {
    splitter.push(
      piece,
      (bytes, start, end) => void events.push(Buffer.from(bytes.subarray(start, end))),
      (part) => void events.push(Buffer.from(part)),
    )
  }
  const rest = splitter.rest()
  return rest ? [...events, rest] : events
}

/** What a client's parser would dispatch of it: events without data are not dispatched. */
const dispatched = (events: readonly Buffer[]) =>
  events
    .map(readEvent)
    .filter(({ data }) => data !== undefined)
    .map(({ name, data }) => ({ event: name || undefined, data }))

const lineText = fc.string({
  unit: fc.constantFrom('a', '{', '"', ':', ' ', '\\', '门', '🌕', '\ufeff', '[DONE]'),
  maxLength: 8,
})

const line = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom('data: ', 'data:', 'data:  '), lineText)
      .map((parts) => parts.join('')),
  },
  { weight: 2, arbitrary: lineText.map((text) => `event: ${text}`) },
  fc.constantFrom(
    'data',
    'event',
    'id: 7',
    'retry: 10',
    ': a comment',
    ':',
    'unknown: field',
    'dataset: no',
    ' data: no',
  ),
)

/** A stream of events in which every line may end in its own way. */
const stream = fc
  .record({
    hasBom: fc.boolean(),
    events: fc.array(fc.array(line, { maxLength: 4 }), { maxLength: 6 }),
    lineEnds: fc.array(fc.constantFrom('\n', '\r\n', '\r'), { minLength: 1, maxLength: 7 }),
    isCutShort: fc.boolean(),
  })
  .map(({ hasBom, events, lineEnds, isCutShort }) => {
    let next = 0
    // An empty line that ends in CR must not meet one that begins with LF: the two would be one line end.
    const ended = (text: string, before: string) => {
      const lineEnd = lineEnds[next++ % lineEnds.length] ?? '\n'
      return text + (text === '' && lineEnd === '\n' && before.endsWith('\r') ? '\r\n' : lineEnd)
    }
    let text = hasBom ? '\ufeff' : ''
    for (const lines of events) for (const written of [...lines, '']) text += ended(written, text)
    return isCutShort ? `${text}data: the rest` : text
  })

describe('a stream of events', () => {
  test('loses no byte and gains none, however it is cut', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 12 }), (text, places) => {
        const bytes = Buffer.from(text)
        expect(Buffer.concat(split(cutAt(bytes, places))).equals(bytes)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test('carries the same events however it is cut, byte by byte included', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 12 }), (text, places) => {
        const bytes = Buffer.from(text)
        const whole = dispatched(split([bytes]))
        expect(dispatched(split(cutAt(bytes, places)))).toEqual(whole)
        expect(dispatched(split([...bytes].map((byte) => Buffer.from([byte]))))).toEqual(whole)
      }),
      { numRuns: 500 },
    )
  })

  test('carries the events that an independent parser finds in it', () => {
    fc.assert(
      fc.property(stream, (text) => {
        const expected: { event: string | undefined; data: string }[] = []
        const parser = createParser({
          onEvent: ({ event, data }) => void expected.push({ event: event || undefined, data }),
        })
        parser.feed(`${text}\n\n`)
        expect(dispatched(split([Buffer.from(text)]))).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })

  test('hands an event on as soon as its blank line is there, and not before', () => {
    const splitter = new EventSplitter(EVENT_BYTES_MAX)
    const seen: string[] = []
    const push = (text: string) =>
      splitter.push(
        Buffer.from(text),
        (bytes, start, end) => void seen.push(bytes.toString('utf8', start, end)),
        unexpected,
      )
    push('data: a\n')
    expect(seen).toEqual([])
    push('\n')
    expect(seen).toEqual(['data: a\n\n'])
    push('data: b\r\ndata: c\r\n\r\ndata: d')
    expect(seen).toEqual(['data: a\n\n', 'data: b\r\ndata: c\r\n\r\n'])
    push('\r\r')
    expect(seen.at(-1)).toBe('data: d\r\r')
    expect(splitter.rest()).toBeUndefined()
  })

  test('may be cut inside a CRLF: the event goes out at once, and the LF that follows is no event of its own', () => {
    const events = split([Buffer.from('data: a\r\n\r'), Buffer.from('\ndata: b\r\n\r\n')])
    expect(events.map(String)).toEqual(['data: a\r\n\r', '\n', 'data: b\r\n\r\n'])
    expect(dispatched(events)).toEqual([
      { event: undefined, data: 'a' },
      { event: undefined, data: 'b' },
    ])
  })

  test('may end without its last blank line', () => {
    expect(split([Buffer.from('data: a\n\ndata: b')]).map(String)).toEqual(['data: a\n\n', 'data: b'])
  })
})

describe('an event beyond the bound', () => {
  test('is handed on in pieces and never kept whole', () => {
    const splitter = new EventSplitter(1_000)
    const pieces: number[] = []
    const received: Buffer[] = []
    const sent: Buffer[] = []
    for (let count = 0; count < 50; count += 1) {
      const chunk = Buffer.from(count === 0 ? `data: ${'x'.repeat(294)}` : 'x'.repeat(300))
      sent.push(chunk)
      splitter.push(chunk, unexpected, (piece, isLast) => {
        expect(isLast).toBe(false)
        pieces.push(piece.length)
        received.push(piece)
      })
    }
    expect(pieces.length).toBeGreaterThan(10)
    expect(Math.max(...pieces)).toBeLessThanOrEqual(1_300)
    const rest = splitter.rest()
    expect(Buffer.concat(rest ? [...received, rest] : received).equals(Buffer.concat(sent))).toBe(true)
  })

  test('is told to have ended, and does not keep the events behind it from being read', () => {
    const splitter = new EventSplitter(1_000)
    const told: string[] = []
    for (const piece of [`data: ${'x'.repeat(2_000)}`, 'yy', '\n', '\ndata: next\n\n'])
      splitter.push(
        Buffer.from(piece),
        (bytes, start, end) => void told.push(bytes.toString('utf8', start, end)),
        (part, isLast) => void told.push(`${part.toString().slice(-2)}${isLast ? ' last' : ''}`),
      )
    expect(told).toEqual(['xx', 'yy', '\n', '\n last', 'data: next\n\n'])
  })

  test('takes time in proportion to its length, whatever its line ends', () => {
    const startedMs = performance.now()
    for (const lineEnd of ['\n', '\r\n']) {
      const bytes = Buffer.from(`event: a${lineEnd}data: ${'x'.repeat(8_000_000)}${lineEnd}${lineEnd}`)
      const splitter = new EventSplitter(10_000_000)
      let count = 0
      for (let at = 0; at < bytes.length; at += 4_096)
        splitter.push(
          bytes.subarray(at, at + 4_096),
          () => {
            count += 1
          },
          unexpected,
        )
      expect(count).toBe(1)
    }
    // Looking at everything again with each piece took half a minute here.
    expect(performance.now() - startedMs).toBeLessThan(2_500)
  })
})

describe('the fields of an event', () => {
  const read = (text: string) => readEvent(Buffer.from(text))

  test.each([
    ['data: a\n\n', undefined, 'a'],
    ['data:a\n\n', undefined, 'a'],
    ['data:  a\n\n', undefined, ' a'],
    ['data: a\ndata: b\n\n', undefined, 'a\nb'],
    ['data: a\r\ndata:\r\ndata: b\r\n\r\n', undefined, 'a\n\nb'],
    ['data\n\n', undefined, ''],
    ['data:\n\n', undefined, ''],
    ['event: x\ndata: a\n\n', 'x', 'a'],
    ['data: a\revent: x\r\r', 'x', 'a'],
    ['event: x\nevent: y\ndata: a\n\n', 'y', 'a'],
    ['\ufeffdata: a\n\n', undefined, 'a'],
    ['\ufeffevent: x\ndata: a\n\n', 'x', 'a'],
    [': data: a\n\n', undefined, undefined],
    [' data: a\n\n', undefined, undefined],
    ['Data: a\n\n', undefined, undefined],
    ['event: x\n\n', 'x', undefined],
    ['data: a:b: c\n\n', undefined, 'a:b: c'],
    ['data: \ufeffa\n\n', undefined, '\ufeffa'],
    ['data: a', undefined, 'a'],
    ['', undefined, undefined],
    ['\n', undefined, undefined],
  ])('of %j are name %j and data %j', (text, name, data) => {
    expect(read(text)).toMatchObject({ name, data })
  })

  test.each(['data: {"门":1}\n\n', '\ufeffevent: 门\r\ndata:{"a":"🌕"}\r\n\r\n', 'data\n\n', ': c\ndata: x'])(
    'of %j name the very bytes of the data',
    (text) => {
      const bytes = Buffer.from(text)
      const { data, dataRange } = readEvent(bytes)
      expect(dataRange && bytes.toString('utf8', dataRange.start, dataRange.end)).toBe(data)
    },
  )

  test('name no place for data on several lines', () => {
    expect(read('data: a\ndata: b\n\n').dataRange).toBeUndefined()
    expect(read('data: a\ndata: b\ndata: c\n\n').dataRange).toBeUndefined()
  })
})
