// The addresses that people and programs use to reach a listening server.
import { isIP } from 'node:net'
import { addressesOf, type Interfaces } from './interfaces.ts'

const WILDCARDS = new Set(['0.0.0.0', '::', '[::]'])

/** The URL that works from this machine: a wildcard is no address that one can connect to everywhere. */
export function localUrl(host: string, port: number): string {
  if (WILDCARDS.has(host)) return `http://127.0.0.1:${port}`
  return `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`
}

export const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)

/** Whether a server on this host also answers on a loopback address, where alone the set-up is allowed over HTTP. */
export const isReachableFromLoopback = (host: string): boolean => WILDCARDS.has(host) || isLoopbackHost(host)

/** Whether an address is one of this machine's own, as it is now. */
export const isOwnAddress = (address: string, interfaces: Interfaces): boolean =>
  isLoopbackHost(address) || addressesOf(interfaces()).includes(address)
