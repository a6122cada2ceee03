// What becomes of a connection whose request was answered before its body had come. Many a client reads no answer before it
// has sent its all, so the rest passes by unread; but a body without end keeps no connection for ever.
import type { UnreadRequest } from '../wire/client-exchange.ts'

/** How long a client has to send the rest of a body that nobody reads any more. */
const UNREAD_MS_MAX = 30_000

/** Called with an answer that does not wait for the body; does nothing where all of it has come. */
export function endUnlessSent(req: UnreadRequest, unreadMsMax: number = UNREAD_MS_MAX): void {
  if (req.complete) return
  const timer = setTimeout(() => req.destroy(), unreadMsMax)
  timer.unref()
  req.once('close', () => clearTimeout(timer))
}
