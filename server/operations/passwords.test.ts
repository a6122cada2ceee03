// Passwords: what is stored, that an unknown person costs as much as a wrong password, and that the queue is bounded.
import { randomBytes } from 'node:crypto'
import { hash } from '@node-rs/argon2'
import { expect, test } from 'vitest'
import { createPasswords } from './passwords.ts'

const passwords = createPasswords(randomBytes)

test('a stored password is argon2id with 19 MiB and two passes', async () => {
  expect(await passwords.hash('correct horse battery')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
})

test('only the right password fits', async () => {
  const stored = await passwords.hash('correct horse battery')
  expect(await passwords.fits(stored, 'correct horse battery')).toBe(true)
  expect(await passwords.fits(stored, 'correct horse batterz')).toBe(false)
})

test('a password fits however its accents are put together, also one that was hashed as it was typed', async () => {
  const [whole, apart] = ['caf\u00e9 du nord', 'cafe\u0301 du nord']
  expect(await passwords.fits(await passwords.hash(apart), whole)).toBe(true)
  expect(await passwords.fits(await passwords.hash(whole), apart)).toBe(true)
  expect(await passwords.fits(await hash(apart), apart)).toBe(true)
  expect(await passwords.fits(undefined, apart)).toBe(false)
  expect(await passwords.fits(await passwords.hash(whole), 'cafe du nord')).toBe(false)
})

test('nothing fits a person who is unknown or has no password, and finding that out takes as long', async () => {
  const stored = await passwords.hash('correct horse battery')
  const hashes = [stored, undefined, null] as const
  // The shortest says most: whatever else this machine does only ever makes it longer. In turns, so that it does so to each.
  const shortestMs = hashes.map(() => Number.POSITIVE_INFINITY)
  for (let attempt = 0; attempt < 9; attempt += 1) {
    for (const [at, hash] of hashes.entries()) {
      const startedAt = performance.now()
      expect(await passwords.fits(hash, 'a wrong password')).toBe(false)
      shortestMs[at] = Math.min(shortestMs[at] ?? 0, performance.now() - startedAt)
    }
  }
  const [known = 0, ...unknown] = shortestMs
  for (const ms of unknown) {
    expect(ms).toBeGreaterThan(known / 3)
    expect(ms).toBeLessThan(known * 3)
  }
})

test('beyond two running and 64 waiting hashes, the next is turned away at once', async () => {
  const answers = await Promise.all(Array.from({ length: 70 }, () => passwords.fits(undefined, 'flood')))
  expect(answers.filter((answer) => answer === undefined)).toHaveLength(4)
  expect(await passwords.fits(undefined, 'later')).toBe(false)
})
