import { expect, test } from 'vitest'
import { addressShown } from './address-shown.ts'

const LAN = 'http://192.168.1.24:8080'
const OWN = 'http://127.0.0.1:8080'

test('the address in the network goes before that of this machine, and the reader’s own before both', () => {
  expect(addressShown(OWN, [OWN, LAN])).toBe(LAN)
  expect(addressShown('https://gate.example', [OWN, LAN])).toBe('https://gate.example')
  expect(addressShown('http://localhost:8080', [OWN])).toBe('http://localhost:8080')
})

test('the desktop window has no address of its own', () => {
  expect([addressShown('app://console', [OWN, LAN]), addressShown('app://console', [OWN])]).toEqual([
    LAN,
    OWN,
  ])
  expect(addressShown('app://console', [])).toBeUndefined()
})
