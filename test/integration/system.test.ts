// The running program as the console shows it: figures, log, licences.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLogReader } from '../../server/host/log-reader.ts'
import { type Portal, startPortal } from './support/portal.ts'
import { type RunningGateway, startGateway, TEST_MODEL } from './support/running-gateway.ts'

let gateway: RunningGateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway.stop())

test('the status says what runs, how well, and how much of everything is used', async () => {
  const ann = await gateway.createPerson()
  const running = fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ann.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: TEST_MODEL,
      messages: [{ role: 'user', content: 'hello [[demo:wait=700]]' }],
      max_completion_tokens: 20,
    }),
  })
  const status = async () => (await gateway.admin('system.status')).data
  await expect.poll(async () => (await status()).requests).toMatchObject({ inFlight: 1 })
  const seen = await status()
  expect(seen).toMatchObject({
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    node: process.versions.node,
    addresses: [gateway.url],
    dataDir: gateway.dataDir,
    disk: { freeBytes: expect.any(Number) },
    openHolds: { count: 1 },
    backups: { last: null, isRunning: false, nextAt: expect.any(Number) },
    ledger: null,
    writer: { waiting: expect.any(Number) },
  })
  const { database, memory, openHolds, eventLoop } = seen as Record<string, Record<string, number>>
  expect((database?.bytes ?? 0) + (database?.walBytes ?? 0)).toBeGreaterThan(100_000)
  expect(database?.schema).toBeGreaterThan(2)
  expect(memory?.rssBytes).toBeGreaterThan(10_000_000)
  expect(openHolds?.amountNanoUsd).toBeGreaterThan(0)
  expect(eventLoop?.p99Ms).toBeGreaterThanOrEqual(0)
  await (await running).arrayBuffer()
  await gateway.usageOf(ann)
  await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ann.key}`, 'content-type': 'application/json' },
    body: '{"model":"not-priced","messages":[]}',
  })
  await expect
    .poll(async () => (await status()).requests)
    .toMatchObject({ inFlight: 0, lastMinute: 2, errorsLastMinute: 1, faultsLastMinute: 0 })
  expect(await status()).toMatchObject({ openHolds: { count: 0, amountNanoUsd: 0 } })
})

test('every shipped package is listed with a permissive licence', async () => {
  const { rows } = (
    await gateway.admin<{ rows: { name: string; version: string; licence: string }[] }>('system.licences')
  ).data
  const names = rows.map(({ name }) => name)
  for (const name of ['better-sqlite3', 'nodemailer', 'zod', 'express', 'pino']) expect(names).toContain(name)
  for (const name of ['vitest', 'knip', 'typescript']) expect(names).not.toContain(name)
  expect(new Set(rows.map(({ name, version }) => `${name} ${version}`)).size).toBe(rows.length)
  for (const { licence } of rows)
    expect(licence).toMatch(/MIT|ISC|BSD|Apache|0BSD|Unlicense|BlueOak|CC0|Python/)
})

test('the log is read over HTTP by level and text, newest first, in pages', async () => {
  const portal: Portal = await startPortal()
  const logsDir = join(portal.dataDir, 'logs')
  await portal.stop()
  mkdirSync(logsDir, { recursive: true })
  const line = (n: number, level: number) =>
    JSON.stringify({ level, time: 1_764_000_000_000 + n, msg: `line ${n}`, requestId: `req_${n}` })
  writeFileSync(
    join(logsDir, 'gateway.2026-11-25.1.log'),
    `${Array.from({ length: 50 }, (_, n) => line(n, n % 10 === 0 ? 50 : 30)).join('\n')}\n`,
  )
  const again = await startPortal({
    dataDir: portal.dataDir,
    ports: { readLog: createLogReader(logsDir) },
  })
  try {
    const cookie = await again.setUp()
    const logs = async (input: object) => (await again.call('system.logs', input, { cookie })).data
    const errors = await logs({ level: 'error', limit: 3 })
    expect(errors.rows).toMatchObject([
      { level: 'error', message: 'line 40', at: 1_764_000_000_040, fields: { requestId: 'req_40' } },
      { message: 'line 30' },
      { message: 'line 20' },
    ])
    const next = await logs({ level: 'error', limit: 3, cursor: errors.nextCursor })
    expect(next.rows.map(({ message }: { message: string }) => message)).toEqual(['line 10', 'line 0'])
    expect(next.nextCursor).toBeNull()
    expect((await logs({ search: 'REQ_17' })).rows).toMatchObject([{ message: 'line 17' }])
  } finally {
    await again.stop()
  }
})

test('where the host keeps no log, there is none to read', async () => {
  expect((await gateway.admin('system.logs')).data).toEqual({ rows: [], nextCursor: null })
})
