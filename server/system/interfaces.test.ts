// A system that cannot list its interfaces for a while, as where every file descriptor is taken.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ROOT } from '../../scripts/setup.mjs'
import { listeningLogger } from '../../test/support/database.ts'
import { createInterfaces, type InterfaceList } from './interfaces.ts'
import { watchNetwork } from './network-watch.ts'

const listOf = (address: string): InterfaceList => ({
  eth0: [{ address, netmask: '255.255.255.0', family: 'IPv4', mac: '', internal: false, cidr: null }],
})
const exhausted = (): never => {
  throw new Error('uv_interface_addresses returned EMFILE')
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('the last known interfaces stand where the system lists none, and each time without is told once', () => {
  const { logger, lines } = listeningLogger()
  let read = exhausted as () => InterfaceList
  const interfaces = createInterfaces(logger, () => read())
  expect([interfaces(), interfaces()]).toEqual([{}, {}])
  expect(lines).toHaveLength(1)
  read = () => listOf('192.168.1.24')
  expect(interfaces()).toEqual(listOf('192.168.1.24'))
  read = exhausted
  expect([interfaces(), interfaces()]).toEqual([listOf('192.168.1.24'), listOf('192.168.1.24')])
  expect(lines).toHaveLength(2)
})

test('a machine whose interfaces cannot be listed for a while has not changed its network', () => {
  const { logger } = listeningLogger()
  let read = () => listOf('192.168.1.24')
  let told = 0
  const watch = watchNetwork(
    () => {
      told += 1
    },
    createInterfaces(logger, () => read()),
  )
  read = exhausted
  vi.advanceTimersByTime(20_000)
  read = () => listOf('192.168.1.24')
  vi.advanceTimersByTime(20_000)
  expect(told).toBe(0)
  watch.stop()
})

test('nobody else asks the system for its interfaces, because it throws where it has none to give', () => {
  const asking = ['server', 'electron'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .filter((name) => /networkInterfaces\(/.test(readFileSync(join(ROOT, folder, name), 'utf8')))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  )
  expect(asking).toEqual(['server/system/interfaces.ts'])
})
