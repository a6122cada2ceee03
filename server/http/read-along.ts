// Writes an answer no faster than it is read, in pieces: so many bytes wait in memory and no more, and a reader who takes none
// of them is given up.
import type { ServerResponse } from 'node:http'

/** Small enough that a reader who takes anything at all has one in time. */
const PIECE_BYTES = 64 * 1024
/** How long a reader may take for one piece. */
const PIECE_MS_MAX = 120_000
/** How long one who waits to be read may outlive the right to it. */
const LOOK_EVERY_MS = 5_000

/** Resolves when all of `text` is on its way. Rejects where it is not read, the connection ended, or it may not be had any more. */
export async function writeAsRead(res: ServerResponse, text: string, mayGoOn: () => boolean): Promise<void> {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
    if (res.destroyed) throw new Error('Whoever asked for it has left.')
    if (!mayGoOn()) throw new Error('Whoever asked for it may no longer have it.')
    if (!res.write(bytes.subarray(from, from + PIECE_BYTES))) await whenTaken(res, mayGoOn)
  }
}

/** Leaves no listener behind: a long file pauses thousands of times. */
function whenTaken(res: ServerResponse, mayGoOn: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let waitedMs = 0
    const look = setInterval(() => {
      waitedMs += LOOK_EVERY_MS
      if (waitedMs >= PIECE_MS_MAX) end(new Error('Whoever asked for it does not read it.'))
      else if (!mayGoOn()) end(new Error('Whoever asked for it may no longer have it.'))
    }, LOOK_EVERY_MS)
    look.unref()
    const onDrain = () => end()
    const onClose = () => end(new Error('Whoever asked for it has left.'))
    function end(problem?: Error): void {
      clearInterval(look)
      res.off('drain', onDrain)
      res.off('close', onClose)
      if (problem) reject(problem)
      else resolve()
    }
    res.on('drain', onDrain)
    res.on('close', onClose)
  })
}
