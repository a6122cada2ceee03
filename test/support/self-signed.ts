// A certificate for tests of TLS: self-signed, for any names and any time, made by hand in DER (X.509, RFC 5280), because
// Node makes none.
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'

export interface TestCertificate {
  readonly key: string
  readonly cert: string
}

const tlv = (tag: number, ...parts: readonly (Buffer | readonly number[])[]): Buffer => {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)))
  const length = content.length < 128 ? [content.length] : [0x82, content.length >> 8, content.length & 255]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}
const sequence = (...parts: readonly Buffer[]) => tlv(0x30, ...parts)
const oid = (...bytes: readonly number[]) => tlv(0x06, bytes)
const time = (at: Date) => tlv(0x18, Buffer.from(at.toISOString().replace(/[-:T]|\.\d+/g, '')))
const ECDSA_SHA256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02))
const COMMON_NAME = oid(0x55, 0x04, 0x03)
const ALT_NAMES = oid(0x55, 0x1d, 0x11)

export function selfSigned(dnsName: string, from: Date, to: Date): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const name = sequence(tlv(0x31, sequence(COMMON_NAME, tlv(0x0c, Buffer.from(dnsName)))))
  const names = tlv(0x04, sequence(tlv(0x82, Buffer.from(dnsName)), tlv(0x87, [127, 0, 0, 1])))
  const body = sequence(
    tlv(0xa0, tlv(0x02, [2])),
    tlv(0x02, [1]),
    ECDSA_SHA256,
    name,
    sequence(time(from), time(to)),
    name,
    publicKey,
    tlv(0xa3, sequence(sequence(ALT_NAMES, dnsName === '' ? Buffer.alloc(0) : names))),
  )
  const signature = sign('sha256', body, createPrivateKey(privateKey))
  const der = sequence(body, ECDSA_SHA256, tlv(0x03, [0], signature))
  // No empty line where the last one is full, as one in three hundred is.
  const lines = der.toString('base64').replace(/.{1,64}/g, '$&\n')
  return { key: privateKey, cert: `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n` }
}
