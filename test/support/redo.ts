// For whoever reads a database beside the server that writes it: waits until what was answered for stands in the tables.
import { setTimeout } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { readRedoLog, redoLogOf } from '../../server/db/redo-log.ts'
import { findRedoState } from '../../server/db/redo-position.ts'

const LOOK_MS = 20
const LOOKS_MAX = 500

export async function waitUntilFolded(databasePath: string): Promise<void> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    if (isFolded(databasePath)) return
    await setTimeout(LOOK_MS)
  }
  throw new Error(`What stands in the redo log of ${databasePath} does not come into the tables.`)
}

function isFolded(databasePath: string): boolean {
  const raw = new Database(databasePath, { readonly: true })
  try {
    const state = findRedoState(raw)
    const log = readRedoLog(redoLogOf(databasePath))
    if (!state || state.isClosed || log?.id !== state.logId) return true
    return log.halves.flat().every(({ seq }) => seq <= state.foldedSeq)
  } finally {
    raw.close()
  }
}
