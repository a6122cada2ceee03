// The two certificates of HTTPS: the authority's own, which people trust once, and the leaf that the gateway shows. Both hold
// ECDSA P-256 keys and follow RFC 5280; what each may do is fixed here, and nothing else can be asked for.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto'
import { isIP } from 'node:net'
import {
  bitString,
  boolean,
  integer,
  octetString,
  oid,
  sequence,
  set,
  tagged,
  time,
  utf8String,
} from './der.ts'

const DAY_MS = 86_400_000
/** A client's clock may be behind ours. */
const BACKDATED_MS = DAY_MS
const AUTHORITY_DAYS = 3_652
/** Browsers take no leaf that is meant to live longer than 398 days; the backdating is part of that. */
const LEAF_DAYS = 396

const OID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const

/** As X.509 counts them, from the top of the first byte. */
const DIGITAL_SIGNATURE = bitString(Buffer.from([0x80]), 7)
const CERT_SIGN_AND_CRL_SIGN = bitString(Buffer.from([0x06]), 1)

export interface Issued {
  /** PEM. */
  readonly certificate: string
  /** PEM, PKCS #8. */
  readonly key: string
}

export interface AuthorityWish {
  readonly name: string
  /** DNS names that it may sign, each with all names below it. Addresses are not narrowed. */
  readonly permittedNames: readonly string[]
  readonly nowMs: number
  readonly randomBytes: (count: number) => Buffer
  /** PEM of a key that stays; a new one is made without it. */
  readonly key?: string | undefined
}

export interface LeafWish {
  readonly authority: Issued & { readonly name: string }
  readonly name: string
  /** DNS names and IP addresses, at least one. */
  readonly subjects: readonly string[]
  readonly nowMs: number
  readonly randomBytes: (count: number) => Buffer
}

/** Signs leaves and nothing else, and no names but those it was made for: what is stolen with it is this gateway alone. */
export function issueAuthority(wish: AuthorityWish): Issued {
  const key = wish.key === undefined ? newKey() : createPrivateKey(wish.key)
  const certificate = signed({
    issuer: wish.name,
    subject: wish.name,
    issuerKey: key,
    subjectKey: createPublicKey(key),
    serial: wish.randomBytes(16),
    fromMs: wish.nowMs - BACKDATED_MS,
    untilMs: wish.nowMs + AUTHORITY_DAYS * DAY_MS,
    extensions: [
      // An authority, and none of those whom it signs is one.
      extension(OID.basicConstraints, sequence(boolean(true), integer(Buffer.from([0]))), 'critical'),
      extension(OID.keyUsage, CERT_SIGN_AND_CRL_SIGN, 'critical'),
      extension(OID.extendedKeyUsage, sequence(oid(OID.serverAuth))),
      extension(OID.nameConstraints, permitted(wish.permittedNames), 'critical'),
    ],
  })
  return { certificate, key: toPem(key) }
}

/** For this gateway's names and addresses, with a key of its own. */
export function issueLeaf({ authority, name, subjects, nowMs, randomBytes }: LeafWish): Issued {
  const key = newKey()
  const certificate = signed({
    issuer: authority.name,
    subject: name,
    issuerKey: createPrivateKey(authority.key),
    subjectKey: createPublicKey(key),
    serial: randomBytes(16),
    fromMs: nowMs - BACKDATED_MS,
    untilMs: nowMs + LEAF_DAYS * DAY_MS,
    extensions: [
      extension(OID.basicConstraints, sequence(), 'critical'),
      extension(OID.keyUsage, DIGITAL_SIGNATURE, 'critical'),
      extension(OID.extendedKeyUsage, sequence(oid(OID.serverAuth))),
      extension(OID.subjectAltName, sequence(...subjects.map(generalName))),
    ],
  })
  return { certificate, key: toPem(key) }
}

interface ToSign {
  readonly issuer: string
  readonly subject: string
  readonly issuerKey: KeyObject
  readonly subjectKey: KeyObject
  readonly serial: Buffer
  readonly fromMs: number
  readonly untilMs: number
  readonly extensions: readonly Buffer[]
}

function signed(wish: ToSign): string {
  const algorithm = sequence(oid(OID.ecdsaWithSha256))
  const spki = spkiOf(wish.subjectKey)
  const body = sequence(
    // Version 3, the one that has extensions.
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(wish.serial),
    algorithm,
    nameOf(wish.issuer),
    sequence(time(wish.fromMs), time(wish.untilMs)),
    nameOf(wish.subject),
    spki,
    tagged(
      0xa3,
      sequence(
        ...wish.extensions,
        extension(OID.subjectKeyIdentifier, octetString(keyIdentifier(spki))),
        extension(
          OID.authorityKeyIdentifier,
          sequence(tagged(0x80, keyIdentifier(spkiOf(createPublicKey(wish.issuerKey))))),
        ),
      ),
    ),
  )
  const signature = sign('sha256', body, { key: wish.issuerKey, dsaEncoding: 'der' })
  const text = sequence(body, algorithm, bitString(signature)).toString('base64')
  return `-----BEGIN CERTIFICATE-----\n${text.replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`
}

const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const toPem = (key: KeyObject): string => String(key.export({ type: 'pkcs8', format: 'pem' }))
const spkiOf = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' })

/** Method 1 of RFC 7093: the leading 160 bits of the SHA-256 of the key. */
const keyIdentifier = (spki: Buffer): Buffer => createHash('sha256').update(spki).digest().subarray(0, 20)

const nameOf = (commonName: string): Buffer =>
  sequence(set(sequence(oid(OID.commonName), utf8String(commonName))))

const extension = (id: string, value: Buffer, isCritical?: 'critical'): Buffer =>
  sequence(oid(id), ...(isCritical ? [boolean(true)] : []), octetString(value))

/** permittedSubtrees; their minimum is 0 unless it stands there. */
const permitted = (names: readonly string[]): Buffer =>
  sequence(tagged(0xa0, ...names.map((name) => sequence(dnsName(name)))))

const dnsName = (name: string): Buffer => tagged(0x82, Buffer.from(name, 'ascii'))

const generalName = (subject: string): Buffer =>
  isIP(subject) === 0 ? dnsName(subject) : tagged(0x87, addressBytes(subject))

/** Four bytes or sixteen. */
export function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number))
  // An IPv4 tail is written as the two groups that it stands for, and the gap is filled.
  const plain = address.replace(/%.*$/, '').replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    const pair = (high: string, low: string) => (Number(high) * 256 + Number(low)).toString(16)
    return `${pair(a, b)}:${pair(c, d)}`
  })
  const [head = '', tail] = plain.split('::')
  const groups = (text: string | undefined) => (text ? text.split(':') : [])
  const gap = 8 - groups(head).length - groups(tail).length
  const all = [...groups(head), ...new Array<string>(tail === undefined ? 0 : gap).fill('0'), ...groups(tail)]
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex')
}
