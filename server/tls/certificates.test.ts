// What is signed is what strict readers of X.509 take: OpenSSL by its strictest rules, and Node.
import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes, X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { addressBytes, issueAuthority, issueLeaf } from './certificates.ts'

const DAY_MS = 86_400_000
const nowMs = Date.now()
const dir = mkdtempSync(join(tmpdir(), 'codex-gateway-certificates-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

// A second opinion on certificates that Node has read already; it is no dependency of ours.
const ifOpenssl = test.skipIf(spawnSync('openssl', ['version']).status !== 0)

const name = 'Codex Gateway authority (测试)'
const wish = { name, permittedNames: ['local', 'gate.lan'], nowMs, randomBytes }
const authority = { ...issueAuthority(wish), name }
const leafFor = (subjects: readonly string[]) =>
  issueLeaf({ authority, name: 'Codex Gateway', subjects, nowMs, randomBytes }).certificate

function opensslSays(leaf: string): string {
  writeFileSync(join(dir, 'ca.pem'), authority.certificate)
  writeFileSync(join(dir, 'leaf.pem'), leaf)
  const args = ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', 'ca.pem', 'leaf.pem']
  try {
    return execFileSync('openssl', args, { cwd: dir, encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    return String(error instanceof Error && 'stderr' in error ? error.stderr : error)
  }
}

ifOpenssl(
  'a leaf of the authority holds for its names and addresses, and no longer than browsers allow',
  () => {
    const subjects = ['codex-gateway.local', 'gate.lan', '192.168.1.24', 'fd00::24']
    const leaf = leafFor(subjects)
    expect(opensslSays(leaf)).toContain('leaf.pem: OK')
    const [read, root] = [new X509Certificate(leaf), new X509Certificate(authority.certificate)]
    expect(read.checkIssued(root) && read.verify(root.publicKey)).toBe(true)
    expect([read.ca, root.ca]).toEqual([false, true])
    expect(read.checkHost('codex-gateway.local')).toBe('codex-gateway.local')
    for (const address of ['192.168.1.24', 'fd00::24']) expect(read.checkIP(address)).toBeDefined()
    expect(read.checkIP('192.168.1.25') ?? read.checkHost('other.local')).toBeUndefined()
    const days = (certificate: X509Certificate) =>
      (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / DAY_MS
    expect(days(read)).toBeLessThanOrEqual(397)
    expect(days(root)).toBeGreaterThan(3_650)
  },
)

ifOpenssl('what is stolen with the authority’s key vouches for no site of the world', () => {
  expect(opensslSays(leafFor(['www.example.com']))).toContain('permitted subtree violation')
})

ifOpenssl('what the authority signed is no authority', () => {
  const leaf = issueLeaf({ authority, name: 'a', subjects: ['a.local'], nowMs, randomBytes })
  const forged = issueLeaf({
    authority: { ...leaf, name: 'a' },
    name: 'b',
    subjects: ['b.local'],
    nowMs,
    randomBytes,
  })
  writeFileSync(join(dir, 'middle.pem'), leaf.certificate)
  writeFileSync(join(dir, 'forged.pem'), forged.certificate)
  writeFileSync(join(dir, 'ca.pem'), authority.certificate)
  const args = ['verify', '-CAfile', 'ca.pem', '-untrusted', 'middle.pem', 'forged.pem']
  expect(() => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' })).toThrow(/error/)
})

ifOpenssl('a certificate that is made anew for the same key is trusted by whoever trusts the old one', () => {
  const again = issueAuthority({ ...wish, key: authority.key })
  const leaf = issueLeaf({
    authority: { ...again, name },
    name: 'Codex Gateway',
    subjects: ['a.local'],
    nowMs,
    randomBytes,
  })
  expect(again.certificate).not.toBe(authority.certificate)
  expect(opensslSays(leaf.certificate)).toContain('OK')
})

test.each([
  ['10.0.0.255', '0a0000ff'],
  ['::', '00000000000000000000000000000000'],
  ['fd00::1:2', 'fd000000000000000000000000010002'],
  ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
  ['::ffff:1.2.3.4', '00000000000000000000ffff01020304'],
])('the address %s is written as %s', (address, hex) => {
  expect(addressBytes(address).toString('hex')).toBe(hex)
})
