// A failure of the set-up that its message explains in full: it is shown without a stack trace.
import { inspect } from 'node:util'

export class SetUpError extends Error {}

/**
 * The end of every command: what went wrong in one line where we know it, and a stack trace where we do not.
 *
 * @param {unknown} error
 * @returns {never}
 */
export function endWith(error) {
  process.stderr.write(`${error instanceof SetUpError ? error.message : inspect(error)}\n`)
  process.exit(1)
}
