// Turns events into the bytes of a stream, in any of the forms that the specification of server-sent events allows.
import { parseJson } from './json.ts'
import type { Framing, StreamEvent } from './scenario.ts'

/** Frames events one after the other; the last one is told apart, because its blank line may be left out. */
export function createFramer(framing: Framing): (event: StreamEvent, isLast: boolean) => Buffer {
  let isFirst = true
  return (event, isLast) => {
    const lines = [
      ...(framing.comment === undefined ? [] : [`: ${framing.comment}`]),
      ...(event.name === undefined || framing.isWithoutNames ? [] : [`event: ${event.name}`]),
      ...(framing.extraLines ?? []),
      ...dataLines(event.data, framing),
    ]
    const end = framing.lineEnd ?? '\n'
    const blankLine = isLast && framing.isLastBlankLineMissing ? '' : end
    const bom = isFirst && framing.hasBom ? '\uFEFF' : ''
    isFirst = false
    return Buffer.from(`${bom}${lines.map((line) => line + end).join('')}${blankLine}`)
  }
}

function dataLines(data: string, framing: Framing): readonly string[] {
  const prefix = framing.isWithoutSpace ? 'data:' : 'data: '
  const parsed = framing.isMultiLine ? parseJson(data) : undefined
  const lines = parsed === undefined ? [data] : JSON.stringify(parsed, null, 1).split('\n')
  return lines.map((line) => prefix + line)
}

/** Cuts the bytes of a body into writes at given places, keeping back what no write is complete for. */
export class WriteSplitter {
  readonly #framing: Framing
  #pending: Buffer = Buffer.alloc(0)
  #offset = 0

  constructor(framing: Framing) {
    this.#framing = framing
  }

  /** Whether writes are cut at all; they then have to leave one by one. */
  get isActive(): boolean {
    return this.#framing.writeBytes !== undefined || this.#framing.writeAt !== undefined
  }

  push(bytes: Buffer): readonly Buffer[] {
    if (!this.isActive) return bytes.length > 0 ? [bytes] : []
    this.#pending = Buffer.concat([this.#pending, bytes])
    const writes: Buffer[] = []
    for (let length = this.#nextLength(); length <= this.#pending.length; length = this.#nextLength()) {
      writes.push(this.#pending.subarray(0, length))
      this.#pending = this.#pending.subarray(length)
      this.#offset += length
    }
    return writes
  }

  rest(): readonly Buffer[] {
    const rest = this.#pending
    this.#pending = Buffer.alloc(0)
    this.#offset += rest.length
    return rest.length > 0 ? [rest] : []
  }

  #nextLength(): number {
    const { writeBytes, writeAt } = this.#framing
    if (writeBytes !== undefined) return Math.max(1, writeBytes)
    const next = writeAt?.filter((at) => at > this.#offset).sort((a, b) => a - b)[0]
    return next === undefined ? Number.POSITIVE_INFINITY : next - this.#offset
  }
}
