import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startChild } from '../../test/support/child.ts'
import { tempDir } from '../../test/support/database.ts'
import { lockDataDir } from './lock.ts'

const CHILD = fileURLToPath(new URL('../../test/support/hold-data-dir.child.ts', import.meta.url))
const me = { pid: process.pid, since: 2, address: null }

test('a second process is refused the data folder and told who holds it', async () => {
  const dir = tempDir()
  const child = await startChild(CHILD, [dir], 'locked')
  expect(lockDataDir(dir, me)).toEqual({
    ok: false,
    error: { holder: { pid: child.pid, since: 1_763_900_000_000, address: 'http://127.0.0.1:4321' } },
  })
})

test('the data folder is free again the moment its holder is killed', async () => {
  const dir = tempDir()
  const child = await startChild(CHILD, [dir], 'locked')
  await child.kill()
  const lock = lockDataDir(dir, me)
  expect(lock.ok).toBe(true)
  if (lock.ok) lock.value.release()
})

test('a released data folder can be taken again, by the same process too', () => {
  const dir = join(tempDir(), 'made', 'for', 'it')
  const first = lockDataDir(dir, me)
  if (!first.ok) throw new Error('a new folder is free')
  expect(lockDataDir(dir, me)).toMatchObject({ ok: false, error: { holder: me } })
  first.value.release()
  first.value.release()
  const second = lockDataDir(dir, me)
  expect(second.ok).toBe(true)
  // Too late: it must not take the new holder's name away.
  first.value.describe({ ...me, since: 99 })
  expect(lockDataDir(dir, me)).toMatchObject({ ok: false, error: { holder: me } })
  if (second.ok) second.value.release()
})

// Windows keeps who may do what in access lists, not in these bits.
test.skipIf(process.platform === 'win32')(
  'a data folder that is made for the lock is its owner’s alone',
  () => {
    const dir = join(tempDir(), 'data')
    const lock = lockDataDir(dir, me)
    expect(statSync(dir).mode & 0o777).toBe(0o700)
    if (lock.ok) lock.value.release()
  },
)
