// Where a request comes from and which name it used: the checks that stand before every door, and fail closed.
import type { IncomingMessage } from 'node:http'
import { isIP, type Socket } from 'node:net'

/** Any of these, or any that begins with `x-forwarded`, means that something stands between the caller and us, so the peer's address says nothing about them. */
const FORWARDING_HEADERS: ReadonlySet<string> = new Set([
  'forwarded',
  'via',
  'x-original-forwarded-for',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-envoy-external-address',
  'true-client-ip',
  'cf-connecting-ip',
  'fastly-client-ip',
  'fly-client-ip',
  'x-appengine-user-ip',
  'x-azure-clientip',
  'x-original-url',
  'x-original-host',
  'x-vercel-forwarded-for',
  'x-amzn-trace-id',
  'cf-ray',
  'cdn-loop',
  'tailscale-user-login',
  'x-proxyuser-ip',
])

const isLoopback = (address: string): boolean =>
  address === '::1' || /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address)

/** Whether the connection is under TLS, as far as it reaches us: what a proxy before us speaks is not seen. */
export const isEncrypted = ({ socket }: { readonly socket: Socket }): boolean =>
  'encrypted' in socket && socket.encrypted === true

/** Whether a request has crossed no network on its last way: it came from this machine, perhaps from a proxy on it. */
export const hasCrossedNoNetwork = ({
  socket: { remoteAddress, localAddress },
}: Pick<IncomingMessage, 'socket'>): boolean =>
  remoteAddress !== undefined && (isLoopback(remoteAddress) || remoteAddress === localAddress)

/** From this machine, and through no proxy. A peer whose address is not known is remote. */
export function isLocal(req: IncomingMessage): boolean {
  const address = req.socket.remoteAddress
  if (address === undefined || !isLoopback(address)) return false
  return !Object.keys(req.headers).some(
    (name) => FORWARDING_HEADERS.has(name) || name.startsWith('x-forwarded'),
  )
}

/**
 * Whether the Host header names this gateway: an IP address, `localhost`, or a configured name, with any port. A page of a
 * foreign site whose name was pointed at our address (DNS rebinding) carries that site's name and is refused.
 */
export function isHostAllowed(
  hostHeader: string | undefined,
  configuredNames: () => readonly string[],
): boolean {
  // Asked with every request, nearly all of which say the same.
  if (hostHeader !== undefined && hostHeader === lastAddress) return true
  const name = hostNameOf(hostHeader)
  if (name === undefined) return false
  if (name === 'localhost' || isIP(name) !== 0) {
    lastAddress = hostHeader
    return true
  }
  return configuredNames().some((configured) => configured.toLowerCase() === name)
}

/** The header that said an address or `localhost` last: those are allowed whatever is configured. */
let lastAddress: string | undefined

/** What containers of Docker and Podman call the machine that they run on. */
const HOSTS_OF_CONTAINERS: ReadonlySet<string | undefined> = new Set([
  'host.docker.internal',
  'gateway.docker.internal',
  'host.containers.internal',
])

/**
 * Whether a container calls the machine that it runs on. Names under `internal` are nobody's to register, so no foreign site has
 * one; whoever answers names in the network might, so this is enough only where a request has to carry a key.
 */
export const isMachineOfContainers = (hostHeader: string | undefined): boolean =>
  HOSTS_OF_CONTAINERS.has(hostNameOf(hostHeader))

const HOST = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/

function hostNameOf(hostHeader: string | undefined): string | undefined {
  const match = hostHeader === undefined ? null : HOST.exec(hostHeader.toLowerCase())
  const [, ipv6, name] = match ?? []
  if (ipv6 !== undefined) return isIP(ipv6) === 6 ? ipv6 : undefined
  return name
}

/**
 * Whether a call came from a page of this very address, or from no page at all. The header cannot be set across origins
 * without a preflight, which is never answered; Origin and Sec-Fetch-Site cannot be set by a page at all.
 */
export const isSameOrigin = (req: Pick<IncomingMessage, 'headers' | 'socket'>): boolean =>
  req.headers['x-requested-with'] === 'codex-gateway' && comesFromOwnPage(req)

/** The same for what a page cannot add a header to, such as an event stream, which no foreign page can read anyway. */
export function comesFromOwnPage(req: Pick<IncomingMessage, 'headers' | 'socket'>): boolean {
  const { headers } = req
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  const { origin, host } = headers
  if (origin === undefined) return true
  // A page that came in clear may have been written by anybody in between, and is not ours over HTTPS. The other way round
  // there is a proxy, which speaks HTTPS to browsers and HTTP to us.
  if (isEncrypted(req) && !/^https:/i.test(origin)) return false
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === normalHost(host, origin)
}

/** The Host header as a URL of the origin's scheme would show it: default ports vanish on both sides. */
function normalHost(host: string, origin: string): string | undefined {
  const url = `${new URL(origin).protocol}//${host}`
  return URL.canParse(url) ? new URL(url).host : undefined
}

/** The peer's address for people and logs: an IPv4 address mapped into IPv6 is shown as what it is. */
export const addressOf = (req: IncomingMessage): string =>
  withoutMapping(req.socket.remoteAddress ?? 'unknown')

/** The address of this machine that the request came to. */
export const arrivedAt = (req: IncomingMessage): string =>
  withoutMapping(req.socket.localAddress ?? 'unknown')

const withoutMapping = (address: string): string => address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, '')

/**
 * The address of this gateway as the caller has reached it, to build links on that are mailed to others. Stricter than the
 * check of the Host header, which lets every IP address pass: whoever asks for a link to be sent must not choose where it
 * leads. So a name has to be a configured one, an IP address the one that the connection has really arrived at, and the port
 * ours; else it is that address. The scheme is that of the connection: what a proxy speaks to its callers, only the operator
 * can say.
 */
export function originOf(req: IncomingMessage, configuredNames: readonly string[]): string {
  const { localAddress = '127.0.0.1', localPort = 80 } = req.socket
  const ownAddress = withoutMapping(localAddress)
  const name = hostNameOf(req.headers.host)
  const isConfigured = name !== undefined && configuredNames.some((other) => other.toLowerCase() === name)
  const isLocalhost = name === 'localhost' && isLocal(req)
  const host = name !== undefined && isIP(name) === 0 && (isConfigured || isLocalhost) ? name : ownAddress
  const hasPort = /:\d{1,5}$/.test(req.headers.host ?? '') || host !== name
  const [scheme, usualPort] = isEncrypted(req) ? ['https', 443] : ['http', 80]
  const port = hasPort && localPort !== usualPort ? `:${localPort}` : ''
  return `${scheme}://${isIP(host) === 6 ? `[${host}]` : host}${port}`
}

/** The same address over HTTPS, as the caller named it; for one that is allowed. HTTP's usual port is none of HTTPS. */
export function httpsAddressOf({ headers: { host = '' } }: IncomingMessage): string {
  const hasPort = /:\d{1,5}$/.test(host)
  return `https://${hasPort ? host : `${host}:80`}`
}
