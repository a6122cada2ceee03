// What a killed process leaves behind, and what the next start makes of it.
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createWriter } from '../../server/db/write.ts'
import { startChild } from '../support/child.ts'
import {
  addPerson,
  cellOf,
  chargeOf,
  createTestBook,
  holdOf,
  listeningLogger,
  openTestDatabase,
  tempDir,
  usageOf,
} from '../support/database.ts'

const CHILD = fileURLToPath(new URL('../support/busy-gateway.child.ts', import.meta.url))
const GIVEN = 1_000_000_000_000

test.each([5, 60, 300])(
  'a process killed after %i ms of work loses no charge, charges nothing twice and leaves no hold behind',
  async (workMs) => {
    const dir = tempDir()
    const { db, repositories } = openTestDatabase(dir)
    addPerson(repositories)
    const first = createWriter(db, { onError: ({ error }) => expect.unreachable(String(error)) })
    const topUp = {
      kind: 'balance_change',
      userId: 'user-ann',
      changeKind: 'top_up',
      amountNanoUsd: GIVEN,
    } as const
    await first.submit({ ...topUp, note: '', actorUserId: null, createdAt: 0 })
    await first.stop()

    const asked = [holdOf('', 4_000), chargeOf(700), usageOf('', { costNanoUsd: 700 })]
    const child = await startChild(CHILD, [dir, ...asked.map((value) => JSON.stringify(value))], 'on disk')
    await new Promise((resolve) => setTimeout(resolve, workMs))
    await child.kill()

    const openBefore = repositories.ledger.openHolds().map(({ requestId }) => requestId)
    expect(openBefore.slice(0, 3)).toEqual(['open-1', 'open-2', 'open-3'])
    const writer = createWriter(db, { onError: ({ error }) => expect.unreachable(String(error)) })
    const { logger, lines } = listeningLogger()
    const book = createTestBook(repositories, { writer, logger })

    expect(repositories.ledger.openHolds()).toEqual([])
    const losses = repositories.possibleLosses.list({ limit: 100 }).rows
    expect(losses.map(({ requestId }) => requestId).sort()).toEqual([...openBefore].sort())
    expect(losses.find(({ requestId }) => requestId === 'open-2')).toMatchObject({ amountNanoUsd: 4_000 })
    expect(lines).toHaveLength(openBefore.length)

    const settled = Number(cellOf(db, `SELECT count(*) FROM ledger_entries WHERE kind = 'settle'`))
    expect(settled).toBeGreaterThanOrEqual(5)
    expect(cellOf(db, 'SELECT count(*) FROM charges')).toBe(settled)
    expect(cellOf(db, 'SELECT count(*) FROM usage')).toBe(settled)
    expect(cellOf(db, 'SELECT count(DISTINCT request_id) FROM charges')).toBe(settled)
    const left = GIVEN - settled * 700
    expect(book.state('user-ann')).toEqual({
      balanceNanoUsd: left,
      creditLimitNanoUsd: 0,
      openHoldsNanoUsd: 0,
      availableNanoUsd: left,
    })
    expect(repositories.ledger.sumOf('user-ann')).toBe(left)
    await writer.stop()
  },
)
