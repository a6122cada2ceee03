// The ledger light on a real file and with its real thread: what it shows, when it looks, and that requests which run
// meanwhile are no leaks.
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import {
  addPerson,
  askOf,
  chargeOf,
  createTestBook,
  holdOf,
  listeningLogger,
  NOW,
  openTestDatabase,
  tempDir,
  usageOf,
} from '../../test/support/database.ts'
import { createWriter } from '../db/write.ts'
import type { OpenHold } from './account-book.ts'
import { createLedgerLight } from './ledger-light.ts'

const DAY_MS = 86_400_000
/** The thread that reads gives way to whatever else wants the processor, which on a busy machine is hardly ever free. */
const STARVED_MS = 100_000
const { setTimeout: setRealTimeout } = globalThis
/** Leaves the processor to that thread, whatever a test has put in the place of the timers. */
const rest = () => new Promise((resolve) => setRealTimeout(resolve, 2))
vi.setConfig({ testTimeout: 6 * STARVED_MS })

async function startLight(databasePath?: string, isDiskFull = () => false) {
  const database = openTestDatabase()
  addPerson(database.repositories)
  const writer = createWriter(database.db, { onError: () => {} })
  const { logger, lines } = listeningLogger()
  let now = NOW
  let passedMs = 0
  const clock = { now: () => now, monotonicMs: () => performance.now() + passedMs }
  const accounts = createTestBook(database.repositories, { writer, logger, clock })
  const given = {
    userId: 'user-ann',
    kind: 'top_up',
    amountNanoUsd: 1_000_000,
    note: '',
    actorUserId: null,
  } as const
  await accounts.changeBalance(given)
  const light = createLedgerLight({
    databasePath: databasePath ?? database.path,
    accounts,
    caughtUp: async () => (await writer.caughtUp()) && !isDiskFull(),
    startOfDay: (nowMs) => Math.floor(nowMs / DAY_MS) * DAY_MS,
    clock,
    logger,
  })
  onTestFinished(() => light.stop())
  const hold = (requestId: string): OpenHold => {
    const opened = accounts.openHold(askOf(requestId))
    if (!opened.ok) throw new Error(opened.error.code)
    return opened.value
  }
  const settled = async () => {
    await vi.waitFor(() => expect(light.status().state).not.toBe('checking'), {
      timeout: STARVED_MS,
      interval: 5,
    })
    return light.status()
  }
  const setNow = (at: number) => {
    now = at
  }
  const passMonotonic = (ms: number) => {
    passedMs += ms
  }
  return { ...database, writer, accounts, light, lines, hold, settled, setNow, passMonotonic }
}

test('a light that was never lit says so, then that it is checking, then that the books are right', async () => {
  const { light, settled, lines } = await startLight()
  expect(light.status()).toEqual({
    state: 'never',
    checkedAt: null,
    durationMs: null,
    entries: null,
    findings: [],
    findingsTotal: 0,
    progress: null,
  })
  expect(light.check()).toMatchObject({ state: 'checking', progress: { entries: 0 } })
  expect(light.check()).toMatchObject({ state: 'checking' })
  expect(await settled()).toEqual({
    state: 'ok',
    checkedAt: NOW,
    durationMs: expect.any(Number),
    entries: 1,
    findings: [],
    findingsTotal: 0,
    progress: null,
  })
  // Whoever asked the second time joined the first check.
  expect(lines.filter(({ message }) => message === 'the ledger was checked')).toHaveLength(1)
})

test('books that are wrong turn the light and are told in the log; nothing is mended', async () => {
  const { db, light, settled, lines, repositories } = await startLight()
  db.raw.exec(`UPDATE balances SET balance_nano_usd = 999`)
  light.check()
  const finding = {
    kind: 'balance_differs',
    userId: 'user-ann',
    expectedNanoUsd: 1_000_000,
    foundNanoUsd: 999,
  }
  expect(await settled()).toMatchObject({ state: 'wrong', findings: [finding], findingsTotal: 1 })
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'error', about: expect.objectContaining({ event: 'ledger_finding' }) }),
  )
  expect(repositories.ledger.balanceOf('user-ann')?.balanceNanoUsd).toBe(999)
  db.raw.exec(`UPDATE balances SET balance_nano_usd = 1000000`)
  expect(light.check()).toMatchObject({ state: 'checking', findings: [finding] })
  expect(await settled()).toMatchObject({ state: 'ok', findings: [] })
})

test('a thread that cannot open the books says nothing about them, and tries again in a minute, for an hour', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const path = join(tempDir(), 'gateway.db')
  const { db, path: books, light, lines, passMonotonic } = await startLight(path)
  const ended = async () => {
    while (light.status().state === 'checking') await rest()
    return light.status()
  }
  const checkedAgain = () => {
    vi.advanceTimersByTime(60_000)
    expect(light.status().state).toBe('checking')
    return ended()
  }
  light.check()
  expect(await ended()).toMatchObject({ state: 'never', findings: [] })
  expect(lines.map(({ level }) => level)).not.toContain('error')
  passMonotonic(3_600_001)
  expect(await checkedAgain()).toMatchObject({ state: 'wrong', findings: [{ kind: 'check_failed' }] })
  light.check()
  await ended()
  db.raw.pragma('wal_checkpoint(TRUNCATE)')
  cpSync(books, path)
  expect((await checkedAgain()).state).toBe('ok')
})

test('a check that cannot be carried out is not called right', async () => {
  const path = join(tempDir(), 'gateway.db')
  writeFileSync(path, 'no database, and longer than the head of one would have to be'.repeat(100))
  const { light, settled, lines } = await startLight(path)
  light.check()
  expect(await settled()).toMatchObject({ state: 'wrong', findings: [{ kind: 'check_failed' }] })
  expect(lines).toContainEqual(expect.objectContaining({ message: 'the ledger could not be checked' }))
})

test('a hold that nobody lives for is a leak, one of a running request is not', async () => {
  const { accounts, writer, light, hold, settled } = await startLight()
  await hold('running').isOnDisk
  await writer.submit({ kind: 'hold', hold: holdOf('leaked') })
  light.check()
  expect(await settled()).toMatchObject({
    state: 'wrong',
    findings: [{ kind: 'hold_leaked', requestId: 'leaked', foundNanoUsd: 1_000 }],
    findingsTotal: 1,
  })
  expect(accounts.livingHolds().map(({ requestId }) => requestId)).toEqual(['running'])
})

test('what a full disk keeps from the tables is no leak, and is looked at when it has been mended', async () => {
  let isDiskFull = true
  const { writer, light, lines, settled, passMonotonic } = await startLight(undefined, () => isDiskFull)
  await writer.submit({ kind: 'hold', hold: holdOf('settled in the log alone') })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  light.check()
  while (light.status().state === 'checking') await rest()
  expect(light.status()).toMatchObject({ state: 'never', findings: [], progress: null })
  const messages = lines.map(({ about }) => (about as { event?: string }).event)
  expect(messages).toContain('ledger_check_postponed')
  expect(messages).not.toContain('ledger_finding')
  passMonotonic(3_600_001)
  light.check()
  while (light.status().state === 'checking') await rest()
  expect(light.status()).toMatchObject({ state: 'wrong', findings: [{ kind: 'check_failed' }] })
  light.check()
  while (light.status().state === 'checking') await rest()
  isDiskFull = false
  vi.advanceTimersByTime(60_000)
  expect(light.status().state).toBe('checking')
  vi.useRealTimers()
  expect(await settled()).toMatchObject({ state: 'wrong', findings: [{ kind: 'hold_leaked' }] })
})

test('requests that open, settle and release their holds while the ledger is read are never leaks', async () => {
  const { accounts, light, hold, settled } = await startLight()
  let requests = 0
  let isOver = false
  const client = async (pauseTurns: number) => {
    while (!isOver) {
      requests += 1
      const requestId = `r${requests}`
      const opened = hold(requestId)
      if (requests % 3 > 0) await opened.isOnDisk
      for (let turn = 0; turn < (requests * pauseTurns) % 5; turn += 1) await nextTurn()
      const row = usageOf(requestId)
      const ended =
        requests % 4 === 0 ? accounts.release(opened, row) : accounts.settle(opened, chargeOf(1), row)
      if (requests % 5 > 0) await ended
      // The thread that reads gives way to whatever else wants the processor: clients that never rest would starve it.
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
  const clients = [client(1), client(2), client(3), client(7)]
  try {
    for (let checks = 0; checks < 5; checks += 1) {
      light.check()
      expect(await settled()).toMatchObject({ state: 'ok', findings: [] })
    }
  } finally {
    isOver = true
    await Promise.all(clients)
  }
  expect(requests).toBeGreaterThan(100)
})

test('it looks a while after the start, and every night from three on, also where the machine slept through that', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const { light, setNow } = await startLight()
  const midnight = Math.ceil(NOW / DAY_MS) * DAY_MS
  const hoursAfterMidnight = (hours: number) => setNow(midnight + hours * 3_600_000)
  const ended = async () => {
    while (light.status().state === 'checking') await rest()
  }
  hoursAfterMidnight(1)
  light.start()
  expect(light.status().state).toBe('never')
  vi.advanceTimersByTime(5_000)
  expect(light.status().state).toBe('checking')
  await ended()

  const isCheckingAt = async (hours: number) => {
    hoursAfterMidnight(hours)
    vi.advanceTimersByTime(600_000)
    const { state } = light.status()
    await ended()
    return state === 'checking'
  }
  expect(await isCheckingAt(2.9)).toBe(false)
  expect(await isCheckingAt(3)).toBe(true)
  expect(await isCheckingAt(3.2)).toBe(false)
  expect(await isCheckingAt(23)).toBe(false)
  expect(await isCheckingAt(26)).toBe(false)
  expect(await isCheckingAt(24 + 11)).toBe(true)
  expect(await isCheckingAt(24 + 12)).toBe(false)
})

test('a light that is put out leaves no thread behind and starts none', async () => {
  const { light } = await startLight()
  light.check()
  await light.stop()
  expect(light.status().state).toBe('never')
  expect(light.check().state).toBe('never')
})
