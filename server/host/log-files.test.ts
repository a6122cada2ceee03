// The log: in files of the data folder, in whole JSON lines, without a secret in any of them.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLogFiles } from './log-files.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'logs-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function writtenLines(): Record<string, unknown>[] {
  const files = readdirSync(dir).filter((name) => /^gateway\.\d{4}-\d{2}-\d{2}\.\d+\.log$/.test(name))
  expect(files).toHaveLength(1)
  const file = join(dir, files[0] ?? '')
  expect(statSync(file).mode & 0o077).toBe(0)
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

test('everything logged before the end is in the file', async () => {
  const log = await createLogFiles(dir, { isOnStderr: false })
  for (let line = 0; line < 500; line += 1) log.logger.info({ line }, 'counted')
  log.close()
  expect(writtenLines().map(({ line }) => line)).toEqual(Array.from({ length: 500 }, (_, line) => line))
})

test('no secret gets in: neither by the name of its field nor inside a text or a stack', async () => {
  const log = await createLogFiles(dir, { isOnStderr: false })
  const key = `sk-cg-abcdef012345-${'s'.repeat(43)}`
  log.logger.info({
    password: 'hunter2hunter2',
    headers: { authorization: `Bearer ${key}`, cookie: 'cg_session=eyJ' },
  })
  log.logger.info({ input: { admin: { password: 'hunter2hunter2' }, upstream: { apiKey: 'plain' } } })
  log.logger.info({ a: { b: { c: { Cookie: ['x', 'deep"er\\'], token: '' } } }, note: 'stays' })
  log.logger.error({ err: new Error(`upstream said: incorrect key ${key}`) }, `with ${key}`)
  log.close()
  const text = JSON.stringify(writtenLines())
  for (const secret of ['hunter2', 'eyJ', 'plain', 'sssss', 'deep', 'er\\\\'])
    expect(text).not.toContain(secret)
  expect(text).toContain('"note":"stays"')
  expect(text).toContain('incorrect key sk-[redacted]')
})
