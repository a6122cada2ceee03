// What an upstream may send: streams framed in every way and split at any byte, with junk between the events, usage in odd
// places and forms, or no end; and whole answers that are none.
import { randomUUID } from 'node:crypto'
import { createSeeded, type Seeded } from '../../faults/support/seeded.ts'
import { TEST_MODEL } from '../../integration/support/running-gateway.ts'
import { wrongOpenAiAnswer } from '../support/answers.ts'
import { ANSWER_MS_MAX, type Case, type FuzzArea, runCases, seedOf, several } from '../support/area.ts'
import {
  type Framing,
  framed,
  framingOf,
  junkPiece,
  type Piece,
  split,
  writeAll,
} from '../support/framed-events.ts'
import type { Reported } from '../support/fuzz-upstream.ts'
import { damaged, junkJson } from '../support/junk.ts'
import { mediaCase } from '../support/media-events.ts'
import { type OpenAiSide, onOpenAiSide } from '../support/openai-side.ts'

type Dialect = 'chat' | 'responses'

const MARK = '@id@'

function usageOf(dialect: Dialect, { input, output }: Reported): object {
  return dialect === 'chat'
    ? { prompt_tokens: input, completion_tokens: output, total_tokens: input + output }
    : { input_tokens: input, output_tokens: output, total_tokens: input + output }
}

const chatChunk = (more: object): string =>
  JSON.stringify({ id: MARK, object: 'chat.completion.chunk', ...more })

function textPiece(dialect: Dialect, seeded: Seeded): Piece {
  const said = seeded.pick([
    'Hello ',
    '月亮门',
    '👩‍👩‍👧',
    'a"b\\c',
    '\n',
    'data: x',
    '[DONE]',
    'y'.repeat(seeded.int(1, 3_000)),
  ])
  const data =
    dialect === 'chat'
      ? chatChunk({ choices: [{ index: 0, delta: { content: said }, finish_reason: null }] })
      : JSON.stringify({ type: 'response.output_text.delta', item_id: 'msg_1', delta: said })
  return { kind: 'text', data, said }
}

/** Usage that is not what it should be; what it costs is bounded by the hold. */
function oddUsage(dialect: Dialect, seeded: Seeded): Piece {
  const usage = seeded.pick<unknown>([
    {},
    [],
    'none',
    usageOf(dialect, { input: -3, output: 5 }),
    usageOf(dialect, { input: 1e15, output: 1e15 }),
    { ...usageOf(dialect, { input: 3, output: 4 }), prompt_tokens_details: { cached_tokens: 99 } },
    { ...usageOf(dialect, { input: 3, output: 4 }), input_tokens_details: { cached_tokens: 99 } },
    { prompt_tokens: '12', completion_tokens: null, input_tokens: 1.5, output_tokens: true },
    junkJson(seeded, 2),
  ])
  const data =
    dialect === 'chat'
      ? chatChunk({ choices: [], usage })
      : JSON.stringify({ type: 'response.in_progress', response: { id: MARK, usage } })
  return { kind: 'odd usage', data }
}

function endPieces(dialect: Dialect, seeded: Seeded): Piece[] {
  const usage = { input: seeded.int(0, 500), output: seeded.int(0, 200) }
  if (dialect === 'responses') {
    const type = seeded.pick(['response.completed', 'response.completed', 'response.incomplete'])
    const response = { id: MARK, status: type.slice(9), output: [], usage: usageOf(dialect, usage) }
    return [{ kind: 'end', data: JSON.stringify({ type, response }), usage }]
  }
  const last = chatChunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })
  const withUsage = { data: chatChunk({ choices: [], usage: usageOf(dialect, usage) }), usage }
  return [
    { kind: 'text', data: last, said: '' },
    ...(seeded.percent(90) ? [{ kind: 'usage', ...withUsage } as const] : []),
    { kind: 'end', data: '[DONE]' },
  ]
}

function piecesOf(dialect: Dialect, seeded: Seeded): Piece[] {
  const created = JSON.stringify({ type: 'response.created', response: { id: MARK, usage: null } })
  const middle = several(seeded, 1, 8, () =>
    seeded.weighted<() => Piece>([
      [6, () => textPiece(dialect, seeded)],
      [2, () => junkPiece(seeded)],
      [0.3, () => oddUsage(dialect, seeded)],
      [
        0.3,
        () => ({
          kind: 'damage',
          data: damaged(Buffer.from(textPiece(dialect, seeded).data), seeded).toString('latin1'),
        }),
      ],
    ])(),
  )
  return [
    ...(dialect === 'responses'
      ? [{ kind: 'junk', data: `event: response.created\ndata: ${created}\n\n` } as const]
      : []),
    ...middle,
    ...(seeded.percent(85) ? endPieces(dialect, seeded) : []),
    ...(seeded.percent(15) ? [junkPiece(seeded)] : []),
  ]
}

/** What is to be charged where that is beyond doubt: the last usage before the end, among nothing that is odd. */
function chargeable(pieces: readonly Piece[]): Reported | undefined {
  const end = pieces.findIndex(({ kind }) => kind === 'end')
  if (end < 0 || pieces.some(({ kind }) => kind === 'odd usage' || kind === 'damage')) return undefined
  return pieces.slice(0, end + 1).findLast(({ usage }) => usage)?.usage
}

export const streams: FuzzArea = {
  name: 'streams',
  run: ({ seed, cases }) =>
    onOpenAiSide((side) =>
      runCases(
        'streams',
        { seed, cases },
        (number): Case<Piece> => {
          const seeded = createSeeded(seedOf(seed, number))
          if (seeded.percent(20)) return wholeCase(side, seeded)
          if (seeded.percent(25)) return mediaCase(side, seeded)
          const dialect = seeded.pick(['chat', 'responses'] as const)
          const framing = framingOf(seeded)
          const asksForUsage = seeded.percent(30)
          const splitSeed = seeded.int(0, 2 ** 31)
          return {
            parts: piecesOf(dialect, seeded),
            look: (pieces) => lookAtStream(side, { dialect, framing, asksForUsage, splitSeed }, pieces),
          }
        },
        (parts) => JSON.stringify(parts),
      ),
    ),
}

interface StreamCase {
  readonly dialect: Dialect
  readonly framing: Framing
  readonly asksForUsage: boolean
  readonly splitSeed: number
}

async function lookAtStream(
  { gateway, upstream, person }: OpenAiSide,
  { dialect, framing, asksForUsage, splitSeed }: StreamCase,
  pieces: readonly Piece[],
): Promise<string | undefined> {
  const name = randomUUID()
  upstream.expect(name, (res, id) => {
    const usage = chargeable(pieces)
    if (usage) upstream.reported.set(id, usage)
    const bom = framing.hasBom ? '\ufeff' : ''
    const text = bom + pieces.map((piece) => framed(piece, framing)).join('')
    res.setHeader('content-type', 'text/event-stream')
    void writeAll(res, split(Buffer.from(text.replaceAll(MARK, id)), createSeeded(splitSeed)))
  })
  const response = await fetch(`${gateway.url}/v1/${dialect === 'chat' ? 'chat/completions' : 'responses'}`, {
    method: 'POST',
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
    headers: {
      authorization: `Bearer ${person.key}`,
      'content-type': 'application/json',
      'x-client-request-id': name,
    },
    body: JSON.stringify({
      model: TEST_MODEL,
      stream: true,
      ...(dialect === 'chat' ? { messages: [{ role: 'user', content: 'Hi' }] } : { input: 'Hi' }),
      ...(dialect === 'chat' && asksForUsage ? { stream_options: { include_usage: true } } : {}),
    }),
  })
  const text = (await response.text()).replace(/^\ufeff/, '').replace(/\r\n|\r/g, '\n')
  const headers = Object.fromEntries(response.headers)
  const mayLackEnd = dialect === 'chat' && pieces.some(({ kind }) => kind.endsWith('usage'))
  const wrong = wrongOpenAiAnswer(
    { status: response.status, headers, text },
    { mayBeForeign: true, mayLackEnd },
  )
  return wrong ?? wrongText(pieces, text)
}

/** Every text that was sent arrives, in its order; of damage, whatever a reader makes of it. */
function wrongText(pieces: readonly Piece[], received: string): string | undefined {
  if (pieces.some(({ kind }) => kind === 'damage')) return undefined
  const end = pieces.findIndex(({ kind }) => kind === 'end')
  const sent = (end < 0 ? pieces : pieces.slice(0, end)).map(({ said = '' }) => said).join('')
  const texts = received.split('\n\n').map((event) => {
    const data = event
      .split('\n')
      .flatMap((line) => (line.startsWith('data:') ? [line.slice(5)] : []))
      .join('\n')
    try {
      const message = JSON.parse(data)
      return (
        message?.choices?.[0]?.delta?.content ??
        (message?.type === 'response.output_text.delta' ? message.delta : '')
      )
    } catch {
      return ''
    }
  })
  const read = texts.join('')
  return read === sent
    ? undefined
    : `sent ${JSON.stringify(sent.slice(0, 300))}, received ${JSON.stringify(read.slice(0, 300))}`
}

/** An answer that should be whole JSON: any status, any type, any bytes. */
function wholeCase({ gateway, upstream, person }: OpenAiSide, seeded: Seeded) {
  const status = seeded.pick([
    200, 200, 200, 201, 204, 302, 304, 400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503, 529,
  ])
  const type = seeded.pick([
    'application/json',
    'application/json',
    'text/html',
    'text/event-stream',
    '',
    'application/xml',
  ])
  const right = JSON.stringify({
    id: MARK,
    choices: [],
    usage: usageOf('chat', { input: 3, output: 4 }),
    error: junkJson(seeded, 2),
  })
  const body = seeded.weighted<() => string>([
    [2, () => right],
    [2, () => damaged(Buffer.from(right), seeded).toString('latin1')],
    [2, () => JSON.stringify(junkJson(seeded))],
    [2, () => JSON.stringify({ error: junkJson(seeded) })],
    [1, () => '<html><body>Bad gateway</body></html>'],
    [1, () => ''],
  ])()
  return {
    parts: [{ kind: 'damage', data: body }] as readonly Piece[],
    async look(pieces: readonly Piece[]) {
      const name = randomUUID()
      upstream.expect(name, (res, id) => {
        const text = pieces
          .map(({ data }) => data)
          .join('')
          .replaceAll(MARK, id)
        res.writeHead(status, type === '' ? {} : { 'content-type': type })
        res.end(status === 204 || status === 304 ? undefined : text)
      })
      const response = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
        headers: {
          authorization: `Bearer ${person.key}`,
          'content-type': 'application/json',
          'x-client-request-id': name,
        },
        body: JSON.stringify({ model: TEST_MODEL, messages: [{ role: 'user', content: 'Hi' }] }),
      })
      const headers = Object.fromEntries(response.headers)
      const wrong = wrongOpenAiAnswer(
        { status: response.status, headers, text: await response.text() },
        { mayBeForeign: true },
      )
      return wrong === undefined ? undefined : `for ${status} ${type}: ${wrong}`
    },
  }
}
