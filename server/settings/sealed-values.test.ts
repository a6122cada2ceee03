import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { openTestDatabase, testClock } from '../../test/support/database.ts'
import type { SecretStore } from '../ports.ts'
import { createSealedValues, SealedValueError } from './sealed-values.ts'

/** A secret store outside the database, as a host would bring it. */
function secretStore(): SecretStore & { readonly values: Map<string, string> } {
  const values = new Map<string, string>()
  return {
    kind: 'encrypted file',
    values,
    get: async (name) => values.get(name),
    set: async (name, value) => void values.set(name, value),
    delete: async (name) => void values.delete(name),
  }
}

function startSealed(secrets = secretStore()) {
  const { repositories } = openTestDatabase()
  const repository = repositories.sealedValues
  const ids = { randomBytes }
  const start = () => createSealedValues({ repository, secrets, clock: testClock, ids })
  return { repository, secrets, start }
}

test('a sealed value is read again after the next start, and stands nowhere in clear', async () => {
  const { repository, start } = startSealed()
  const sealedValues = start()
  expect(await sealedValues.get('jwt')).toBeUndefined()
  await sealedValues.set('jwt', 'signing secret ✓')
  expect(await start().get('jwt')).toBe('signing secret ✓')
  expect(repository.get('jwt')?.includes('signing secret')).toBe(false)
})

test('the same value is sealed differently every time', async () => {
  const { repository, start } = startSealed()
  const sealedValues = start()
  await sealedValues.set('a', 'same')
  const first = repository.get('a')
  await sealedValues.set('a', 'same')
  expect(repository.get('a')?.equals(first ?? Buffer.alloc(0))).toBe(false)
})

test('the data key is made once, even where two values are sealed at the same moment', async () => {
  const { secrets, start } = startSealed()
  const sealedValues = start()
  await Promise.all([sealedValues.set('a', '1'), sealedValues.set('b', '2')])
  expect(Buffer.from(secrets.values.get('data-key') ?? '', 'base64')).toHaveLength(32)
  expect(await Promise.all(['a', 'b'].map((name) => start().get(name)))).toEqual(['1', '2'])
})

test('under another data key a value does not open, and the error says to enter it again', async () => {
  const { secrets, start } = startSealed()
  await start().set('jwt', 'secret')
  secrets.values.set('data-key', randomBytes(32).toString('base64'))
  await expect(start().get('jwt')).rejects.toThrow(SealedValueError)
  await expect(start().get('jwt')).rejects.toThrow('It has to be entered again.')
})

test('a value that was tampered with, cut, or put under another name does not open', async () => {
  const { repository, start } = startSealed()
  const sealedValues = start()
  await sealedValues.set('smtp', 'secret')
  const sealed = repository.get('smtp') ?? Buffer.alloc(0)
  const flipped = Buffer.from(sealed)
  flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1
  for (const [name, bytes] of [
    ['smtp', flipped],
    ['smtp', sealed.subarray(0, 20)],
    ['jwt', sealed],
  ] as const) {
    repository.set(name, bytes, 0)
    await expect(sealedValues.get(name)).rejects.toThrow(SealedValueError)
  }
})

test('a data key that is no key is named, and is asked for again once it is mended', async () => {
  const { secrets, start } = startSealed()
  secrets.values.set('data-key', 'short')
  const sealedValues = start()
  await expect(sealedValues.set('jwt', 'x')).rejects.toThrow(
    'The secret "data-key" in encrypted file is not 32 bytes',
  )
  secrets.values.delete('data-key')
  await sealedValues.set('jwt', 'x')
  expect(await sealedValues.get('jwt')).toBe('x')
})
