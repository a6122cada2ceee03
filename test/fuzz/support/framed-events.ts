// How the upstream of the fuzzing puts events on the wire: framed in every way, split at any byte, with junk between them.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Seeded } from '../../faults/support/seeded.ts'
import type { Reported } from './fuzz-upstream.ts'
import { junkJson, junkText } from './junk.ts'

export interface Piece {
  readonly kind: 'text' | 'usage' | 'odd usage' | 'end' | 'junk' | 'damage'
  /** The data of the event, or a whole frame where it is junk. */
  readonly data: string
  readonly usage?: Reported
  readonly said?: string
}

export interface Framing {
  readonly lineEnd: string
  readonly space: string
  readonly isMultiLine: boolean
  readonly comment: string
  readonly hasBom: boolean
}

export function junkPiece(seeded: Seeded): Piece {
  const frame = seeded.weighted<() => string>([
    [3, () => `: ${junkText(seeded).replace(/[\r\n]/g, '')}\n\n`],
    [1, () => `\n\n\n`],
    [2, () => `event: ${seeded.pick(['ping', 'message', '', 'response.unknown'])}\ndata: {}\n\n`],
    [1, () => `id: 7\nretry: 1000\n\n`],
    [1, () => `unknown-field\n\n`],
    [2, () => `data: ${JSON.stringify({ type: 'response.unknown', x: junkJson(seeded, 2) })}\n\n`],
    [1, () => `: ${'z'.repeat(seeded.int(1, 70_000))}\n\n`],
  ])()
  return { kind: 'junk', data: frame }
}

export const framingOf = (seeded: Seeded): Framing => ({
  lineEnd: seeded.pick(['\n', '\n', '\r\n', '\r']),
  space: seeded.percent(80) ? ' ' : '',
  isMultiLine: seeded.percent(10),
  comment: seeded.percent(10) ? ': hi\n' : '',
  hasBom: seeded.percent(5),
})

export function framed({ kind, data }: Piece, { lineEnd, space, isMultiLine, comment }: Framing): string {
  if (kind === 'junk') return data.replaceAll('\n', lineEnd)
  const type = /^\{"type":"([\w.]+)"/.exec(data)?.[1]
  const name = type === undefined ? '' : `event:${space}${type}\n`
  const lines = isMultiLine && kind !== 'damage' ? data.replace(/,"/g, `,\ndata:${space}"`) : data
  return `${comment}${name}data:${space}${lines}\n\n`.replaceAll('\n', lineEnd)
}

/** At any byte, within characters and line ends too. */
export function split(bytes: Buffer, seeded: Seeded): Buffer[] {
  const parts: Buffer[] = []
  const step = seeded.pick([1, 3, 17, 200, 5_000, 1_000_000])
  // A stream in single bytes is a stream of that many turns.
  const least = Math.max(step, Math.ceil(bytes.length / 100))
  for (let at = 0; at < bytes.length; ) {
    const length = seeded.int(1, least * 2)
    parts.push(bytes.subarray(at, at + length))
    at += length
  }
  return parts
}

export async function writeAll(
  res: { write(bytes: Buffer): boolean; end(): unknown; readonly destroyed: boolean },
  parts: readonly Buffer[],
): Promise<void> {
  for (const part of parts) {
    if (res.destroyed) return
    res.write(part)
    await nextTurn()
  }
  res.end()
}
