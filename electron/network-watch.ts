// The address at which others reach the gateway, as the machine moves from network to network. Looked at only while the gateway
// runs: a list of interfaces costs next to nothing, and the gateway is asked only when the list has changed.
import { powerMonitor } from 'electron'
import { z } from 'zod'
import type { Logger } from '../server/ports.ts'
import type { RunningServer } from '../server/start-server.ts'
import type { GatewayControl } from './gateway-control.ts'
import type { GatewayEvents } from './gateway-events.ts'
import { askAsOperator } from './operator-calls.ts'

const LOOK_EVERY_MS = 2_000
const network = z.object({
  isOpenToNetwork: z.boolean(),
  places: z.array(z.object({ url: z.string(), kind: z.string() })),
})

export interface NetworkWatch {
  /** Without `/v1`; undefined where no other machine can come. */
  address(): string | undefined
  /** Told when the machine's addresses have changed. */
  onChange(listener: () => void): void
}

export function watchNetwork(
  gateway: Pick<GatewayControl, 'server' | 'onChange'>,
  events: Pick<GatewayEvents, 'onEvents'>,
  logger: Pick<Logger, 'warn'>,
): NetworkWatch {
  const listeners: (() => void)[] = []
  let address: string | undefined
  let seen = ''
  let timer: NodeJS.Timeout | undefined
  let isTold = false

  async function follow(): Promise<void> {
    const server = gateway.server()
    const now = server?.ownAddresses().join(' ') ?? ''
    // Before the set-up there is nobody to ask as.
    if (now === seen || (server !== undefined && server.operator() === undefined)) return
    seen = now
    address = server === undefined ? undefined : await addressForOthers(server)
    isTold = false
    for (const listener of listeners) listener()
  }

  /** Never rejects: nobody waits for it. What could not be had is asked for at the next look. */
  const look = (): Promise<void> =>
    follow().catch((err: unknown) => {
      seen = ''
      if (!isTold) logger.warn({ err }, 'the address for other machines could not be found out')
      isTold = true
    })

  gateway.onChange(({ kind }) => {
    clearInterval(timer)
    if (kind === 'running') {
      seen = ''
      timer = setInterval(() => void look(), LOOK_EVERY_MS)
      timer.unref()
    }
    if (kind === 'running' || kind === 'stopped') void look()
  })
  // The same addresses, and perhaps another scheme.
  events.onEvents((happened) => {
    if (!happened.some(({ type }) => type === 'network.changed')) return
    seen = ''
    void look()
  })
  // A machine often wakes up in another network than it fell asleep in.
  powerMonitor.on('resume', () => void look())
  return { address: () => address, onChange: (listener) => void listeners.push(listener) }
}

/** The gateway has put its places in order, the best first. */
async function addressForOthers(server: RunningServer): Promise<string | undefined> {
  const answer = await askAsOperator(server, 'system.network', {})
  if (!answer.ok) return undefined
  const { isOpenToNetwork, places } = network.parse(answer.data)
  const best = places[0]
  return !isOpenToNetwork || best === undefined || best.kind === 'loopback' ? undefined : best.url
}
