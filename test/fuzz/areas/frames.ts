// Frames of a WebSocket: right ones that go on from each other, right ones with something changed or damaged, junk, and clients
// that leave in between. Whatever was sent is answered once, or the connection is closed with a reason.
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { createSeeded, type Seeded } from '../../faults/support/seeded.ts'
import { TEST_MODEL } from '../../integration/support/running-gateway.ts'
import { wrongOpenAiError } from '../support/answers.ts'
import { ANSWER_MS_MAX, type Case, type FuzzArea, runCases, seedOf, several } from '../support/area.ts'
import { damaged, type Json, jsonText, junkJson, mutated } from '../support/junk.ts'
import { type OpenAiSide, onOpenAiSide } from '../support/openai-side.ts'

interface Part {
  readonly kind: 'text' | 'bytes' | 'ping' | 'leave'
  /** A character for each byte; `@id@` stands for the id of the latest response. */
  readonly data: string
  /** Whether what was sent before is answered first. */
  readonly waits: boolean
}

const MARK = '@id@'
const CREATE = { type: 'response.create', model: TEST_MODEL, input: 'Tell me about gates.', store: false }
const FRAMES: readonly Json[] = [
  CREATE,
  { ...CREATE, generate: false },
  { ...CREATE, previous_response_id: MARK },
  { ...CREATE, store: true, previous_response_id: MARK, stream_id: 'a' },
  {
    ...CREATE,
    previous_response_id: MARK,
    input: [{ type: 'function_call_output', call_id: 'call_1', output: 'seen' }],
    tools: [{ type: 'function', name: 'look', parameters: {} }],
    stream_id: 'b',
  },
  { type: 'response.steer', previous_response_id: MARK, input: 'Faster.' },
]
const NAMES =
  'type generate stream_id stream store previous_response_id input model background tools conversation'.split(
    ' ',
  )

function partOf(seeded: Seeded): Part {
  let value = seeded.pick(FRAMES)
  for (let times = seeded.int(0, 2); times > 0; times -= 1) value = mutated(value, seeded, NAMES)
  if (seeded.percent(5)) value = junkJson(seeded)
  const bytes = Buffer.from(jsonText(value, seeded))
  return {
    kind: seeded.weighted([
      [20, 'text'],
      [1, 'bytes'],
      [1, 'ping'],
      [0.5, 'leave'],
    ]),
    data: (seeded.percent(15) ? damaged(bytes, seeded) : bytes).toString('latin1'),
    waits: seeded.percent(60),
  }
}

export const frames: FuzzArea = {
  name: 'frames',
  run: ({ seed, cases }) =>
    onOpenAiSide((side) =>
      runCases(
        'frames',
        { seed, cases },
        (number): Case<Part> => {
          const seeded = createSeeded(seedOf(seed, number))
          return {
            parts: several(seeded, 1, 4, () => partOf(seeded)),
            look: (parts) => lookAt(side, parts),
          }
        },
        (parts) => JSON.stringify(parts),
      ),
    ),
}

const ENDS = /^(error|response\.(completed|incomplete|failed))$/
/** No UTF-8, too large, and the end of somebody’s patience. */
const CLOSED_WITH: ReadonlySet<number> = new Set([1007, 1008, 1009])

async function lookAt({ gateway, person }: OpenAiSide, parts: readonly Part[]): Promise<string | undefined> {
  const ws = new WebSocket(`${gateway.url.replace('http', 'ws')}/v1/responses`, {
    headers: { authorization: `Bearer ${person.key}` },
  })
  const wrong: string[] = []
  let sent = 0
  let ended = 0
  let id = 'resp_none'
  let closedWith: number | undefined
  ws.on('error', () => {})
  let wake = (): void => {}
  ws.on('close', (code) => {
    closedWith = code
    wake()
  })
  ws.on('message', (data) => {
    const frame = JSON.parse(String(data))
    wrong.push(...wrongFrame(frame))
    if (!ENDS.test(frame.type)) return
    ended += 1
    id = frame.response?.id ?? id
    wake()
  })
  const allAnswered = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${ended} of ${sent} were answered`)), ANSWER_MS_MAX)
      wake = () => {
        if (ended < sent && closedWith === undefined) return
        clearTimeout(timer)
        resolve()
      }
      wake()
    })
  await once(ws, 'open')
  for (const { kind, data, waits } of parts) {
    if (kind === 'leave') ws.terminate()
    if (closedWith !== undefined || ws.readyState !== ws.OPEN) break
    const bytes = Buffer.from(data.replaceAll(MARK, id), 'latin1')
    if (kind === 'ping') ws.ping(bytes.subarray(0, 100))
    else {
      sent += 1
      ws.send(bytes, { binary: kind === 'bytes' })
    }
    if (waits) await allAnswered()
  }
  if (ws.readyState === ws.OPEN) await allAnswered()
  const hasLeft = parts.some(({ kind }) => kind === 'leave')
  if (closedWith !== undefined && !hasLeft && !CLOSED_WITH.has(closedWith))
    wrong.push(`closed with ${closedWith}`)
  if (ended > sent) wrong.push(`${sent} frames were answered ${ended} times`)
  if (closedWith === undefined) {
    ws.terminate()
    await once(ws, 'close')
  }
  return wrong[0]
}

/** An error in the form of a socket, with a code of the catalogue; anything else names its type. */
function wrongFrame(frame: Readonly<Record<string, unknown>>): string[] {
  if (typeof frame.type !== 'string')
    return [`a frame without a type: ${JSON.stringify(frame).slice(0, 200)}`]
  if (frame.type !== 'error') return []
  const { headers, ...error } = frame.error as Readonly<Record<string, unknown>>
  if (JSON.stringify(headers) !== JSON.stringify(frame.headers)) return ['headers in one place alone']
  // On a socket it has the status that OpenAI gives it there.
  const status =
    error.code === 'previous_response_not_found' ? Number(frame.status) + 4 : Number(frame.status)
  const wrong = wrongOpenAiError({ status, headers: {}, text: JSON.stringify({ error }) })
  return wrong === undefined ? [] : [wrong]
}
