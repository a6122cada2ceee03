// What a redemption code looks like, and that however it is typed it is the same one.
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { hashOfCode, newCode } from './new-code.ts'

test('a code has a prefix and 100 random bits, in characters that are not mistaken for each other', () => {
  for (let made = 0; made < 50; made += 1) {
    const { code, hint } = newCode('WELCOME', randomBytes)
    expect(code).toMatch(/^WELCOME(-[0-9A-HJKMNP-TV-Z]{5}){4}$/)
    expect(code.endsWith(hint)).toBe(true)
    expect(hint).toHaveLength(4)
  }
  expect(newCode('', randomBytes).code).toMatch(/^[0-9A-Z]{5}(-[0-9A-Z]{5}){3}$/)
})

test('every random byte counts, in the order of the alphabet', () => {
  const bytes = Buffer.from([...Array(20).keys()].map((index) => index * 13))
  const { code } = newCode('', () => bytes)
  expect(code.replaceAll('-', '')).toBe(
    [...bytes].map((byte) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.charAt(byte & 31)).join(''),
  )
})

test.each([
  'WELC0ME-0A1B2-C3D4E-F5G6H-J7K8M',
  'welcome-0a1b2-c3d4e-f5g6h-j7k8m',
  '  WELCOME 0A1B2 C3D4E F5G6H J7K8M\n',
  'WELCOMEOAIB2C3D4EF5G6HJ7K8M',
  'welcome–oalb2—c3d4e‑f5g6h−j7k8m',
  'ＷＥＬＣＯＭＥ-0A1B2-C3D4E-F5G6H-J7K8M',
])('a code typed as %j is the same code', (typed) => {
  expect(hashOfCode(typed)).toEqual(hashOfCode('WELCOME-0A1B2-C3D4E-F5G6H-J7K8M'))
})

test('another code is another one', () => {
  expect(hashOfCode('WELCOME-0A1B2-C3D4E-F5G6H-J7K8N')).not.toEqual(
    hashOfCode('WELCOME-0A1B2-C3D4E-F5G6H-J7K8M'),
  )
})
