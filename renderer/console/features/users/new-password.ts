// A first password that nobody has to think of: 20 letters and digits that cannot be taken for one another.
const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789'
const GROUPS = 4
const GROUP_LENGTH = 5

/** 100 random bits, in groups that can be read out: `k7m2p-…`. */
export function newPassword(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(GROUPS * GROUP_LENGTH))
  // 32 letters divide 256, so that each of them is as likely as the next.
  const letters = [...bytes].map((byte) => LETTERS.charAt(byte % LETTERS.length)).join('')
  return (letters.match(/.{5}/g) ?? []).join('-')
}
