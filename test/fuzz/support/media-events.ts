// Streams of images and transcripts: their events framed and split in every way, their usage where it belongs or odd, or no end.
import { randomUUID } from 'node:crypto'
import { wavOf } from '../../../server/demo-upstream/sounds.ts'
import { createSeeded, type Seeded } from '../../faults/support/seeded.ts'
import { wrongOpenAiAnswer } from './answers.ts'
import { ANSWER_MS_MAX, type Case, several } from './area.ts'
import { framed, framingOf, junkPiece, type Piece, split, writeAll } from './framed-events.ts'
import { damaged, junkJson } from './junk.ts'
import { MEDIA_MODEL, type OpenAiSide } from './openai-side.ts'

type Kind = 'image_generation' | 'transcript'

const SOUND = wavOf(300)

function textPiece(kind: Kind, seeded: Seeded): Piece {
  const said =
    kind === 'transcript'
      ? seeded.pick(['Hello ', '月亮门', '👩‍👩‍👧', 'a"b\\c', '\n', 'data: x', '[DONE]'])
      : 'aGk='.repeat(seeded.pick([1, 50, 40_000]))
  const event =
    kind === 'transcript'
      ? { type: 'transcript.text.delta', delta: said }
      : { type: 'image_generation.partial_image', partial_image_index: 0, b64_json: said }
  return { kind: 'text', data: JSON.stringify(event), said }
}

function endPiece(kind: Kind, seeded: Seeded): Piece {
  const usage = { input: seeded.int(0, 500), output: seeded.int(0, 200) }
  const told = {
    input_tokens: usage.input,
    output_tokens: usage.output,
    total_tokens: usage.input + usage.output,
  }
  const isOdd = seeded.percent(20)
  const shown = isOdd
    ? seeded.pick<unknown>([{}, [], null, 'none', { ...told, input_tokens: -3 }, junkJson(seeded, 2)])
    : told
  const event =
    kind === 'transcript'
      ? { type: 'transcript.text.done', text: 'Hello', usage: shown }
      : {
          type: 'image_generation.completed',
          b64_json: 'aGk='.repeat(seeded.pick([1, 40_000])),
          usage: shown,
        }
  return { kind: isOdd ? 'odd usage' : 'end', data: JSON.stringify(event), usage }
}

export function mediaCase(side: OpenAiSide, seeded: Seeded): Case<Piece> {
  const kind = seeded.pick<Kind>(['image_generation', 'transcript'])
  const middle = several(seeded, 0, 6, () =>
    seeded.weighted<() => Piece>([
      [6, () => textPiece(kind, seeded)],
      [2, () => junkPiece(seeded)],
      [
        0.3,
        () => ({
          kind: 'damage',
          data: damaged(Buffer.from(textPiece(kind, seeded).data), seeded).toString('latin1'),
        }),
      ],
    ])(),
  )
  const framing = framingOf(seeded)
  const splitSeed = seeded.int(0, 2 ** 31)
  return {
    parts: [...middle, ...(seeded.percent(85) ? [endPiece(kind, seeded)] : [])],
    async look(pieces) {
      const name = randomUUID()
      side.upstream.expect(name, (res) => {
        const text = (framing.hasBom ? '\ufeff' : '') + pieces.map((piece) => framed(piece, framing)).join('')
        res.setHeader('content-type', 'text/event-stream')
        void writeAll(res, split(Buffer.from(text), createSeeded(splitSeed)))
      })
      const response = await asked(side, kind, name)
      const headers = Object.fromEntries(response.headers)
      const end = pieces.at(-1)
      const isSure = end?.kind === 'end' && !pieces.some(({ kind: one }) => one === 'damage')
      if (isSure && end.usage) side.upstream.reported.set(headers['x-request-id'] ?? '', end.usage)
      const text = (await response.text()).replace(/^\ufeff/, '').replace(/\r\n|\r/g, '\n')
      const wrong = wrongOpenAiAnswer({ status: response.status, headers, text }, { mayBeForeign: true })
      return wrong ?? (isSure ? wrongText(pieces, text) : undefined)
    },
  }
}

function asked({ gateway, person }: OpenAiSide, kind: Kind, name: string): Promise<Response> {
  const form = new FormData()
  form.set('file', new Blob([SOUND]), 'a.wav')
  form.set('stream', 'true')
  form.set('model', MEDIA_MODEL)
  const isForm = kind === 'transcript'
  return fetch(`${gateway.url}/v1/${isForm ? 'audio/transcriptions' : 'images/generations'}`, {
    method: 'POST',
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
    headers: {
      authorization: `Bearer ${person.key}`,
      'x-client-request-id': name,
      ...(isForm ? {} : { 'content-type': 'application/json' }),
    },
    body: isForm ? form : JSON.stringify({ model: MEDIA_MODEL, prompt: 'A gate.', stream: true }),
  })
}

/** Every text that was sent arrives, in its order. */
function wrongText(pieces: readonly Piece[], received: string): string | undefined {
  const sent = pieces.map(({ said = '' }) => said).join('')
  const texts = received.split('\n\n').map((event) => {
    const lines = event.split('\n').flatMap((line) => (line.startsWith('data:') ? [line.slice(5)] : []))
    try {
      const message = JSON.parse(lines.join('\n'))
      return message?.delta ?? (message?.type === 'image_generation.partial_image' ? message.b64_json : '')
    } catch {
      return ''
    }
  })
  const read = texts.join('')
  return read === sent ? undefined : `sent ${sent.length} characters of text, received ${read.length}`
}
