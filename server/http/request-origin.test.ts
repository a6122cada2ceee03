// Which requests are local, which hosts are ours, and which calls come from our own pages.
import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { isHostAllowed, isLocal, isMachineOfContainers, isSameOrigin, originOf } from './request-origin.ts'

const requestFrom = (remoteAddress: string | undefined, headers: Record<string, string> = {}) =>
  // Only these two members are read.
  ({ socket: { remoteAddress }, headers }) as unknown as IncomingMessage

describe('a host', () => {
  test.each([
    '127.0.0.1:8080',
    '192.168.1.24',
    '[::1]:8080',
    '[fe80::1]',
    'localhost',
    'LOCALHOST:1',
    'gate.lan:80',
    'GATE.lan',
  ])('that is an address, localhost or a configured name is ours: %s', (host) => {
    expect(isHostAllowed(host, () => ['gate.lan'])).toBe(true)
  })

  test.each([
    undefined,
    '',
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    'localhost.',
    '127.1',
    '0x7f.0.0.1',
    '[::1',
    '[evil]:80',
    'user@localhost',
    'localhost:80:80',
    'localhost/evil',
    'gate.lan.evil.example',
  ])('that is anything else is refused: %s', (host) => {
    expect(isHostAllowed(host, () => ['gate.lan'])).toBe(false)
  })
})

test.each([
  ['host.docker.internal:8080', true],
  ['HOST.containers.INTERNAL', true],
  ['docker.internal', false],
  ['evil.host.docker.internal', false],
  ['host.docker.internal.evil.example', false],
  ['localhost', false],
  [undefined, false],
])('%s is the machine of a container: %s', (host, expected) => {
  expect(isMachineOfContainers(host)).toBe(expected)
})

describe('a caller', () => {
  test.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])('at %s is local', (address) => {
    expect(isLocal(requestFrom(address))).toBe(true)
  })

  test.each([undefined, '', '192.168.1.2', '::ffff:10.0.0.1', '127.0.0.1.evil', 'fe80::1'])(
    'at %s is remote',
    (address) => {
      expect(isLocal(requestFrom(address))).toBe(false)
    },
  )

  test.each(['x-forwarded-for', 'forwarded', 'x-real-ip', 'via', 'x-forwarded-host', 'cf-connecting-ip'])(
    'whose request carries %s is remote, even an empty one and even from loopback',
    (name) => {
      expect(isLocal(requestFrom('127.0.0.1', { [name]: '' }))).toBe(false)
    },
  )
})

describe('a call', () => {
  // Only these members are read.
  const asked = (headers: Record<string, string>, isEncrypted = false) =>
    ({ headers, socket: isEncrypted ? { encrypted: true } : {} }) as unknown as IncomingMessage
  const ours = { 'x-requested-with': 'codex-gateway', host: '192.168.1.24:8080' }

  test('without an Origin, with our header, passes: it comes from no page', () => {
    expect(isSameOrigin(asked(ours))).toBe(true)
  })

  test('from a page of the same address passes', () => {
    expect(
      isSameOrigin(asked({ ...ours, origin: 'http://192.168.1.24:8080', 'sec-fetch-site': 'same-origin' })),
    ).toBe(true)
  })

  test('behind TLS on a default port passes', () => {
    expect(isSameOrigin(asked({ ...ours, host: 'gate.lan', origin: 'https://gate.lan' }))).toBe(true)
    expect(isSameOrigin(asked({ ...ours, host: 'gate.lan:443', origin: 'https://gate.lan' }))).toBe(true)
  })

  test('over HTTPS comes from a page over HTTPS: one in clear may be anybody’s', () => {
    expect(isSameOrigin(asked({ ...ours, origin: 'https://192.168.1.24:8080' }, true))).toBe(true)
    expect(isSameOrigin(asked({ ...ours, origin: 'http://192.168.1.24:8080' }, true))).toBe(false)
  })

  test.each([
    ['no header of ours', { host: ours.host }],
    ['another value in it', { ...ours, 'x-requested-with': 'XMLHttpRequest' }],
    ['another host in Origin', { ...ours, origin: 'http://evil.example' }],
    ['another port in Origin', { ...ours, origin: 'http://192.168.1.24:9090' }],
    ['an opaque Origin', { ...ours, origin: 'null' }],
    ['a broken Origin', { ...ours, origin: 'http://' }],
    ['a cross-site fetch', { ...ours, 'sec-fetch-site': 'cross-site' }],
    ['a same-site fetch from another port', { ...ours, 'sec-fetch-site': 'same-site' }],
  ])('with %s is refused', (_what, headers) => {
    expect(isSameOrigin(asked(headers))).toBe(false)
  })
})

describe('the address that links are built on', () => {
  const arrivedAt = (
    socket: { localAddress?: string; localPort?: number; remoteAddress?: string },
    host: string | undefined,
    more: Record<string, string> = {},
  ) =>
    originOf(
      // Only these members are read.
      { socket, headers: { ...(host === undefined ? {} : { host }), ...more } } as unknown as IncomingMessage,
      ['gate.lan', '0.0.0.0'],
    )
  const here = { localAddress: '::ffff:192.168.1.24', localPort: 8080, remoteAddress: '192.168.1.9' }

  test.each([
    // What the caller says is taken where it is known to lead here.
    ['192.168.1.24:8080', 'http://192.168.1.24:8080'],
    ['gate.lan:8080', 'http://gate.lan:8080'],
    ['GATE.lan', 'http://gate.lan'],
    // Anything else leads to where the connection has arrived.
    ['6.6.6.6', 'http://192.168.1.24:8080'],
    ['0.0.0.0:8080', 'http://192.168.1.24:8080'],
    ['gate.lan:6666', 'http://gate.lan:8080'],
    ['gate.lan.evil.example', 'http://192.168.1.24:8080'],
    ['localhost:8080', 'http://192.168.1.24:8080'],
    ['[2001:db8::6]', 'http://192.168.1.24:8080'],
    ['evil.example/@gate.lan', 'http://192.168.1.24:8080'],
    [undefined, 'http://192.168.1.24:8080'],
  ])('for the Host %s is %s', (host, origin) => {
    expect(arrivedAt(here, host)).toBe(origin)
  })

  test('is localhost for this machine alone, and an IPv6 address stands in brackets', () => {
    const local = { localAddress: '::1', localPort: 8080, remoteAddress: '::1' }
    expect(arrivedAt(local, 'localhost:8080')).toBe('http://localhost:8080')
    expect(arrivedAt(local, 'localhost:8080', { 'x-forwarded-for': '10.0.0.1' })).toBe('http://[::1]:8080')
    expect(arrivedAt({ ...local, localPort: 80 }, '[::1]')).toBe('http://[::1]')
  })
})
