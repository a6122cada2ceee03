// Where links lead that are handed to others: to an address that they can reach, wherever the administrator sits.
import { expect, test } from 'vitest'
import type { NetworkPlace } from '../../contract/operations/system.ts'
import { baseUrlFor } from './links.ts'

const place = (address: string, kind: NetworkPlace['kind']): NetworkPlace => ({
  address,
  url: `http://${address}:8080`,
  interfaceName: kind,
  kind,
  reached: null,
})
const LAN = place('192.168.1.24', 'lan')
const HERE = place('127.0.0.1', 'loopback')

function baseUrl(origin: string | undefined, places: readonly NetworkPlace[], publicBaseUrl = '') {
  const deps = {
    settings: { current: () => ({ publicBaseUrl }) },
    system: { network: () => ({ places }) },
    ownAddress: () => HERE.url,
  }
  // As much of the parts as an address is built from.
  return baseUrlFor(deps as never, { origin } as never)
}

test.each([
  ['http://127.0.0.1:8080', LAN.url],
  ['http://localhost:8080', LAN.url],
  ['http://[::1]:8080', LAN.url],
  // The desktop window, which came by no address.
  [undefined, LAN.url],
  ['http://10.0.0.7:8080', 'http://10.0.0.7:8080'],
  ['http://gateway.example:8080', 'http://gateway.example:8080'],
])('a link made by who came to %s leads to %s', (origin, expected) => {
  expect(baseUrl(origin, [LAN, HERE])).toBe(expected)
})

test('a link leads to this machine alone where nobody else reaches it, and to the public address before all', () => {
  expect(baseUrl('http://localhost:8080', [HERE])).toBe('http://localhost:8080')
  expect(baseUrl(undefined, [HERE])).toBe(HERE.url)
  expect(baseUrl('http://127.0.0.1:8080', [LAN, HERE], 'https://gw.example')).toBe('https://gw.example')
})
