// Secrets in a file: nothing in clear, for the owner only, whole after a crash, and a clear word when the key is gone.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createEncryptedSecretFile } from './encrypted-secret-file.ts'
import { createEnvironmentSecrets } from './environment-secrets.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'secrets-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const open = () => createEncryptedSecretFile(dir, { randomBytes })

test('a secret comes back after a restart, and nobody else can read the files', async () => {
  await open().set('upstream-key', 'sk-upstream-test-1')
  expect(await open().get('upstream-key')).toBe('sk-upstream-test-1')
  expect(await open().get('data-key')).toBeUndefined()
  for (const name of readdirSync(dir)) {
    expect(readFileSync(join(dir, name), 'utf8')).not.toContain('sk-upstream-test-1')
    expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600)
  }
  expect(readdirSync(dir).sort()).toEqual(['secrets.json', 'secrets.key'])
})

test('changes made at the same time all stay', async () => {
  const store = open()
  await Promise.all(Array.from({ length: 10 }, (_, index) => store.set(`name-${index}`, `value-${index}`)))
  await store.delete('name-3')
  const values = await Promise.all(Array.from({ length: 10 }, (_, index) => store.get(`name-${index}`)))
  expect(values).toEqual(
    [0, 1, 2, undefined, 4, 5, 6, 7, 8, 9].map((n) => (n === undefined ? n : `value-${n}`)),
  )
})

test('a secret cannot be passed off as another', async () => {
  await open().set('data-key', 'one')
  await open().set('upstream-key', 'two')
  const file = join(dir, 'secrets.json')
  const stored = JSON.parse(readFileSync(file, 'utf8'))
  stored.secrets['upstream-key'] = stored.secrets['data-key']
  writeFileSync(file, JSON.stringify(stored))
  await expect(open().get('upstream-key')).rejects.toThrow('cannot be decrypted')
})

test('a missing key file is an error that says so, never a new key over secrets that it cannot open', async () => {
  await open().set('data-key', 'one')
  rmSync(join(dir, 'secrets.key'))
  await expect(open().get('data-key')).rejects.toThrow('secrets.key is missing')
  await expect(open().set('upstream-key', 'two')).rejects.toThrow('secrets.key is missing')
})

test('a damaged file is an error that says what to do', async () => {
  writeFileSync(join(dir, 'secrets.json'), '{"version":1')
  await expect(open().get('data-key')).rejects.toThrow('remove both and enter the secrets again')
})

test('what the environment gives wins and is stored nowhere', async () => {
  const store = createEnvironmentSecrets({ 'upstream-key': 'sk-upstream-test-env' }, open())
  expect(await store.get('upstream-key')).toBe('sk-upstream-test-env')
  await store.set('upstream-key', 'sk-upstream-test-stored')
  expect(await store.get('upstream-key')).toBe('sk-upstream-test-env')
  expect(await open().get('upstream-key')).toBe('sk-upstream-test-stored')
  expect(store.kind).toBe('environment, then encrypted file')
})
