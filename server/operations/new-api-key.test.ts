// New API keys: their form, their strength, and that what is stored cannot be turned back into one.
import { createHash, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { newApiKey, randomBase62 } from './new-api-key.ts'

test('a key is sk-cg-<public id>-<secret>, and the stored hash is that of its secret part', () => {
  const made = newApiKey(randomBytes)
  expect(made.secret).toMatch(/^sk-cg-[0-9A-Za-z]{12}-[0-9A-Za-z]{43}$/)
  const [, , publicId, secretPart = ''] = made.secret.split('-')
  expect(made.publicId).toBe(publicId)
  expect(made.secretHash).toEqual(createHash('sha256').update(secretPart).digest())
})

test('every character is as likely as every other', () => {
  const counts = new Map<string, number>()
  for (const character of randomBase62(62_000, randomBytes))
    counts.set(character, (counts.get(character) ?? 0) + 1)
  expect(counts.size).toBe(62)
  // Taking the byte modulo 62 alone would give the first eight characters a quarter more: 1,210 instead of 1,000.
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(180)
})

test('bytes that would favour the first characters are thrown away', () => {
  const bytes = [Buffer.from([255, 248, 0]), Buffer.from([61, 62])]
  expect(randomBase62(3, () => bytes.shift() ?? Buffer.alloc(0))).toBe('0z0')
})
