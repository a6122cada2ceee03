// HTTPS as time goes by: made at first use, kept over restarts, renewed when an address changes and before it ends, and never
// quietly another one. Spoken on one port with HTTP, over real connections.
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { HttpsMode } from '../../contract/settings.ts'
import { createEncryptedSecretFile } from '../host/encrypted-secret-file.ts'
import { createSystemIds } from '../host/system-ids.ts'
import { answerBothSchemes } from '../http/both-schemes.ts'
import type { SecretStore } from '../ports.ts'
import { createHttps, type Https } from './https.ts'

const DAY_MS = 86_400_000
let dataDir: string
let secrets: SecretStore
let mode: HttpsMode = 'beside_http'
let subjects: string[] = []
let movedMs = 0
let logged = ''

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'codex-gateway-https-'))
  secrets = createEncryptedSecretFile(dataDir, createSystemIds())
  mode = 'beside_http'
  subjects = ['127.0.0.1', 'localhost', '192.168.1.24']
  movedMs = 0
  logged = ''
  return () => rmSync(dataDir, { recursive: true, force: true })
})

const log = (fields: unknown) => {
  logged += JSON.stringify(fields)
}
const newHttps = (): Https =>
  createHttps({
    mode: () => mode,
    subjects: () => subjects,
    hostname: 'office-pc',
    dataDir,
    secrets,
    clock: { now: () => Date.now() + movedMs },
    ids: createSystemIds(),
    logger: { info: log, error: log },
  })
const leafOf = (https: Https) => new X509Certificate(https.leaf()?.certificate ?? '')

test('the authority stays over a restart, and its key is nowhere but in the secret store', async () => {
  const first = newHttps()
  await first.look()
  const { authority } = first.view()
  const second = newHttps()
  await second.look()
  expect(second.view().authority).toEqual(authority)
  expect(second.view().leaf?.fingerprint).not.toBe(first.view().leaf?.fingerprint)

  const key = await secrets.get('https-authority-key')
  const secretPart = (key ?? '').split('\n')[2] ?? 'none'
  const files = readdirSync(dataDir).map((file) => readFileSync(join(dataDir, file), 'utf8'))
  expect(files.join()).toContain('BEGIN CERTIFICATE')
  for (const text of [...files, logged, JSON.stringify(first.view())]) {
    expect(text).not.toContain('PRIVATE KEY')
    expect(text).not.toContain(secretPart)
  }
})

test('off, nothing is made and nothing is shown', async () => {
  mode = 'off'
  const https = newHttps()
  await https.look()
  expect(https.view()).toMatchObject({ state: 'off', authority: null, leaf: null })
  expect(readdirSync(dataDir)).toEqual([])
})

test('a lost key is said and not replaced by itself; a new authority is made when somebody asks', async () => {
  await newHttps().look()
  await secrets.delete('https-authority-key')
  const https = newHttps()
  await https.look()
  expect(https.view()).toMatchObject({ state: 'failed', problem: 'authority_key_missing', leaf: null })
  await https.replaceAuthority()
  expect(https.view()).toMatchObject({ state: 'ready', problem: null })
})

test('a leaf is renewed before it ends, and for a name that comes; one the authority was not made for is said', async () => {
  const https = newHttps()
  await https.look()
  const { fingerprint } = https.view().leaf ?? {}
  movedMs = 360 * DAY_MS
  await https.look()
  expect(https.view().leaf?.fingerprint === fingerprint).toBe(true)
  movedMs = 367 * DAY_MS
  await https.look()
  expect(https.view().leaf?.fingerprint === fingerprint).toBe(false)

  subjects = [...subjects, 'gateway.example.com']
  await https.look()
  expect(https.view()).toMatchObject({ state: 'ready', uncovered: ['gateway.example.com'] })
  expect(leafOf(https).checkHost('gateway.example.com')).toBeUndefined()
  await https.replaceAuthority()
  expect(https.view().uncovered).toEqual([])
  expect(leafOf(https).checkHost('gateway.example.com')).toBeDefined()
})

test.each([
  ['years ahead', 3 * 365 * DAY_MS],
  ['in 1970', -Date.now()],
])('what was made while the clock was %s is made anew once it is right', async (_, offMs) => {
  const https = newHttps()
  movedMs = offMs
  await https.look()
  const trusted = new X509Certificate(https.authorityCertificate() ?? '')
  movedMs = 0
  subjects = [...subjects, 'gateway.example.com']
  await https.look()
  for (const certificate of [leafOf(https), new X509Certificate(https.authorityCertificate() ?? '')]) {
    expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now())
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now())
  }
  // Nobody has to trust another authority for it.
  expect(leafOf(https).verify(trusted.publicKey)).toBe(true)
  // The one that people have installed knows nothing of a name that came later.
  expect(https.view().uncovered).toEqual(['gateway.example.com'])
  expect(leafOf(https).subjectAltName).not.toContain('gateway.example.com')
  expect(leafOf(https).checkIssued(trusted)).toBe(true)
})

test('an authority that has ended is made anew with its own key', async () => {
  const https = newHttps()
  await https.look()
  const { name } = https.view().authority ?? {}
  const trusted = new X509Certificate(https.authorityCertificate() ?? '')
  movedMs = 3_660 * DAY_MS
  await https.look()
  const view = https.view()
  expect(view.authority?.name).toBe(name)
  expect(view.authority?.validUntil).toBeGreaterThan(Date.now() + movedMs)
  expect(leafOf(https).verify(trusted.publicKey)).toBe(true)
})

let server: Server
let port: number
let https: Https
let doors: ReturnType<typeof answerBothSchemes>
const listeners: (() => void)[] = []
beforeAll(async () => {
  server = createServer((req, res) => {
    let bytes = 0
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    req.on('end', () => res.end(`${'encrypted' in req.socket ? 'https' : 'http'} ${bytes}`))
  })
  const serveHttp = server.listeners('connection')
  doors = answerBothSchemes(
    server,
    { leaf: () => https?.leaf(), onChange: (listener) => void listeners.push(listener) },
    {
      count: () => () => {},
      take(socket) {
        for (const listener of serveHttp) Reflect.apply(listener, server, [socket])
      },
    },
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port // it listens on a port
})
afterAll(() => {
  doors.endUndecided()
  server.closeAllConnections()
  server.close()
})
async function speak(): Promise<void> {
  https = newHttps()
  https.onChange(() => {
    for (const listener of listeners) listener()
  })
  await https.look()
}
const secure = async (servername?: string, more = {}): Promise<TLSSocket> => {
  const ca = https.authorityCertificate() ?? ''
  const name = servername === undefined ? {} : { servername }
  const socket = connectTls({ port, host: '127.0.0.1', ca, ...name, ...more })
  await once(socket, 'secureConnect')
  return socket
}
/** One request on an open connection. */
async function ask(socket: Socket, body = ''): Promise<string> {
  const answer = once(socket, 'data')
  const head = `POST / HTTP/1.1\r\nhost: gate\r\ncontent-length: ${body.length}\r\n\r\n`
  socket.write(head + body)
  return /\r\n\r\n(?:\w+\r\n)?(\w+ \d+)/.exec(String((await answer)[0]))?.[1] ?? ''
}

test('one port speaks both, and what is in the first packet is not lost', async () => {
  await speak()
  const body = 'x'.repeat(200_000)
  const tls = await secure()
  expect(await ask(tls, body)).toBe('https 200000')
  const plain = connect(port, '127.0.0.1')
  expect(await ask(plain, body)).toBe('http 200000')
  // Byte by byte, as a slow line brings it.
  const slow = connect({ port, host: '127.0.0.1', noDelay: true })
  const answer = once(slow, 'data')
  for (const byte of 'GET / HTTP/1.1\r\nhost: gate\r\n\r\n') {
    slow.write(byte)
    await new Promise(setImmediate)
  }
  expect(String((await answer)[0])).toContain('http 0')
  for (const socket of [tls, plain, slow]) socket.destroy()
})

test('when an address changes the certificate does, and open connections go on', async () => {
  await speak()
  const before = await secure()
  const had = before.getPeerCertificate().fingerprint256
  expect(await ask(before)).toBe('https 0')
  subjects = ['10.0.0.7', '127.0.0.1']
  await https.look()
  const after = await secure()
  expect(after.getPeerCertificate().fingerprint256).not.toBe(had)
  expect(after.getPeerCertificate().subjectaltname).toContain('10.0.0.7')
  expect(await ask(before)).toBe('https 0')
  for (const socket of [before, after]) socket.destroy()
})

test('whoever looks closely is not deceived: another name, no trust, old TLS', async () => {
  await speak()
  await expect(secure('other.example')).rejects.toThrow(/does not match|ALTNAME/i)
  await expect(secure('localhost', { ca: [] })).rejects.toThrow(/unable to verify|self.signed|issuer/i)
  await expect(
    secure('localhost', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
  ).rejects.toThrow(/protocol|version/i)
  const ok = await secure('localhost')
  expect(ok.getProtocol()).toBe('TLSv1.3')
  ok.destroy()
})

test('switched off while it runs, only HTTP is spoken, and what is open goes on', async () => {
  await speak()
  const before = await secure()
  const ca = https.authorityCertificate()
  ;(await secure('localhost', { ca })).destroy()
  mode = 'off'
  await https.look()
  await expect(secure('localhost', { ca })).rejects.toThrow()
  expect(await ask(before)).toBe('https 0')
  const plain = connect(port, '127.0.0.1')
  expect(await ask(plain)).toBe('http 0')
  for (const socket of [before, plain]) socket.destroy()
})

test('a connection that says nothing keeps no stop waiting', async () => {
  await speak()
  const silent = connect(port, '127.0.0.1')
  const accepted = once(server, 'connection')
  await accepted
  const closed = once(silent, 'close')
  doors.endUndecided()
  await closed
})
