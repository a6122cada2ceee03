// The secrets that links carry: far too random to guess, known to whoever has the link, kept here as a hash.
import { createHash } from 'node:crypto'
import { randomBase62 } from './new-api-key.ts'

/** 32 characters of base62 carry 190 bits. */
const SECRET_LENGTH = 32

export interface LinkSecret {
  readonly secret: string
  /** SHA-256, 32 bytes. A slow hash buys nothing against so many random bits. */
  readonly secretHash: Buffer
}

export function newLinkSecret(randomBytes: (count: number) => Buffer): LinkSecret {
  const secret = randomBase62(SECRET_LENGTH, randomBytes)
  return { secret, secretHash: hashOfSecret(secret) }
}

/** Looked up by this: the time that a database takes to compare hashes says nothing about the secret. */
export const hashOfSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest()
