// Every connection that a gateway of this process has opened, to make its driver refuse what a read-only file would.
import type { Db } from '../../../server/db/open.ts'

type Opening = typeof import('../../../server/db/open.ts')

const opened: Db[] = []

/** For `vi.mock`, which has to stand in the test's own file: opens as ever, and notes what was opened. */
export const notingOpened = (actual: Opening): Opening => ({
  ...actual,
  openDatabase(...args) {
    const db = actual.openDatabase(...args)
    opened.push(db)
    return db
  },
})

export function closeOpened(): void {
  for (const { raw } of opened.splice(0)) raw.close()
}

/** As a file system does that was mounted anew as read-only, after an error of its disk. Returns what ends it. */
export function makeReadOnly(): () => void {
  const writing = opened.filter(({ isReadonly }) => !isReadonly)
  for (const { raw } of writing) raw.pragma('query_only = ON')
  return () => {
    for (const { raw } of writing) raw.pragma('query_only = OFF')
  }
}
