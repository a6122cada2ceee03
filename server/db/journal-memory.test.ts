import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { addPerson, chargeOf, holdOf, NOW, openTestDatabase, usageOf } from '../../test/support/database.ts'
import { createJournal } from './journal.ts'
import { pack } from './packed-commands.ts'
import type { WriteCommand } from './write-command.ts'

const TRANSACTIONS = 50
const REQUESTS = 32
/** What the engine does besides (code it compiles, a full look that is under way) falls into some of them, not into each. */
const WINDOWS = 5

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as NodeJS.GCFunction
setFlagsFromString('--no-expose-gc')

const oldBytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')?.space_used_size ?? 0

const PEOPLE = Array.from({ length: 16 }, (_, n) => `p${n}`)

/** A hold and a settlement of each, of many people. */
function commandsOf(transaction: number): WriteCommand[] {
  return Array.from({ length: REQUESTS }, (_, index) => `request-${transaction}-${index}`).flatMap(
    (requestId, index): WriteCommand[] => {
      const hold = holdOf(requestId, 1_000, PEOPLE[index % PEOPLE.length])
      const usage = usageOf(requestId, {
        userId: hold.userId,
        keyId: hold.keyId,
        model: 'test-model',
        costNanoUsd: 1,
        status: 200,
        source: 'balance',
        planSubscriptionId: null,
      })
      return [
        { kind: 'hold', hold },
        {
          kind: 'settle',
          hold,
          charge: { ...chargeOf(1), writeOffNanoUsd: 0 },
          usage,
          spending: [
            {
              kind: 'key',
              subjectId: hold.keyId,
              dayStartMs: NOW,
              weekStartMs: NOW,
              monthStartMs: NOW,
              nanoUsd: 1,
              tokens: 15,
              requests: 1,
            },
          ],
          createdAt: NOW,
        },
      ]
    },
  )
}

test('what a transaction has written is gone with the next look at young memory', () => {
  const { db, repositories } = openTestDatabase()
  for (const name of PEOPLE) addPerson(repositories, name, 900_000)
  const journal = createJournal(db.raw)
  const write = (transaction: number): void => {
    journal.begin()
    for (const command of commandsOf(transaction)) journal.execute(pack(command))
    // Some of what is under way has grown old when it ends.
    if (transaction % 10 === 0) for (let look = 0; look < 2; look += 1) collect({ type: 'minor' })
    journal.commit()
  }
  let transaction = 0
  const writeMany = (count: number): void => {
    for (const end = transaction + count; transaction < end; transaction += 1) write(transaction)
  }
  /** Bytes of a request: a tenth of them is promoted by the looks above, while it is under way. */
  const grownOld = (): number => {
    collect()
    const before = oldBytes()
    writeMany(TRANSACTIONS)
    for (let look = 0; look < 2; look += 1) collect({ type: 'minor' })
    return (oldBytes() - before) / (TRANSACTIONS * REQUESTS)
  }
  writeMany(30)
  expect(Math.min(...Array.from({ length: WINDOWS }, grownOld))).toBeLessThan(340)
})
