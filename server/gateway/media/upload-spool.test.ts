import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempDir } from '../../../test/support/database.ts'
import { createUploadSpool } from './upload-spool.ts'

const BOUNDS = () => ({ formBytesPerUserMax: 1_000, formBytesMax: 1_000 })
const DISK = { freeBytesMin: 0, freeBytes: () => Promise.resolve(1_000_000) }

test('a file that cannot be deleted ends its request all the same, and goes with the next start', async () => {
  const directory = join(tempDir(), 'uploads')
  const left: unknown[] = []
  const busy = Object.assign(new Error('EBUSY: resource busy or locked, unlink'), { code: 'EBUSY' })
  const remove = () => Promise.reject(busy)
  const spool = createUploadSpool(directory, BOUNDS, { ...DISK, remove, onLeft: (e) => void left.push(e) })
  const share = spool.shareFor('req_1', 'user_1')
  const file = await share.open(100)
  if (typeof file === 'string') throw new Error(`there is room: ${file}`)
  await file.write(Buffer.from('RIFF'))
  await share.release()
  expect(left).toEqual([busy])
  expect(spool.bytes).toBe(0)
  expect(readdirSync(directory)).toEqual(['req_1'])
  createUploadSpool(directory, BOUNDS, DISK)
  expect(existsSync(join(directory, 'req_1'))).toBe(false)
})
