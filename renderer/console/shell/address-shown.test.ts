import { expect, test } from 'vitest'
import { addressShown } from './address-shown.ts'

const LAN = 'http://192.168.1.24:8080'
const OWN = 'http://127.0.0.1:8080'
const known = { data: { addressForOthers: LAN }, isError: false }
const running = { gateway: { kind: 'running', address: OWN } } as const

test('others are given the address that leads to the gateway, in a browser as in the desktop window', () => {
  expect(addressShown(undefined, OWN, known)).toBe(LAN)
  expect(addressShown(running, 'app://console', known)).toBe(LAN)
})

test('until it is known there is none, and where it cannot be asked for, the one that works here', () => {
  const unknown = { isError: false }
  const failed = { isError: true }
  expect([addressShown(undefined, OWN, unknown), addressShown(running, 'app://console', unknown)]).toEqual([
    undefined,
    undefined,
  ])
  expect([addressShown(undefined, OWN, failed), addressShown(running, 'app://console', failed)]).toEqual([
    OWN,
    OWN,
  ])
})

test('while the gateway stands still, nothing listens anywhere', () => {
  expect(addressShown({ gateway: { kind: 'stopped' } }, 'app://console', known)).toBeUndefined()
})
