// Carries out write commands inside a transaction, and knows which holds are open on disk: a hold is ended once, and only
// if it was ever written.
import { prepareJournalStatements } from './journal-statements.ts'
import type { Db } from './open.ts'
import { createResolvedMark } from './resolved-mark.ts'
import type { HoldRecord, SettleCommand, WriteCommand } from './write-command.ts'

/** A settlement or release of a hold that is not open on disk: never written, or ended before. */
export class HoldNotOpenError extends Error {
  override readonly name = 'HoldNotOpenError'
}

export interface Journal {
  begin(): void
  /** Throws where the command cannot be written; the transaction is then of no more use and has to be rolled back. */
  execute(command: WriteCommand): void
  /** The same, but where it throws, only the command's own rows are gone, and the transaction goes on. */
  executeIsolated(command: WriteCommand): void
  commit(): void
  rollback(): void
}

/** So many entries pass before the mark follows: what a start after a crash reads beside the holds that were open. */
const ENTRIES_PER_MARK = 1_000

export function createJournal(db: Db): Journal {
  const { raw } = db
  const statements = prepareJournalStatements(raw)
  const mark = createResolvedMark(raw)
  const begin = raw.prepare('BEGIN IMMEDIATE')
  const commit = raw.prepare('COMMIT')
  const rollback = raw.prepare('ROLLBACK')
  const savepoint = raw.prepare('SAVEPOINT command')
  const undoSavepoint = raw.prepare('ROLLBACK TO command')
  const endSavepoint = raw.prepare('RELEASE command')

  /** Holds open on disk: request → entry. They are added in the order of their entries, so the first is the lowest. */
  const open = new Map<string, number>()
  /** What the running transaction adds to and takes from them. */
  const opened = new Map<string, number>()
  const closed = new Set<string>()
  let runningSeq = 0
  /** The last entry that is committed: one that was rolled back gives its number to the next. */
  let lastSeq = 0
  let entriesSinceMark = 0

  function requireOpen({ requestId }: HoldRecord): void {
    if ((open.has(requestId) || opened.has(requestId)) && !closed.has(requestId)) return
    throw new HoldNotOpenError(`The hold of request ${requestId} is not open on disk, so it cannot be ended.`)
  }

  function execute(command: WriteCommand): void {
    switch (command.kind) {
      case 'hold': {
        const seq = statements.hold(command.hold)
        opened.set(command.hold.requestId, seq)
        runningSeq = seq
        return
      }
      case 'settle':
        settle(command)
        return
      case 'release': {
        requireOpen(command.hold)
        const seq = statements.resolution('release', command.hold, 0, command.createdAt)
        statements.usage(command.usage, 0)
        closed.add(command.hold.requestId)
        runningSeq = seq
        return
      }
      case 'balance_change': {
        const seq = statements.change(command)
        statements.addToBalance(command.userId, command.amountNanoUsd)
        runningSeq = seq
        return
      }
      case 'usage':
        statements.usage(command.usage, command.usage.costNanoUsd)
        return
      case 'own':
        statements.own(command)
        return
      case 'key_uses':
        for (const use of command.uses) statements.keyUse(use)
        return
    }
  }

  // What a command leaves in memory comes after its last statement, so that one that throws leaves nothing.
  function settle({ hold, charge, usage, createdAt }: SettleCommand): void {
    requireOpen(hold)
    const amountNanoUsd = 0 - charge.amountNanoUsd
    const seq = statements.resolution('settle', hold, amountNanoUsd, createdAt)
    statements.charge(seq, hold, charge, usage, createdAt)
    statements.addToBalance(hold.userId, amountNanoUsd)
    statements.usage(usage, charge.amountNanoUsd)
    closed.add(hold.requestId)
    runningSeq = seq
  }

  function forgetTransaction(): void {
    runningSeq = 0
    opened.clear()
    closed.clear()
  }

  return {
    begin() {
      forgetTransaction()
      begin.run()
      if (entriesSinceMark < ENTRIES_PER_MARK) return
      const [firstOpen] = open.values()
      mark.write(firstOpen ?? lastSeq + 1)
      entriesSinceMark = 0
    },
    execute,
    executeIsolated(command) {
      savepoint.run()
      try {
        execute(command)
      } catch (error) {
        // A fault of the disk may have ended the whole transaction already, and the savepoint with it.
        if (raw.inTransaction) {
          undoSavepoint.run()
          endSavepoint.run()
        }
        throw error
      }
      endSavepoint.run()
    },
    commit() {
      commit.run()
      lastSeq = Math.max(lastSeq, runningSeq)
      for (const [requestId, seq] of opened) open.set(requestId, seq)
      for (const requestId of closed) open.delete(requestId)
      entriesSinceMark += opened.size + closed.size
      forgetTransaction()
    },
    rollback() {
      if (raw.inTransaction) rollback.run()
      forgetTransaction()
    },
  }
}
