// What multicast DNS says of the gateway (RFC 6762), and of the services that it has (RFC 6763): records, answers and whether
// somebody else has the name. Nothing here sends.

interface RecordOf<Type extends string, Data> {
  readonly name: string
  readonly type: Type
  readonly ttl: number
  /** Whoever hears it forgets what they have heard of the name before. */
  readonly flush?: boolean
  readonly data: Data
}

/** The kinds of records that are spoken here. */
export type Answer =
  | RecordOf<'A' | 'PTR', string>
  | RecordOf<'TXT', string[]>
  | RecordOf<'SRV', { priority: number; weight: number; port: number; target: string }>

export interface Question {
  readonly name: string
  readonly type: string
}

/** A record of another machine: of any kind there is. */
interface Heard {
  readonly name: string
  readonly type: string
  readonly ttl?: number
  readonly data?: unknown
}

export interface HeardPacket {
  readonly type?: string | undefined
  readonly id?: number | undefined
  readonly questions?: readonly Question[] | undefined
  readonly answers?: readonly Heard[] | undefined
  readonly additionals?: readonly Heard[] | undefined
  readonly authorities?: readonly Heard[] | undefined
}

export interface SpokenPacket {
  readonly id?: number
  readonly questions?: Question[]
  readonly answers?: Answer[]
  readonly authorities?: Answer[]
}

/** What has a host's name in it lives two minutes, the rest 75 (RFC 6762, 10). */
const HOST_TTL_S = 120
const OTHER_TTL_S = 4_500
/** Whoever asks like an ordinary resolver may not keep it long (RFC 6762, 6.7). */
const PLAIN_TTL_S = 10
const SERVICE_TYPES = ['_http._tcp.local', '_codex-gateway._tcp.local'] as const
const ALL_SERVICES = '_services._dns-sd._udp.local'

export interface Announced {
  /** With `.local`. */
  readonly name: string
  /** IPv4, of the interface that is spoken on. */
  readonly address: string
  readonly port: number
}

export function recordsOf({ name, address, port }: Announced): readonly Answer[] {
  const instance = name.replace(/\.local$/, '')
  return [
    addressRecord({ name, address }),
    ...SERVICE_TYPES.flatMap((type): readonly Answer[] => [
      { name: type, type: 'PTR', ttl: OTHER_TTL_S, data: `${instance}.${type}` },
      {
        name: `${instance}.${type}`,
        type: 'SRV',
        ttl: HOST_TTL_S,
        flush: true,
        data: { priority: 0, weight: 0, port, target: name },
      },
      { name: `${instance}.${type}`, type: 'TXT', ttl: OTHER_TTL_S, flush: true, data: ['path=/'] },
      { name: ALL_SERVICES, type: 'PTR', ttl: OTHER_TTL_S, data: type },
    ]),
  ]
}

const addressRecord = ({ name, address }: Pick<Announced, 'name' | 'address'>): Answer => ({
  name,
  type: 'A',
  ttl: HOST_TTL_S,
  flush: true,
  data: address,
})

/** Asks whether anybody has the name, and says who would have it (RFC 6762, 8.1). */
export const probeFor = (announced: Announced): SpokenPacket => ({
  questions: [{ name: announced.name, type: 'ANY' }],
  authorities: [{ ...addressRecord(announced), flush: false }],
})

/** Takes back what was said: what has no time left to live is forgotten. */
export const goodbyeOf = (announced: Announced): readonly Answer[] =>
  recordsOf(announced)
    .filter(({ name }) => name !== ALL_SERVICES)
    .map((record) => ({ ...record, ttl: 0 }))

/** What of the records answers the questions; with the address, where it was only asked for the service. */
export function answersTo(questions: readonly Question[], announced: Announced): readonly Answer[] {
  const records = recordsOf(announced)
  const asked = records.filter((record) =>
    questions.some(
      ({ name, type }) =>
        name.toLowerCase() === record.name.toLowerCase() && (type === 'ANY' || type === record.type),
    ),
  )
  const isService = asked.some(({ type }) => type === 'PTR' || type === 'SRV')
  const added = isService ? records.filter((record) => record.type !== 'PTR' && !asked.includes(record)) : []
  return [...asked, ...added]
}

/** The answer to a resolver that knows nothing of multicast: its own question and id, little time, no flush. */
export const plainReply = (query: HeardPacket, answers: readonly Answer[]): SpokenPacket => ({
  id: query.id ?? 0,
  questions: [...(query.questions ?? [])],
  answers: answers.map((answer) => ({ ...answer, ttl: PLAIN_TTL_S, flush: false })),
})

/**
 * Whether a packet says that another machine has the name, or is about to take it at the same moment with an address after
 * ours: then it is the other one's (RFC 6762, 8.2). `own` are all addresses of this machine.
 */
export function isTaken(packet: HeardPacket, announced: Announced, own: ReadonlySet<string>): boolean {
  const foreign = (records: readonly Heard[] | undefined): readonly string[] =>
    (records ?? []).flatMap((record) =>
      record.type === 'A' &&
      typeof record.data === 'string' &&
      record.name.toLowerCase() === announced.name &&
      (record.ttl ?? 1) > 0 &&
      !own.has(record.data)
        ? [record.data]
        : [],
    )
  if (packet.type === 'response')
    return foreign([...(packet.answers ?? []), ...(packet.additionals ?? [])]).length > 0
  return foreign(packet.authorities).some((address) => isAfter(address, announced.address))
}

const isAfter = (one: string, other: string): boolean => {
  const bytes = (address: string) => Buffer.from(address.split('.').map(Number))
  return Buffer.compare(bytes(one), bytes(other)) > 0
}
