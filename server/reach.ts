// How the gateway is reached, and that this follows the settings and the machine: its certificate and its name in the network.
// Both outlive the core, whose settings they follow, as the listener does.
import { hostname } from 'node:os'
import type { StartConfig } from './config.ts'
import type { EventBus } from './events/event-bus.ts'
import { createLocalName, type LocalName } from './mdns/local-name.ts'
import type { Ports } from './ports.ts'
import type { LiveSettings } from './settings/live-settings.ts'
import { watchClock } from './system/clock-watch.ts'
import { addressesOf, type Interfaces } from './system/interfaces.ts'
import { isLoopbackHost } from './system/network-address.ts'
import { listPlaces } from './system/network-places.ts'
import { watchNetwork } from './system/network-watch.ts'
import { createHttps, type Https } from './tls/https.ts'
import { listSubjects } from './tls/subjects.ts'

/** For what no change of the network tells: a certificate grows old. */
const LOOK_EVERY_MS = 3_600_000

export interface Reach {
  readonly https: Https
  readonly localName: LocalName
  /** Follows these settings from now on. Resolves when what they say holds. */
  follow(settings: Pick<LiveSettings, 'current' | 'onChange'>): Promise<void>
  /** The port is known, and from now on the network may be told of it. */
  listening(port: number): void
  stop(): Promise<void>
}

interface ReachDeps {
  readonly config: StartConfig
  readonly ports: Ports
  readonly events: Pick<EventBus, 'publish'>
  readonly interfaces: Interfaces
}

export function createReach({ config, ports, events, interfaces }: ReachDeps): Reach {
  const { clock, ids, logger, secrets } = ports
  let settings: Pick<LiveSettings, 'current'> | undefined
  let port: number | undefined

  const localName = createLocalName({
    wish: () => {
      if (port === undefined || isLoopbackHost(config.host)) return undefined
      const label = settings?.current().localName ?? ''
      const addresses = listPlaces(interfaces(), config.host, port)
        .filter(({ kind, address }) => kind === 'lan' && !address.includes(':'))
        .map(({ address }) => address)
      return label === '' ? undefined : { label, addresses, port }
    },
    ownAddresses: () => addressesOf(interfaces()),
    logger,
  })
  const https = createHttps({
    mode: () => config.https ?? settings?.current().https ?? 'off',
    subjects: () =>
      listSubjects({
        interfaces: interfaces(),
        host: config.host,
        hostname: hostname(),
        names: [...(settings?.current().allowedHosts ?? []), ...localName.names()],
      }),
    hostname: hostname(),
    dataDir: config.dataDir,
    secrets,
    clock,
    ids,
    logger,
  })
  /** Never rejects: both are extras, and nobody waits for most of the looks. */
  const look = async (): Promise<void> => {
    try {
      localName.look()
      await https.look()
    } catch (err) {
      logger.error({ event: 'reach_failed', err }, 'how the gateway is reached could not follow a change')
    }
  }
  const tell = () => events.publish({ type: 'network.changed' })
  https.onChange(tell)
  localName.onChange(() => {
    tell()
    void https.look()
  })
  const watch = watchNetwork(() => {
    tell()
    void look()
  }, interfaces)
  // One that was made by a wrong clock holds for nobody, and a machine without a battery has its clock set soon after its start.
  const clockWatch = watchClock(() => void https.look(), clock)
  const timer = setInterval(() => void https.look(), LOOK_EVERY_MS)
  timer.unref()

  return {
    https,
    localName,
    follow(next) {
      settings = next
      next.onChange(() => void look())
      return look()
    },
    listening(at) {
      port = at
      localName.look()
    },
    async stop() {
      watch.stop()
      clockWatch.stop()
      clearInterval(timer)
      await localName.stop()
    },
  }
}
