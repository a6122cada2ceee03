// Makes redemption codes, and brings what a person typed into the one form that a code is known by.
import { createHash } from 'node:crypto'

/** Crockford's base 32 (https://www.crockford.com/base32.html): no letter in it is taken for another, or for a digit. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** Five random bits each: 100 in all, of which the hint gives 20 away. */
const RANDOM_CHARACTERS = 20
const GROUP = 5
const HINT_CHARACTERS = 4

export interface NewCode {
  /** The whole code, to be shown once. */
  readonly code: string
  /** SHA-256 of its one form. A slow hash buys nothing against 80 random bits. */
  readonly hash: Buffer
  readonly hint: string
}

export function newCode(prefix: string, randomBytes: (count: number) => Buffer): NewCode {
  // 256 is a whole multiple of 32, so that every character is as likely.
  const random = [...randomBytes(RANDOM_CHARACTERS)].map((byte) => ALPHABET.charAt(byte % 32)).join('')
  const groups = random.match(new RegExp(`.{${GROUP}}`, 'g')) ?? []
  const code = [...(prefix === '' ? [] : [prefix]), ...groups].join('-')
  return { code, hash: hashOfCode(code), hint: random.slice(-HINT_CHARACTERS) }
}

/** The same for every way of writing a code: case, dashes and spaces do not matter, nor does O for 0, or I or L for 1. */
export const hashOfCode = (typed: string): Buffer =>
  createHash('sha256')
    .update(
      typed
        .normalize('NFKC')
        .toUpperCase()
        .replace(/[\s\p{Dash}]/gu, '')
        .replaceAll('O', '0')
        .replace(/[IL]/g, '1'),
    )
    .digest()
