// For which names and addresses the gateway's certificate is to hold: those by which this machine is reached as it stands now.
import { isIP } from 'node:net'
import type { networkInterfaces } from 'node:os'

/** A certificate is sent with every handshake; a machine with more addresses is a router. */
const SUBJECTS_MAX = 100

/**
 * What an authority may sign beside the machine's own names: names that no public domain can have (RFC 6761, RFC 6762,
 * RFC 8375, and what routers and offices call their networks).
 */
const LOCAL_DOMAINS = ['localhost', 'local', 'internal', 'home.arpa', 'lan'] as const

const DNS_NAME =
  /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)*$/

export interface Reach {
  readonly interfaces: ReturnType<typeof networkInterfaces>
  /** As it was listened on: a wildcard stands for every address. */
  readonly host: string
  readonly hostname: string
  /** Names that the settings allow, and the one that the network finds the gateway by. */
  readonly names: readonly string[]
}

/** In a fixed order, so that two lists are alike where the machine is. */
export function listSubjects({ interfaces, host, hostname, names }: Reach): readonly string[] {
  const isWildcard = host === '0.0.0.0' || host === '::'
  const addresses = Object.values(interfaces)
    .flatMap((infos) => infos ?? [])
    .map(({ address }) => address.replace(/%.*$/, ''))
    .filter((address) => isWildcard && isOffered(address, host))
  const given = isIP(host) !== 0 && !isWildcard ? [host] : []
  const all = [...ownNames(hostname), ...names.map((name) => name.toLowerCase())].filter((name) =>
    DNS_NAME.test(name),
  )
  const rest = new Set([...given, ...addresses, ...all, ...(isIP(host) === 0 ? [host.toLowerCase()] : [])])
  for (const always of ALWAYS) rest.delete(always)
  return [...ALWAYS, ...[...rest].toSorted()].slice(0, SUBJECTS_MAX)
}

const ALWAYS = ['localhost', '127.0.0.1', '::1'] as const

/** Addresses of one link alone need a zone, which no client has a place for. */
const isOffered = (address: string, host: string): boolean =>
  isIP(address) === 6 ? host === '::' && !/^fe[89ab]/i.test(address) : !address.startsWith('169.254.')

/** The machine's name, without its domain too, and as multicast DNS spells it. */
function ownNames(hostname: string): readonly string[] {
  const name = hostname.toLowerCase()
  const [first = ''] = name.split('.')
  return [...new Set([name, first, `${first}.local`])].filter((own) => DNS_NAME.test(own))
}

/** DNS names that a new authority is made for: local ones, and whatever this gateway is called now. */
export const namesToPermit = (subjects: readonly string[]): readonly string[] => [
  ...LOCAL_DOMAINS,
  ...subjects.filter((subject) => isIP(subject) === 0 && !isPermitted(subject, LOCAL_DOMAINS)),
]

/** Whether an authority that was made for these names may sign the subject; addresses it always may. */
export const isPermitted = (subject: string, permitted: readonly string[]): boolean =>
  isIP(subject) !== 0 || permitted.some((name) => subject === name || subject.endsWith(`.${name}`))
