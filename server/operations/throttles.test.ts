// Which attempts a throttle counts together.
import { expect, test } from 'vitest'
import { createThrottles, placeOf, takeAttempt } from './throttles.ts'

test('of an IPv6 address the first half counts: the rest is its owner’s to choose', () => {
  const places = ['2001:db8:1:2::1', '2001:0db8:0001:0002:ffff::9', '2001:DB8:1:2:a:b:c:d'].map(placeOf)
  expect(new Set(places)).toEqual(new Set(['2001:db8:1:2']))
  expect(placeOf('2001:db8:1:3::1')).toBe('2001:db8:1:3')
  expect(placeOf('fe80::1%eth0')).toBe('fe80:0:0:0')
  expect(placeOf('::1')).toBe('0:0:0:0')
  expect(placeOf('::')).toBe('0:0:0:0')
  expect(placeOf('2001:db8::')).toBe('2001:db8:0:0')
  expect(placeOf('64:ff9b::192.0.2.33')).toBe('64:ff9b:0:0')
})

test('other addresses count as they are', () => {
  for (const address of ['192.168.1.20', 'this computer', 'unknown']) expect(placeOf(address)).toBe(address)
})

test('knocking at a locked door is knocking: the wider throttle runs dry too', () => {
  const throttles = createThrottles({ monotonicMs: () => 0 })
  const ask = (email: string) =>
    takeAttempt([
      [throttles.mailByAddress, 'here'],
      [throttles.mailByRecipient, email],
    ]).ok
  const answers = Array.from({ length: 30 }, () => ask('ann@example.test'))
  expect(answers.filter((isAllowed) => isAllowed)).toHaveLength(3)
  expect(ask('ben@example.test')).toBe(false)
})

test('what is given back goes back to every throttle that it was taken from', () => {
  const throttles = createThrottles({ monotonicMs: () => 0 })
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const taken = takeAttempt([
      [throttles.linkByAddress, 'here'],
      [throttles.mailByRecipient, 'ann'],
    ])
    if (!taken.ok) throw new Error('an attempt that was given back was counted')
    taken.value.giveBack()
  }
})
