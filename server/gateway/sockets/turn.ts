// Makes an exchange of a frame: with what was said before in front of it, and with its answer made into frames, of which the
// connection remembers what the upstream does not keep.
import type { Refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import { invalidParameter } from '../walk.ts'
import { AnswerFrames } from './answer-frames.ts'
import { bodyOf, type CreateFrame, type Earlier, ownItems } from './create-frame.ts'
import type { RememberedResponses } from './remembered-responses.ts'
import { TurnExchange } from './turn-exchange.ts'

/** Frames of an answer. `done` is called when the last of them has left. */
export interface Answering {
  readonly frames: readonly string[]
  readonly done: () => void
  /** More came than is kept of one event: the answer cannot be told. */
  readonly isTooLarge: boolean
}

interface TurnOptions {
  readonly address: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly remembered: RememberedResponses
  readonly send: (answering: Answering) => void
  /** Nothing more comes. */
  readonly ended: () => void
  readonly stalled: () => void
}

export function toExchange(frame: CreateFrame, options: TurnOptions): Result<TurnExchange, Refusal> {
  const { address, path, headers, remembered, send, ended, stalled } = options
  const { previousResponseId: previous, streamId, generates } = frame
  const earlier = previous === undefined ? undefined : remembered.find(previous)
  const own = ownItems(frame)
  if (earlier && !own) return fail(invalidParameter('input', 'it has to be a text or a list of items.'))
  let said: Earlier | undefined
  const answer = new AnswerFrames({
    streamId,
    isRemembered: () => said !== undefined,
    onResponse: (id, items) => {
      if (said) remembered.keep(id, { ...said, items: [...said.items, ...items] })
    },
  })
  const turn = {
    ...{ address, path, headers, generates },
    body: bodyOf(frame, earlier, own ?? Buffer.alloc(0)),
    onStoring(isStored: boolean) {
      // A warm-up is stored nowhere, whatever it says.
      if (own && !(isStored && generates)) said = saidBy(frame, earlier, own)
    },
  }
  const exchange = new TurnExchange(turn, {
    take: (bytes, done) => send({ frames: answer.take(bytes), done, isTooLarge: answer.isTooLarge }),
    ended(isWhole) {
      send({ frames: answer.end(isWhole), done: () => {}, isTooLarge: answer.isTooLarge })
      ended()
    },
    stalled,
  })
  return ok(exchange)
}

/** What the upstream is told of the conversation by this frame, as far as it does not keep it. */
const saidBy = (frame: CreateFrame, earlier: Earlier | undefined, own: Buffer): Earlier => ({
  previousResponseId: earlier ? earlier.previousResponseId : frame.previousResponseId,
  // A copy, so that the tools and instructions of a frame are not kept for its few items.
  items: [...(earlier?.items ?? []), ...(own.length > 0 ? [Buffer.from(own)] : [])],
})
