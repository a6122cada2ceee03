// A name in the local network for the gateway, by multicast DNS: asks first whether it is free, takes another one where it is
// not, answers whoever asks, and takes it back at the end. An extra: without it everything works by address.
import type { RemoteInfo } from 'node:dgram'
import type { NetworkView } from '../../contract/operations/system.ts'
import type { Logger } from '../ports.ts'
import {
  type Announced,
  answersTo,
  goodbyeOf,
  type HeardPacket,
  isTaken,
  plainReply,
  probeFor,
  recordsOf,
} from './records.ts'
import { openStation, type Station } from './station.ts'

const MDNS_PORT = 5353
/** RFC 6762, 8.1 and 8.3. */
const PROBES = 3
const PROBE_EVERY_MS = 250
const ANNOUNCE_AGAIN_MS = 1_000
/** Twenty machines of one name in one network is a test, or somebody who answers to everything. */
const NAMES_MAX = 20

export interface LocalNameWish {
  /** Without `.local`. */
  readonly label: string
  /** IPv4 addresses of the interfaces to be heard on. */
  readonly addresses: readonly string[]
  readonly port: number
}

export type LocalNameState = Pick<NonNullable<NetworkView['localName']>, 'name' | 'state' | 'problem'>

export interface LocalName {
  /** Undefined where none is wished for, or nobody could hear it. */
  state(): LocalNameState | undefined
  /** What others may call the gateway: the name that is announced. */
  names(): readonly string[]
  /** Looks at the wish again and does what follows of it. */
  look(): void
  onChange(listener: () => void): void
  /** Takes the name back. */
  stop(): Promise<void>
}

export interface LocalNameDeps {
  readonly wish: () => LocalNameWish | undefined
  /** Of this machine, as it is now: its own answers come back to it, on every interface. */
  readonly ownAddresses: () => readonly string[]
  readonly logger: Pick<Logger, 'info' | 'warn'>
  /** Another one for tests. */
  readonly mdnsPort?: number
}

/** One name, on every interface of the wish. */
interface Round {
  readonly key: string
  readonly wish: LocalNameWish
  readonly stations: Station[]
  attempt: number
  state: LocalNameState['state']
  problem: string | null
  timer: NodeJS.Timeout | undefined
}

export function createLocalName({
  wish,
  ownAddresses,
  logger,
  mdnsPort = MDNS_PORT,
}: LocalNameDeps): LocalName {
  const listeners: (() => void)[] = []
  let round: Round | undefined
  let ending: Promise<void> = Promise.resolve()

  const nameOf = ({ wish: { label }, attempt }: Round): string =>
    `${attempt === 1 ? label : `${label}-${attempt}`}.local`
  const become = (of: Round, state: LocalNameState['state'], problem: string | null = null): void => {
    of.state = state
    of.problem = problem
    if (of !== round) return
    for (const listener of listeners) listener()
  }
  const ownOf = (of: Round) => new Set([...of.wish.addresses, ...ownAddresses()])
  const announcedAt = (of: Round, address: string): Announced => ({
    name: nameOf(of),
    address,
    port: of.wish.port,
  })

  function begin(next: LocalNameWish, key: string): void {
    const of: Round = {
      key,
      wish: next,
      stations: [],
      attempt: 1,
      state: 'asking',
      problem: null,
      timer: undefined,
    }
    round = of
    for (const address of next.addresses) {
      of.stations.push(
        openStation({
          address,
          port: mdnsPort,
          onPacket: (packet, from) => hear(of, address, packet, from),
          onError: (problem) => giveUp(of, problem),
        }),
      )
    }
    probe(of, PROBES)
  }

  function hear(of: Round, address: string, packet: HeardPacket, from: RemoteInfo): void {
    if (of.state === 'failed') return
    const announced = announcedAt(of, address)
    const mayLose = of.state === 'asking' || packet.type === 'response'
    if (mayLose && isTaken(packet, announced, ownOf(of))) takeNext(of)
    else if (of.state === 'announced' && packet.type === 'query') {
      const answers = answersTo(packet.questions ?? [], announced)
      const station = of.stations.find((other) => other.address === address)
      if (answers.length === 0) return
      if (from.port === mdnsPort) void station?.say({ answers: [...answers] })
      else void station?.say(plainReply(packet, answers), from)
    }
  }

  function probe(of: Round, left: number): void {
    if (left === 0) {
      announce(of)
      return
    }
    for (const station of of.stations) station.ask(probeFor(announcedAt(of, station.address)))
    of.timer = setTimeout(() => probe(of, left - 1), PROBE_EVERY_MS)
    of.timer.unref()
  }

  function announce(of: Round): void {
    const say = () => {
      for (const station of of.stations)
        void station.say({ answers: [...recordsOf(announcedAt(of, station.address))] })
    }
    say()
    of.timer = setTimeout(say, ANNOUNCE_AGAIN_MS)
    of.timer.unref()
    logger.info({ event: 'local_name', name: nameOf(of) }, 'the local network is told of the name')
    become(of, 'announced')
  }

  function takeNext(of: Round): void {
    clearTimeout(of.timer)
    if (of.attempt >= NAMES_MAX) {
      giveUp(of, `${NAMES_MAX} names are taken`)
      return
    }
    of.attempt += 1
    become(of, 'asking')
    probe(of, PROBES)
  }

  function giveUp(of: Round, problem: string): void {
    if (of.state === 'failed') return
    clearTimeout(of.timer)
    logger.warn({ event: 'local_name_failed', problem }, 'the local network cannot be told of the name')
    become(of, 'failed', problem)
    void close(of)
  }

  async function end(of: Round): Promise<void> {
    clearTimeout(of.timer)
    if (of.state === 'announced') {
      await Promise.all(
        of.stations.map((station) =>
          station.say({ answers: [...goodbyeOf(announcedAt(of, station.address))] }),
        ),
      )
    }
    await close(of)
  }

  return {
    state: () => round && { name: nameOf(round), state: round.state, problem: round.problem },
    names: () => (round?.state === 'announced' ? [nameOf(round)] : []),
    look() {
      const next = wish()
      const key = next === undefined ? '' : JSON.stringify(next)
      if (key === (round?.key ?? '')) return
      const before = round
      round = undefined
      if (before !== undefined) ending = Promise.all([ending, end(before)]).then(() => undefined)
      if (next !== undefined && next.addresses.length > 0) begin(next, key)
      for (const listener of listeners) listener()
    },
    onChange: (listener) => void listeners.push(listener),
    async stop() {
      const before = round
      round = undefined
      await Promise.all([ending, before && end(before)])
    },
  }
}

const close = ({ stations }: Round): Promise<unknown> =>
  Promise.all(stations.map((station) => station.close()))

/** For the console; the port and the scheme are those of every other address. */
export const toLocalNameView = (
  state: LocalNameState | undefined,
  scheme: 'http' | 'https',
  port: number,
): NetworkView['localName'] =>
  state === undefined ? null : { ...state, url: `${scheme}://${state.name}:${port}` }
