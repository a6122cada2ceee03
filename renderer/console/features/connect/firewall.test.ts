// The step names the port that is listened on, in the words of the system that the gateway runs on.
import { expect, test } from 'vitest'
import { firewallSteps, systemOf } from './firewall.ts'

test.each([
  ['win32', 'LocalPort 8080'],
  ['linux', 'ufw allow 8080/tcp'],
])('on %s the port is opened by a command', (platform, command) => {
  expect(firewallSteps(systemOf(platform), 8080, 'Ethernet')[0]?.text).toContain(command)
})

test('Windows is told that the network is a private one, by its name', () => {
  expect(firewallSteps('windows', 1, 'Ethernet 2')[0]?.text).toContain("-InterfaceAlias 'Ethernet 2'")
  expect(firewallSteps('windows', 1, "a'; $(rm)")[0]?.text).toContain("-InterfaceAlias 'a''; $(rm)'")
})

test('macOS asks by itself', () => {
  expect(firewallSteps(systemOf('darwin'), 8080, 'en0')).toEqual([])
})
