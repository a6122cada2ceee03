// The upkeep of usage, killed at random moments: whatever was half done, every total is what it was.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createUsageSums } from '../../server/db/repositories/usage-sums.ts'
import { addPerson, cellOf, openTestDatabase } from '../support/database.ts'
import { createSeeded } from './support/seeded.ts'

const CHILD = fileURLToPath(new URL('../support/usage-upkeep.child.ts', import.meta.url))
const START = Date.parse('2026-03-01T00:00Z')
const ROWS = 2_000
const DAY = 24 * 3_600_000
const APART_MS = 60_001

/** Whether it was killed before it was done. */
function runAndKill(path: string, before: number, afterMs: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, path, String(before)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.includes('begun')) setTimeout(() => child.kill('SIGKILL'), afterMs)
    })
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      code === 0 || signal === 'SIGKILL'
        ? resolve(signal === 'SIGKILL')
        : reject(new Error(`ended with ${code}`)),
    )
  })
}

test('no kill changes a total, and what was begun is ended by the next run', async () => {
  const { db, path, repositories } = openTestDatabase()
  addPerson(repositories)
  db.raw.exec(`
    WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS - 1})
    INSERT INTO usage
    SELECT printf('r%06d', i), ${START} + i * ${APART_MS}, 'user-' || (i % 5), 'key-' || (i % 7), '/v1/responses', 'm' || (i % 3),
           10, 0, 0, 5, 0, 0, i, CASE WHEN i % 11 THEN 200 ELSE 429 END, NULL, 'completed', 12, 3, 1, 0, 'balance', NULL, NULL
    FROM n`)
  const end = START + ROWS * APART_MS
  const look = () => {
    const sums = createUsageSums(db)
    const of = (filter: object) => sums.total({ ...filter, includeDemo: false })
    return {
      all: of({}),
      ofPeople: [...sums.byGroup({ includeDemo: false }, 'user')].sort(),
      ofModels: [...sums.byGroup({ includeDemo: false }, 'model')].sort(),
      filtered: [of({ userId: 'user-3', model: 'm1' }), of({ keyId: 'key-2' }), of({ status: 429 })],
      aDay: of({ from: START + DAY, to: START + 2 * DAY }),
    }
  }
  const before = look()
  const random = createSeeded(5)
  let kills = 0
  // Each run goes a little further than the one before.
  for (let round = 1; round <= 5; round += 1) {
    const wasKilled = await runAndKill(
      path,
      Math.floor(START + ((end - START) * round) / 5),
      random.int(5, 65),
    )
    if (wasKilled) kills += 1
    expect(look()).toEqual(before)
  }
  expect(kills).toBeGreaterThan(2)
  await runAndKill(path, end, 60_000)
  expect(look()).toEqual(before)
  expect(cellOf(db, 'SELECT count(*) FROM usage')).toBe(0)
  expect(cellOf(db, 'SELECT count(*) FROM expired_usage WHERE level = 2')).toBeGreaterThan(0)
  expect(db.raw.pragma('integrity_check', { simple: true })).toBe('ok')
}, 120_000)
