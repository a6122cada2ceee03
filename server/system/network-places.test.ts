// Which addresses are offered, and in which order: a teammate is given the one that works for most.
import { expect, test } from 'vitest'
import { listPlaces, placeForOthers } from './network-places.ts'

const info = (address: string, internal = false) => ({
  address,
  internal,
  netmask: '255.255.255.0',
  mac: '00:00:00:00:00:00',
  cidr: null,
  ...(address.includes(':') ? { family: 'IPv6' as const, scopeid: 0 } : { family: 'IPv4' as const }),
})
const MACHINE = {
  lo: [info('127.0.0.1', true), info('::1', true)],
  'vEthernet (WSL)': [info('172.28.96.1')],
  docker0: [info('172.17.0.1')],
  tailscale0: [info('100.92.14.7')],
  'Wi-Fi': [info('192.168.1.24'), info('fe80::1'), info('fd00::24')],
  Unplugged: [info('169.254.7.7')],
}

test('every address that others may use is listed, local network first, this computer last', () => {
  const places = listPlaces(MACHINE, '0.0.0.0', 8080)
  expect(places.map(({ address, kind }) => [address, kind])).toEqual([
    ['192.168.1.24', 'lan'],
    ['100.92.14.7', 'vpn'],
    ['172.28.96.1', 'virtual'],
    ['172.17.0.1', 'virtual'],
    ['127.0.0.1', 'loopback'],
  ])
  expect(places[0]).toMatchObject({ url: 'http://192.168.1.24:8080', interfaceName: 'Wi-Fi' })
})

test('a gateway that listens on both families offers both, and no address of one link alone', () => {
  const urls = listPlaces(MACHINE, '::', 80).map(({ url }) => url)
  expect(urls.slice(0, 2)).toEqual(['http://192.168.1.24:80', 'http://[fd00::24]:80'])
  expect(urls.join()).not.toContain('fe80')
})

test('a gateway that listens on one address offers that one, and on loopback this computer alone', () => {
  expect(listPlaces(MACHINE, '100.92.14.7', 1).map(({ address }) => address)).toEqual(['100.92.14.7'])
  expect(listPlaces(MACHINE, '127.0.0.1', 1).map(({ kind }) => kind)).toEqual(['loopback'])
})

test.each(['utun4', 'wg0', 'ZeroTier One', 'My VPN'])('%s is a VPN', (name) => {
  expect(listPlaces({ [name]: [info('10.8.0.2')] }, '0.0.0.0', 1)[0]?.kind).toBe('vpn')
})

test('others are sent to an address that one of them has reached, and to none that leads nowhere', () => {
  const places = listPlaces(MACHINE, '0.0.0.0', 8080).map((place) => ({ ...place, reached: null }))
  expect(placeForOthers(places)?.address).toBe('192.168.1.24')
  const reached = { devices: 1, lastAt: 1, lastFrom: '100.92.14.9' }
  const seen = places.map((place) => (place.kind === 'vpn' ? { ...place, reached } : place))
  expect(placeForOthers(seen)?.address).toBe('100.92.14.7')
  expect(placeForOthers(places.filter(({ kind }) => kind !== 'lan' && kind !== 'vpn'))).toBeUndefined()
})

test('over HTTPS every address is one of HTTPS, but what stays on this computer needs no certificate', () => {
  const urls = listPlaces(MACHINE, '0.0.0.0', 8080, true).map(({ url }) => url)
  expect(urls[0]).toBe('https://192.168.1.24:8080')
  expect(urls.at(-1)).toBe('http://127.0.0.1:8080')
})
