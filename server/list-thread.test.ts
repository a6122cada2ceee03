import { afterEach, describe, expect, test } from 'vitest'
import { addPerson, NOW, openTestDatabase, usageOf } from '../test/support/database.ts'
import { createWriter } from './db/write.ts'
import { createLists, type ThreadedLists } from './list-thread.ts'
import { type ListQuestion, ListsBusyError } from './operations/lists/list-kinds.ts'
import { createListReader } from './operations/lists/read-list.ts'

const running: ThreadedLists[] = []
afterEach(async () => {
  for (const lists of running.splice(0)) await lists.stop()
})

/** Lists over a database with two people; `readHere` notes what was not read by the thread. */
function listsOn(workerUrl?: URL) {
  const { db, repositories } = openTestDatabase()
  addPerson(repositories)
  addPerson(repositories, 'ben')
  const here: string[] = []
  const failures: unknown[] = []
  const read = createListReader(repositories)
  const lists = createLists({
    databasePath: db.path,
    readHere(question) {
      here.push(question.kind)
      return read(question)
    },
    onFailure: (error) => failures.push(error),
    ...(workerUrl && { workerUrl }),
  })
  running.push(lists)
  return { db, repositories, lists, read, here, failures }
}

const overview = { userId: 'user-ann', todaySince: 0, forecastSince: 0 }
const ofPerson = { userId: 'user-ann', limit: 50 }
/** Runs as a worker that has loaded what it needs; what it is asked last ends it. */
const workerThat = (does: string): URL =>
  new URL(
    `data:text/javascript,import { parentPort, workerData } from 'node:worker_threads'; workerData.isSqliteLoaded[0] = 1; ${does}`,
  )

describe('the thread that reads lists', () => {
  test('says the same of every kind of list as a reader of this thread, which reads while it starts', async () => {
    const { db, lists, read, here } = listsOn()
    const writer = createWriter(db, { onError: ({ error }) => expect.unreachable(String(error)) })
    await writer.submit({ kind: 'usage', usage: usageOf('a', { upstream: 'other' }) })
    const about = { month: '2026-11', timeZone: 'UTC', from: 0, to: NOW + 1, isClosed: false }
    const questions: ListQuestion[] = [
      { kind: 'usage', request: { limit: 50, isForAdministrator: true } },
      { kind: 'usage', request: { ...ofPerson, sort: 'cost', isForAdministrator: false } },
      { kind: 'users', request: { limit: 1, sort: 'email', direction: 'asc' } },
      { kind: 'keys', request: { limit: 50, search: 'ann' } },
      { kind: 'history', request: { ...ofPerson, include: 'all', isForAdministrator: true } },
      { kind: 'statement', request: { userId: 'user-ann', about } },
      { kind: 'audit', request: { limit: 50 } },
      { kind: 'losses', request: { limit: 50 } },
      { kind: 'overview', request: overview },
    ]
    await lists.read('users', { limit: 1 })
    expect(here).toEqual(['users'])
    await lists.read('overview', overview)
    for (const question of questions) {
      expect(await lists.read(question.kind, question.request)).toEqual(read(question))
    }
    expect(here).toEqual(['users'])
  })

  test('sees whatever was written before it was asked', async () => {
    const { lists, repositories, here } = listsOn()
    await lists.read('overview', overview)
    for (const name of ['cat', 'dan', 'eve']) {
      addPerson(repositories, name)
      const { ids } = await lists.read('users', { limit: 50 })
      expect(ids).toContain(`user-${name}`)
    }
    expect(here).toEqual([])
  })

  test('that dies leaves no list without an answer, and is left alone for a while', async () => {
    const { lists, here, failures } = listsOn(
      workerThat(`parentPort.postMessage('ready'); parentPort.on('message', () => process.exit(1))`),
    )
    const asked = [lists.read('overview', overview), lists.read('overview', overview)]
    expect(await Promise.all(asked)).toHaveLength(2)
    const { ids } = await lists.read('users', { limit: 50 })
    expect(ids).toHaveLength(2)
    expect([here, failures.length]).toEqual([['overview', 'overview', 'users'], 1])
  })

  test('that cannot start is done without', async () => {
    const { lists, here, failures } = listsOn(new URL('file:///nowhere/list-worker.mjs'))
    expect(await lists.read('overview', overview)).toMatchObject({ keyCount: 1 })
    expect([here, failures.length]).toEqual([['overview'], 1])
  })

  test('that hangs holds up no stop, and takes no more questions than it should', async () => {
    const { lists } = listsOn(
      workerThat(`parentPort.postMessage('ready'); parentPort.on('message', () => {})`),
    )
    const asked = Array.from({ length: 200 }, () => lists.read('overview', overview))
    const refused = await lists.read('overview', overview).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(ListsBusyError)
    const ended = Promise.allSettled(asked)
    await lists.stop()
    expect(new Set((await ended).map(({ status }) => status))).toEqual(new Set(['rejected']))
    await expect(lists.read('users', { limit: 50 })).rejects.toThrow('stopping')
  })
})
