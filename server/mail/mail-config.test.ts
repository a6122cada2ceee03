// How mail goes out, on a real database: a secret is stored with the host that it is for, or not at all.
import { expect, test } from 'vitest'
import { listeningLogger, openTestDatabase, testClock } from '../../test/support/database.ts'
import { createSystemIds } from '../host/system-ids.ts'
import { createSealedValues } from '../settings/sealed-values.ts'
import { createMailConfig, type MailConfigPatch, type MailSecretsPatch } from './mail-config.ts'

function startConfig() {
  const { repositories } = openTestDatabase()
  const kept = new Map<string, string>()
  const secrets = {
    kind: 'encrypted file' as const,
    get: async (name: string) => kept.get(name),
    set: async (name: string, value: string) => void kept.set(name, value),
    delete: async (name: string) => void kept.delete(name),
  }
  const shared = { clock: testClock, logger: listeningLogger().logger }
  const repository = repositories.sealedValues
  const sealedValues = createSealedValues({ repository, secrets, ids: createSystemIds(), clock: testClock })
  const open = () => createMailConfig({ repository: repositories.settings, sealedValues, ...shared })
  return { config: open(), open, transaction: repositories.transaction }
}

test('a password whose host was not stored is not kept for the host of before', async () => {
  const { config, open, transaction } = startConfig()
  async function update(patch: MailConfigPatch, entered: MailSecretsPatch, also: () => void = () => {}) {
    const sealed = await config.seal(entered)
    const stored = transaction(() => {
      const next = config.store(patch, sealed, 'user-ann')
      also()
      return next
    })
    config.takeOver(stored)
  }
  await update({ smtpHost: 'a.example' }, { smtpPassword: 'of a' })
  const refused = update({ smtpHost: 'b.example' }, { smtpPassword: 'of b' }, () => {
    throw new Error('the disk is full')
  })
  await expect(refused).rejects.toThrow('the disk is full')
  for (const now of [config, open()]) {
    expect([now.current().smtpHost, await now.secret('smtpPassword')]).toEqual(['a.example', 'of a'])
  }
  await update({ smtpHost: 'b.example' }, { smtpPassword: 'of b' })
  expect([open().current().smtpHost, await open().secret('smtpPassword')]).toEqual(['b.example', 'of b'])
})

test('what is sealed counts for nothing before it is stored', async () => {
  const { config } = startConfig()
  await config.seal({ smtpPassword: 'of nobody' })
  expect(config.isSecretSet('smtpPassword')).toBe(false)
})
