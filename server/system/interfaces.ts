// The network interfaces of this machine as they were last known. A system that has no file descriptor left, or a sandbox
// without netlink, gives no list: that is said once, and nothing of the gateway ends for it.
import { networkInterfaces } from 'node:os'
import type { Logger } from '../ports.ts'

export type InterfaceList = ReturnType<typeof networkInterfaces>

/** The list of now, else the last one that could be had; empty before the first. Never throws. */
export type Interfaces = () => InterfaceList

export function createInterfaces(
  logger: Pick<Logger, 'warn'>,
  read: Interfaces = () => networkInterfaces(),
): Interfaces {
  let known: InterfaceList = {}
  let isTold = false
  return () => {
    try {
      known = read()
      isTold = false
    } catch (err) {
      if (!isTold) logger.warn({ err }, 'the system does not list its network interfaces')
      isTold = true
    }
    return known
  }
}

/** In no order that means anything, and the same one for the same interfaces. */
export const addressesOf = (list: InterfaceList): readonly string[] =>
  Object.values(list)
    .flatMap((infos) => infos ?? [])
    .map(({ address }) => address)
    .toSorted()
