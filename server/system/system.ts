// What is known of the running program, put together for the console from the parts that know it.
import { arch, platform } from 'node:process'
import type { NetworkView, SystemStatus } from '../../contract/operations/system.ts'
import type { LogPage, LogQuery, LogReader } from '../ports.ts'
import type { Licence } from './licences.ts'
import type { ProcessFigures } from './process-figures.ts'
import type { RequestMeter } from './request-rates.ts'

type Network = Omit<NetworkView, 'addressForOthers'>

export interface System {
  status(): Promise<SystemStatus>
  logs(query: LogQuery): Promise<LogPage>
  licences(): readonly Licence[]
  network(): Network
}

export interface SystemDeps {
  readonly version: string
  readonly schema: number
  readonly startedAt: number
  readonly dataDir: string
  readonly addresses: () => readonly string[]
  readonly figures: ProcessFigures
  readonly meter: RequestMeter
  readonly inFlight: () => number
  readonly sockets: () => number
  readonly waitingWrites: () => number
  readonly openHolds: () => SystemStatus['openHolds']
  readonly backups: () => SystemStatus['backups']
  /** Null before the first check. */
  readonly ledgerLight: () => SystemStatus['ledger']
  readonly readLog: LogReader | undefined
  readonly readLicences: () => readonly Licence[]
  readonly network: () => Omit<Network, 'platform'>
}

export function createSystem(deps: SystemDeps): System {
  let licences: readonly Licence[] | undefined
  return {
    async status() {
      const { figures, meter } = deps
      const [disk, database] = await Promise.all([figures.disk(), figures.database()])
      return {
        version: deps.version,
        node: process.versions.node,
        platform,
        arch,
        startedAt: deps.startedAt,
        // Of the process, whatever its clock has been set to since.
        uptimeMs: Math.round(process.uptime() * 1000),
        dataDir: deps.dataDir,
        addresses: [...deps.addresses()],
        eventLoop: figures.eventLoop(),
        memory: figures.memory(),
        disk,
        database: { ...database, schema: deps.schema },
        requests: { inFlight: deps.inFlight(), sockets: deps.sockets(), ...meter.rates() },
        writer: { waiting: deps.waitingWrites() },
        openHolds: deps.openHolds(),
        backups: deps.backups(),
        ledger: deps.ledgerLight(),
      }
    },
    network: () => ({ platform, ...deps.network() }),
    logs: (query) => deps.readLog?.(query) ?? Promise.resolve({ rows: [], nextCursor: null }),
    licences() {
      licences ??= deps.readLicences()
      return licences
    },
  }
}
