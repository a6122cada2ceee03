// Operations and traffic share one thread. What an operation does takes milliseconds, a step of a request a fraction of one; so
// an operation's work is cut into pieces, and whatever has arrived meanwhile comes between them.
import { setImmediate } from 'node:timers/promises'

/** Resolves when everything that waits for the thread had its turn. What memory says may be another moment's then. */
export const letTrafficPass = (): Promise<void> => setImmediate()
