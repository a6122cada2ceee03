// What the doors and every operation have in common is tried through the doors; here is what they cannot see.
import { expect, test } from 'vitest'
import { auditList } from '../../contract/operations/audit.ts'
import { ok } from '../../contract/result.ts'
import { listeningLogger } from '../../test/support/database.ts'
import { createEventBus } from '../events/event-bus.ts'
import type { Caller } from './caller.ts'
import { createDispatch } from './dispatch.ts'

test('whatever waits for the thread comes between what an operation reads and what becomes of it', async () => {
  const done: string[] = []
  const handle = () => {
    setImmediate(() => done.push('a request'))
    return ok({ rows: [], nextCursor: null })
  }
  const dispatch = createDispatch({
    find: () => Promise.resolve({ ...auditList, handle }),
    events: createEventBus({ now: () => 0 }),
    isStorageFault: () => false,
    ids: { next: () => 'id' },
    logger: listeningLogger().logger,
    caughtUp: () => Promise.resolve(),
  })
  const operator: Caller = {
    door: 'ipc',
    user: { id: 'ann', role: 'admin' },
    sessionId: undefined,
    address: 'here',
    client: 'test',
    isLocal: true,
    mayAdminister: true,
  }
  const answer = await dispatch('audit.list', {}, operator)
  done.push('the answer')
  expect([answer.ok, ...done]).toEqual([true, 'a request', 'the answer'])
})
