// Reading the log backwards: across files and pieces, whatever is in them, and never more than so much at once.
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLogFiles } from './log-files.ts'
import { createLogReader } from './log-reader.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'logs-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const line = (n: number, more: object = {}) =>
  `${JSON.stringify({ level: 30, time: n, msg: `line ${n}`, ...more })}\n`
const write = (name: string, text: string) => writeFileSync(join(dir, name), text)
const read = (query: Partial<Parameters<ReturnType<typeof createLogReader>>[0]> = {}) =>
  createLogReader(dir)({ level: 'debug', limit: 100, ...query })

/** Every page, one after the other; fails where paging does not come to an end. */
async function readAll(limit: number): Promise<number[]> {
  const seen: number[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < 1_000; pages += 1) {
    const { rows, nextCursor } = await read({ limit, cursor })
    seen.push(...rows.map(({ at }) => at))
    if (nextCursor === null) return seen
    cursor = nextCursor
  }
  throw new Error('the pages do not end')
}

test('every line is read once, newest first, whatever the size of the pages and pieces', async () => {
  const lines = Array.from({ length: 3_000 }, (_, n) => line(n, { filling: 'ä'.repeat(n % 90) }))
  write('gateway.2026-11-23.1.log', lines.slice(0, 900).join(''))
  write('gateway.2026-11-24.1.log', lines.slice(900, 1_800).join(''))
  write('gateway.2026-11-24.2.log', '')
  write('gateway.2026-11-24.9.log', lines.slice(1_800, 2_000).join(''))
  write('gateway.2026-11-24.10.log', lines.slice(2_000).join(''))
  write('something-else.log', line(9_999))
  const expected = Array.from({ length: 3_000 }, (_, n) => 2_999 - n)
  for (const limit of [1_000, 7, 3_000]) expect(await readAll(limit)).toEqual(expected)
})

test('lines that are added while somebody pages do not move the pages', async () => {
  write('gateway.2026-11-25.1.log', [1, 2, 3, 4].map((n) => line(n)).join(''))
  const first = await read({ limit: 2 })
  appendFileSync(join(dir, 'gateway.2026-11-25.1.log'), line(5))
  write('gateway.2026-11-26.1.log', line(6))
  const second = await read({ limit: 2, cursor: first.nextCursor ?? undefined })
  expect([...first.rows, ...second.rows].map(({ at }) => at)).toEqual([4, 3, 2, 1])
})

test('half lines, no lines and lines without end are passed over', async () => {
  const endless = 'x'.repeat(10 * 1024 * 1024)
  write(
    'gateway.2026-11-25.1.log',
    `${line(1)}${endless}\n${line(2)}{"level":30,"ti\n\n[]\nnull\n"text"\n${line(3)}{"half":`,
  )
  expect(await readAll(100)).toEqual([3, 2, 1])
})

test('a search that finds nothing stops after so many bytes, and goes on from there', async () => {
  const text = Array.from({ length: 60_000 }, (_, n) => line(n, { filling: 'y'.repeat(200) })).join('')
  write('gateway.2026-11-24.1.log', line(-1, { msg: 'needle' }))
  write('gateway.2026-11-25.1.log', text)
  let page = await read({ search: 'NEEDLE' })
  expect(page.rows).toEqual([])
  let calls = 1
  while (page.rows.length === 0 && page.nextCursor !== null) {
    page = await read({ search: 'NEEDLE', cursor: page.nextCursor })
    calls += 1
  }
  expect(page.rows).toMatchObject([{ message: 'needle' }])
  expect(calls).toBeGreaterThan(1)
  expect(calls).toBeLessThan(6)
})

test('levels, a folder that is not there, and a cursor of nowhere', async () => {
  write('gateway.2026-11-25.1.log', [20, 30, 40, 50, 60].map((level) => line(level, { level })).join(''))
  const levels = async (level: 'debug' | 'info' | 'warn' | 'error') =>
    (await read({ level })).rows.map((row) => row.level)
  expect(await levels('debug')).toEqual(['error', 'error', 'warn', 'info', 'debug'])
  expect(await levels('warn')).toEqual(['error', 'error', 'warn'])
  expect((await read({ cursor: '5.2020-01-01_1' })).rows).toEqual([])
  expect(await createLogReader(join(dir, 'nowhere'))({ level: 'info', limit: 5 })).toEqual({
    rows: [],
    nextCursor: null,
  })
})

test('what the log itself writes can be read back, without the secrets that it never wrote', async () => {
  const log = await createLogFiles(dir, { isOnStderr: false })
  log.logger.warn({ apiKey: 'sk-abcdefghijklmnop', n: 1 }, 'with sk-abcdefghijklmnop in it')
  log.close()
  write('gateway.2020-01-01.1.log', line(1, { msg: 'old sk-abcdefghijklmnop', password: 'hunter2' }))
  const { rows } = await read()
  expect(rows.map(({ message }) => message)).toEqual(['with sk-[redacted] in it', 'old sk-[redacted]'])
  expect(JSON.stringify(rows)).not.toMatch(/abcdefghijklmnop|hunter2/)
})
