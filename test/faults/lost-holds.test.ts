// A disk that takes nothing, and requests that are answered whole: however their upstream behaves, each is refused once, nothing of
// an answer is relayed, and nothing stays held, charged or asked.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { openDatabase } from '../../server/db/open.ts'
import { startGateway, TEST_MODEL } from '../integration/support/running-gateway.ts'
import { auditBooks } from './support/audit.ts'
import { closeOpened, makeReadOnly } from './support/opened-databases.ts'
import { jsonAnswer, startRawUpstream } from './support/raw-http.ts'

vi.mock('../../server/db/open.ts', async (original) => {
  const { notingOpened } = await import('./support/opened-databases.ts')
  return notingOpened(await original<typeof import('../../server/db/open.ts')>())
})
/** The connection of the writer's thread is out of reach, so the writer writes in this one. */
vi.mock('../../server/db/write.ts', async (original) => {
  const actual = await original<typeof import('../../server/db/write.ts')>()
  const createThreadedWriter: typeof actual.createThreadedWriter = (db, options) =>
    actual.createWriter(openDatabase(db.path), options)
  return { ...actual, createThreadedWriter }
})
afterEach(closeOpened)

const ANSWER = {
  id: 'chatcmpl_1',
  object: 'chat.completion',
  model: TEST_MODEL,
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 },
}
const EVENT_STREAM =
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n14\r\ndata: {"choices":[]}\r\n'
const REFUSAL = 'HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}'
const BEGINNING = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2000\r\n\r\n{'
const PURSE = 10_000_000_000
/** Longer than a hold waits. */
const LATE_MS = 60

test('what the disk does not take is refused once and holds nothing, whatever the upstream does', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'codex-gateway-lost-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const ended: string[] = []
  const upstream = await startRawUpstream((socket, request) => {
    const way = /"user":"([a-z]+)"/.exec(request)?.[1] ?? ''
    socket.on('close', () => void ended.push(way))
    if (way === 'stream') socket.write(EVENT_STREAM)
    else if (way === 'refused') socket.write(REFUSAL)
    else if (way === 'broken') {
      socket.write(BEGINNING)
      setTimeout(() => socket.destroy(), 2)
    } else if (way === 'late') setTimeout(() => socket.write(jsonAnswer(ANSWER)), LATE_MS)
    else if (way !== 'never') socket.write(jsonAnswer(ANSWER))
  })
  const gateway = await startGateway({ dataDir: folder, upstreamBaseUrl: upstream.baseUrl })
  const person = await gateway.createPerson(PURSE)
  const ask = (user: string, signal = AbortSignal.timeout(10_000)) =>
    fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${person.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: TEST_MODEL, messages: [{ role: 'user', content: 'Hello' }], user }),
      signal,
    })
  const answerTo = async (user: string): Promise<[string, number, boolean]> => {
    const answer = await ask(user)
    return [user, answer.status, (await answer.text()).includes('storage_unavailable')]
  }
  expect(await answerTo('whole')).toEqual(['whole', 200, false])

  const mend = makeReadOnly()
  for (const way of ['whole', 'late', 'never', 'stream', 'refused', 'broken'])
    expect(await answerTo(way)).toEqual([way, 503, true])
  await expect(ask('late', AbortSignal.timeout(3))).rejects.toThrow()
  await delay(4 * LATE_MS)
  await expect.poll(() => ended).toEqual(expect.arrayContaining(['late', 'never', 'stream', 'broken']))

  mend()
  expect(await answerTo('whole')).toEqual(['whole', 200, false])
  expect(await answerTo('late')).toEqual(['late', 200, false])
  expect(await answerTo('refused')).toEqual(['refused', 400, false])
  const rows = (await gateway.usageOf(person)).filter(({ status }) => status === 200)
  const spent = rows.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0)
  expect([rows.length, await gateway.balanceOf(person)]).toEqual([3, PURSE - spent])
  await gateway.stop()
  await upstream.stop()
  const { problems, charges, losses } = await auditBooks(join(folder, 'gateway.db'), { isInOrder: false })
  expect([problems, charges.size, [...losses.keys()]]).toEqual([[], 3, []])
}, 60_000)
