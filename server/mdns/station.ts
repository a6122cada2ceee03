// One interface on which multicast DNS is spoken and heard.
import type { RemoteInfo } from 'node:dgram'
import createMulticastDns, { type QueryOutgoingPacket, type ResponseOutgoingPacket } from 'multicast-dns'
import type { HeardPacket, SpokenPacket } from './records.ts'

export interface Station {
  /** IPv4. */
  readonly address: string
  ask(packet: SpokenPacket): void
  /** To everybody, or to one who asked. Resolves when it is on its way, or never will be. */
  say(packet: SpokenPacket, to?: RemoteInfo): Promise<void>
  close(): Promise<void>
}

export interface StationDeps {
  readonly address: string
  readonly port: number
  readonly onPacket: (packet: HeardPacket, from: RemoteInfo) => void
  /** The port cannot be had. */
  readonly onError: (problem: string) => void
}

export function openStation({ address, port, onPacket, onError }: StationDeps): Station {
  // Bound to every address: to its own alone a socket hears no multicast on Linux.
  const mdns = createMulticastDns({ port, interface: address, bind: '0.0.0.0', reuseAddr: true })
  mdns.on('error', (error: Error) => onError(error.message))
  // A packet that nobody can read, or an interface that has just gone.
  mdns.on('warning', () => undefined)
  mdns.on('packet', onPacket)
  return {
    address,
    // Both packets have the members that the library reads; it has more kinds of records than we speak.
    ask: (packet) => mdns.query(packet as QueryOutgoingPacket),
    say: (packet, to) =>
      new Promise((said) => {
        mdns.respond(packet as ResponseOutgoingPacket, to, () => said())
      }),
    close: () =>
      new Promise((closed) => {
        mdns.destroy(() => closed())
      }),
  }
}
