// Who holds a port: found for real on Linux, read out of what the other systems print.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { findPortHolder, holderInLsof, listeningInodes, nameToShow, pidInNetstat } from './port-holder.ts'

test.runIf(process.platform === 'linux')(
  'this very process is found by the port that it listens on',
  async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    expect(await findPortHolder(port)).toMatchObject({ pid: process.pid })
    // A system without the program that would tell: nobody is named, and nothing breaks.
    expect(await findPortHolder(1, 'sunos')).toBeNull()
  },
)

test.runIf(process.platform === 'linux')(
  'a program that merely has the name of the right one is not run',
  async () => {
    const dir = mkdtempSync(join(tmpdir(), 'codex-gateway-planted-'))
    onTestFinished(() => rmSync(dir, { recursive: true }))
    const plant = (name: string, says: string) =>
      writeFileSync(join(dir, name), `#!/bin/sh\necho '${says}'\n`, { mode: 0o755 })
    plant('netstat', 'TCP 127.0.0.1:8080 0.0.0.0:0 LISTENING 7')
    plant('tasklist', '"planted.exe","7"')
    plant('lsof', 'p7\ncplanted')
    vi.stubEnv('PATH', `${dir}${delimiter}${process.env['PATH']}`)
    onTestFinished(() => void vi.unstubAllEnvs())
    for (const platform of ['win32', 'darwin'] as const)
      expect((await findPortHolder(8080, platform))?.name).not.toBe('planted.exe')
    expect((await findPortHolder(8080, 'darwin'))?.name).not.toBe('planted')
  },
)

test('only a socket that listens, and on this port, is one', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1
   1: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1
   2: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4713 1`
  expect(listeningInodes(table, 8080)).toEqual(['4711'])
})

test('what lsof and netstat print is read, in any language of Windows', () => {
  expect(holderInLsof('p812\ncnginx\n')).toEqual({ pid: 812, name: 'nginx' })
  expect(holderInLsof('')).toBeNull()
  const table = `
  Proto  Lokale Adresse         Remoteadresse          Status           PID
  TCP    127.0.0.1:8080         127.0.0.1:50112        HERGESTELLT      77
  TCP    0.0.0.0:8080           0.0.0.0:0              ABHÖREN          4242`
  expect(pidInNetstat(table, 8080)).toBe(4242)
  expect(pidInNetstat(table, 80)).toBeUndefined()
})

test('a program that calls itself a sentence of ours stays one short line', () => {
  expect(nameToShow('node')).toBe('node')
  expect(nameToShow('x\n\nPress OK\u202e\u0007 now')).toBe('x Press OK now')
  expect(nameToShow('y'.repeat(5_000))).toHaveLength(60)
})
