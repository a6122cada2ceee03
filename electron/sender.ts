// Whether a message comes from our own page: the top frame of the console, and no frame that something put into it.
import { CONSOLE_ORIGIN, isConsoleUrl } from './origin.ts'

/** The part of Electron's frame that the decision needs. */
export interface SendingFrame {
  readonly url: string
  readonly origin: string
  readonly parent: unknown
}

/** Fails closed: a frame that is gone is nobody's. */
export const isOurPage = (frame: SendingFrame | null): boolean =>
  frame !== null && frame.parent === null && frame.origin === CONSOLE_ORIGIN && isConsoleUrl(frame.url)
