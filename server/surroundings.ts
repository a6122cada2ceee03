// What stands around the parts of the server and outlives them: the host's ports, the events, and whoever can open the
// database anew.
import type { Restart } from './backups/restore.ts'
import type { StartConfig } from './config.ts'
import type { EventBus } from './events/event-bus.ts'
import type { Installation } from './installation.ts'
import type { Ports } from './ports.ts'
import type { Reach } from './reach.ts'
import type { Arrivals } from './system/arrivals.ts'
import type { Interfaces } from './system/interfaces.ts'
import type { LoopDelay } from './system/loop-delay.ts'

export interface Lifecycle {
  /** Unix milliseconds. */
  readonly startedAt: number
  /** Base URLs, the one for this machine first. */
  readonly addresses: () => readonly string[]
  /** Rejects with a RestartUnderWayError where it was too late for it, and then nothing was done. */
  readonly restart: Restart
}

/** The server is stopping or restarting already. */
export class RestartUnderWayError extends Error {
  override readonly name = 'RestartUnderWayError'
}

export interface Surroundings {
  readonly config: StartConfig
  readonly ports: Ports
  readonly installation: Installation
  readonly events: EventBus
  readonly lifecycle: Lifecycle
  readonly arrivals: Arrivals
  readonly interfaces: Interfaces
  readonly reach: Reach
  readonly loopDelay: LoopDelay
}
