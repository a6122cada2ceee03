// How a new password is judged while it is typed.
import { expect, test } from 'vitest'
import { passwordStrength } from './password-strength.ts'

test.each([
  ['', 1],
  ['short', 1],
  ['password1234', 1],
  ['aaaaaaaaaaaaaaaa', 1],
  ['1234567890', 1],
  ['qwertyuiop', 1],
  ['gardenwall', 2],
  ['a plain long pass', 3],
  ['correct horse battery staple', 4],
  ['月洞门后面的花园很安静呢', 4],
  ['tR9#vLq2!xWz', 3],
])('"%s" is judged %i', (password, strength) => {
  expect(passwordStrength(password, 10)).toBe(strength)
})
