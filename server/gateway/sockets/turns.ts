// Which frames of a connection run now: those of one stream id one after the other, those of several at the same time.
import type { CreateFrame } from './create-frame.ts'

/** As many answers as OpenAI runs at once on one connection, and as many streams as it lets it name. */
export const RUNNING_MAX = 16
export const STREAM_IDS_MAX = 32
/** Frames that wait for their turn. */
export const WAITING_MAX = 32

/** A frame that waits for its turn. */
export interface Waiting {
  readonly frame: CreateFrame
  /** Gives back the memory that its bytes take. */
  readonly release: () => void
}

export class Turns {
  readonly #waiting: Waiting[] = []
  readonly #running = new Set<string | undefined>()
  readonly #streamIds = new Set<string>()

  get running(): number {
    return this.#running.size
  }

  get isIdle(): boolean {
    return this.#running.size === 0 && this.#waiting.length === 0
  }

  /** Which bound is in the way of one more frame of this stream. */
  boundFor(streamId: string | undefined): 'streams' | 'waiting' | undefined {
    const isNew = streamId !== undefined && !this.#streamIds.has(streamId)
    if (isNew && this.#streamIds.size >= STREAM_IDS_MAX) return 'streams'
    return this.#waiting.length >= WAITING_MAX ? 'waiting' : undefined
  }

  add(waiting: Waiting): void {
    const { streamId } = waiting.frame
    if (streamId !== undefined) this.#streamIds.add(streamId)
    this.#waiting.push(waiting)
  }

  /** The next frame that may run, which runs from now on; undefined where none may. */
  next(): Waiting | undefined {
    if (this.#running.size >= RUNNING_MAX) return undefined
    const index = this.#waiting.findIndex(({ frame }) => !this.#running.has(frame.streamId))
    if (index < 0) return undefined
    const [waiting] = this.#waiting.splice(index, 1)
    if (waiting) this.#running.add(waiting.frame.streamId)
    return waiting
  }

  ended({ streamId }: CreateFrame): void {
    this.#running.delete(streamId)
  }

  clear(): void {
    for (const { release } of this.#waiting.splice(0)) release()
  }
}
