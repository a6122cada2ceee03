// The addresses of this machine by which others can reach the gateway, the likeliest first: local network, VPN, virtual adapter,
// and this computer alone.
import { isIP } from 'node:net'
import type { NetworkPlace } from '../../contract/operations/system.ts'
import type { InterfaceList } from './interfaces.ts'

export type Place = Omit<NetworkPlace, 'reached'>

const RANK: readonly Place['kind'][] = ['lan', 'vpn', 'virtual', 'loopback']

const LOOPBACK = /^(localhost|::1|127\.\d+\.\d+\.\d+)$/
/** Of containers, virtual machines and the like: what is behind them is on this machine. */
const VIRTUAL_NAME =
  /^(docker|br-|veth|virbr|vmnet|vboxnet|lxc|lxdbr|podman|cni|flannel|bridge\d)|vethernet|wsl|virtualbox|vmware|hyper-v/i
const VPN_NAME =
  /^(utun|tun|tap|wg|ppp|ipsec|zt|tailscale|nordlynx|proton)|tailscale|wireguard|zerotier|openvpn|vpn/i
/** 100.64.0.0/10, which Tailscale and providers' own networks use (RFC 6598). */
const SHARED_SPACE = /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./

/**
 * `host` as it was listened on: a wildcard stands for every address, anything else for itself alone. On this computer nobody
 * listens in between, so what stays on it is HTTP in any case, and needs no certificate.
 */
export function listPlaces(
  interfaces: InterfaceList,
  host: string,
  port: number,
  isSecure = false,
): readonly Place[] {
  const own = Object.entries(interfaces).flatMap(([name, infos]) =>
    (infos ?? []).map(({ address, internal }) => ({ name, address, internal })),
  )
  const isWildcard = host === '0.0.0.0' || host === '::'
  const usable = own.filter(({ address, internal }) => {
    if (!isWildcard) return address === host || (internal && LOOPBACK.test(host) && isIP(address) === 4)
    // Addresses of one link alone need a zone, which clients have no place for.
    if (isIP(address) === 6) return host === '::' && !/^fe80:/i.test(address) && !internal
    return !address.startsWith('169.254.')
  })
  return usable
    .map(({ name, address, internal }) => {
      const kind = kindOf(name, address, internal)
      const scheme = isSecure && kind !== 'loopback' ? 'https' : 'http'
      const url = `${scheme}://${isIP(address) === 6 ? `[${address}]` : address}:${port}`
      return { address, url, interfaceName: name, kind }
    })
    .sort(
      (one, other) =>
        RANK.indexOf(one.kind) - RANK.indexOf(other.kind) || isIP(one.address) - isIP(other.address),
    )
}

/**
 * Where people at other machines are sent: an address that one of them has really reached before one that only might be.
 * Undefined where none leads off this machine; what a virtual adapter leads to is on it.
 */
export function placeForOthers<P extends Pick<NetworkPlace, 'kind' | 'reached'>>(
  places: readonly P[],
): P | undefined {
  const outside = places.filter(({ kind }) => kind === 'lan' || kind === 'vpn')
  return outside.find(({ reached }) => reached !== null) ?? outside[0]
}

function kindOf(name: string, address: string, internal: boolean): Place['kind'] {
  if (internal) return 'loopback'
  if (VPN_NAME.test(name) || SHARED_SPACE.test(address)) return 'vpn'
  return VIRTUAL_NAME.test(name) ? 'virtual' : 'lan'
}
