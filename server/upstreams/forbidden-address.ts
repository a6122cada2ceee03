// Addresses that no upstream has: those of the machine's own link, where clouds answer with the machine's credentials. Local
// networks and this machine itself are allowed, because a model may well run there.
import { BlockList, isIP } from 'node:net'

const FORBIDDEN = new BlockList()
// Link-local (RFC 3927, RFC 4291), and with it the metadata service of AWS, Azure, Google, DigitalOcean and others.
FORBIDDEN.addSubnet('169.254.0.0', 16)
FORBIDDEN.addSubnet('fe80::', 10, 'ipv6')
// The same services elsewhere: AWS and Google over IPv6, Alibaba, Oracle, and Azure's host agent.
FORBIDDEN.addAddress('fd00:ec2::254', 'ipv6')
FORBIDDEN.addAddress('fd20:ce::254', 'ipv6')
FORBIDDEN.addAddress('100.100.100.200')
FORBIDDEN.addAddress('192.0.0.192')
FORBIDDEN.addAddress('168.63.129.16')

const FORBIDDEN_NAMES = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
])

/** Ways of writing an IPv4 address in IPv6: mapped, compatible, translated (RFC 6052) and 6to4 (RFC 3056). */
const EMBEDDED: readonly { readonly subnet: BlockList; readonly at: number }[] = [
  { subnet: subnet('::ffff:0:0', 96), at: 6 },
  { subnet: subnet('::', 96), at: 6 },
  { subnet: subnet('64:ff9b::', 96), at: 6 },
  { subnet: subnet('2002::', 16), at: 1 },
]

function subnet(address: string, prefix: number): BlockList {
  const list = new BlockList()
  list.addSubnet(address, prefix, 'ipv6')
  return list
}

/** Whether nothing may be sent to this IP address, however it is written. What is no IP address is not forbidden here. */
export function isForbiddenAddress(address: string): boolean {
  const plain = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  const version = isIP(plain)
  if (version === 0) return false
  if (version === 4) return FORBIDDEN.check(plain)
  if (FORBIDDEN.check(plain, 'ipv6')) return true
  return EMBEDDED.some(
    ({ subnet: wrapper, at }) => wrapper.check(plain, 'ipv6') && FORBIDDEN.check(embeddedIn(plain, at)),
  )
}

/** Whether a host, as a URL names it, is forbidden already by its name; names that are not are looked up and asked again. */
export const isForbiddenHost = (host: string): boolean =>
  FORBIDDEN_NAMES.has(host.toLowerCase().replace(/\.$/, '')) || isForbiddenAddress(host)

/** The IPv4 address in the two groups of 16 bits from `at` on. */
function embeddedIn(address: string, at: number): string {
  const groups = groupsOf(address)
  const [high = 0, low = 0] = groups.slice(at, at + 2)
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** All eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  // The form that a URL gives it: without dots, the longest run of zeros left out.
  const normal = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const [head = '', tail] = normal.split('::')
  const parse = (part: string | undefined) =>
    part ? part.split(':').map((group) => Number.parseInt(group, 16)) : []
  const before = parse(head)
  if (tail === undefined) return before
  const after = parse(tail)
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
}
