// Makes API keys: `sk-cg-<public id>-<secret>`. The public id finds the key, the hash of the secret proves it.
import { createHash } from 'node:crypto'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const PUBLIC_ID_LENGTH = 12
/** 43 characters of base62 carry 256 bits. */
const SECRET_LENGTH = 43

export interface NewApiKey {
  readonly publicId: string
  /** The whole key, to be shown once. */
  readonly secret: string
  /** SHA-256 of the secret part. A slow hash buys nothing against 256 random bits, and would sit on the request path. */
  readonly secretHash: Buffer
}

export function newApiKey(randomBytes: (count: number) => Buffer): NewApiKey {
  const publicId = randomBase62(PUBLIC_ID_LENGTH, randomBytes)
  const secretPart = randomBase62(SECRET_LENGTH, randomBytes)
  return {
    publicId,
    secret: `sk-cg-${publicId}-${secretPart}`,
    secretHash: createHash('sha256').update(secretPart).digest(),
  }
}

/** Uniform: a byte beyond the last whole multiple of 62 is thrown away, or the first characters would come up more often. */
export function randomBase62(length: number, randomBytes: (count: number) => Buffer): string {
  const usableBelow = 256 - (256 % BASE62.length)
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < usableBelow && text.length < length) text += BASE62.charAt(byte % BASE62.length)
    }
  }
  return text
}
