// The type of a request at each point of its journey. Every stage takes the previous type and returns the next one, so
// that none can be left out. Behind the types there is one object, which the stages fill.
import { PRIMARY_UPSTREAM } from '../../contract/operations/upstreams.ts'
import type { PriceRow } from '../../contract/price.ts'
import type { OpenHold } from '../accounts/account-book.ts'
import type { KnownKey } from '../accounts/key-directory.ts'
import type { Maker } from '../accounts/owned-ids.ts'
import type { ToolTerms } from '../ledger/tool-calls.ts'
import type { Admission } from '../limits/limiter.ts'
import type { UpstreamLane } from '../upstreams/upstream-lane.ts'
import type { ClientRequest, ClientResponse } from '../wire/client-exchange.ts'
import type { BodyFacts } from './body-facts.ts'
import type { MeteredEndpoint } from './endpoints.ts'
import type { JsonObjectScan, Splice } from './json-scan.ts'
import type { RoutedMedia } from './media/price-media.ts'
import type { Upload } from './media/upload-arrival.ts'
import type { ServedModels } from './upstream-choice.ts'

export interface Arrival {
  readonly requestId: string
  /** The address of the other end of the connection. */
  readonly address: string
  /** Unix milliseconds. */
  readonly receivedAt: number
  /** Monotonic milliseconds, for durations. */
  readonly startedMonoMs: number
}

export interface Received extends Arrival {
  readonly req: ClientRequest
  readonly res: ClientResponse
}

/** Received, on a path that is forwarded and charged. */
export interface Addressed extends Received {
  readonly endpoint: MeteredEndpoint
}

export interface Identified extends Addressed {
  readonly key: KnownKey
}

export interface Admitted extends Identified {
  /** Where requests go now, in the order of priority; kept, so that a change of settings does not reach into a running request. */
  readonly upstreams: readonly UpstreamTarget[]
}

export interface Read extends Admitted {
  /** Of a form what it says, as JSON. */
  readonly body: Buffer
  /** The form, which is what is sent. */
  readonly upload?: Upload
}

export interface Routed extends Read {
  readonly facts: BodyFacts
  /** The model to run and to price. */
  readonly model: string
  /** The name the client used, where it is an alias: answers are renamed back to it. */
  readonly alias: string | undefined
  readonly price: PriceRow
  /** The upstreams that may answer, the first to be asked first; at least one. */
  readonly candidates: readonly UpstreamTarget[]
  /** What upstreams keep prompts in their caches by, where the choice among several should follow it. */
  readonly session: string | undefined
  /** That of the settings. */
  readonly settingsMultiplierPpm: number
  /** With that of the upstream in it: of the dearest candidate until one is asked, and of that one from then on. */
  readonly multiplierPpm: number
  /** That of the model; both are applied, and rounded once. */
  readonly modelMultiplierPpm: number
  /** Where the members of the body stand. */
  readonly scan: JsonObjectScan
  /** What a charge for hosted tools depends on. */
  readonly toolTerms: ToolTerms
  /** What changes in the body before it is sent, of what docs/request-journey.md names. */
  readonly edits: readonly Splice[]
  /** What changes for upstreams that are told people apart; of a form, in the form itself. */
  readonly identity: readonly Splice[]
  /** Whether the usage chunk was asked for by us, and is taken out again. */
  readonly isUsageInjected: boolean
  /** Tokens that a referenced response brings into the input. */
  readonly referencedTokens: number
  /** Of images and sound: what is known beyond the facts. */
  readonly media?: RoutedMedia | undefined
}

export interface Reserved extends Routed {
  /** Its place in the rate limits: trued up with what was used, and given back when all is over. */
  readonly admission: Admission
}

export interface Held extends Reserved {
  readonly hold: OpenHold
  /** Every edit, that of the output limit included. */
  readonly splices: readonly Splice[]
  /** What is sent: the client's bytes, edited. */
  readonly upstreamBody: Buffer
}

/** Held, and on its way to one upstream. */
export interface Sending extends Held {
  readonly upstream: UpstreamTarget
  /** The model by the name that this upstream knows. */
  readonly upstreamModel: string
}

/**
 * Takes a request one stage on: what the stage found out is written into the request itself. A copy at each stage, each larger
 * than the one before, would be much of the memory that a request takes.
 */
export const advance = <Before extends object, Step extends object>(
  before: Before,
  step: Step,
): Before & Step => Object.assign(before, step)

/** A request as a stage writes it that has few things to write, one by one: each literal would be copied, and thrown away. */
export type Filling<Before, Step> = Before & { -readonly [Name in keyof Step]: Step[Name] }

/** The object behind the types, with a place for all that is to come, so that it keeps its shape while it is filled. */
export class RequestRecord implements Received {
  readonly requestId: string
  readonly address: string
  readonly receivedAt: number
  readonly startedMonoMs: number
  readonly req: ClientRequest
  readonly res: ClientResponse
  readonly endpoint = undefined
  readonly key = undefined
  readonly upstreams = undefined
  readonly body = undefined
  readonly upload = undefined
  readonly facts = undefined
  readonly model = undefined
  readonly alias = undefined
  readonly price = undefined
  readonly candidates = undefined
  readonly session = undefined
  readonly settingsMultiplierPpm = undefined
  readonly multiplierPpm = undefined
  readonly modelMultiplierPpm = undefined
  readonly scan = undefined
  readonly toolTerms = undefined
  readonly edits = undefined
  readonly identity = undefined
  readonly isUsageInjected = undefined
  readonly referencedTokens = undefined
  readonly media = undefined
  readonly admission = undefined
  readonly hold = undefined
  readonly splices = undefined
  readonly upstreamBody = undefined
  readonly upstream = undefined
  readonly upstreamModel = undefined

  constructor(
    { requestId, address, receivedAt, startedMonoMs }: Arrival,
    req: ClientRequest,
    res: ClientResponse,
  ) {
    this.requestId = requestId
    this.address = address
    this.receivedAt = receivedAt
    this.startedMonoMs = startedMonoMs
    this.req = req
    this.res = res
  }
}

/** Where metered requests are sent, chosen by the operator alone. */
export interface UpstreamTarget {
  readonly id: string
  /** As usage rows name it; null for the primary one. */
  readonly name: string | null
  /** Such as `https://api.openai.com/v1`, without a slash at its end. */
  readonly baseUrl: string
  /** Undefined where the upstream asks for none. */
  readonly apiKey: string | undefined
  readonly isDemo: boolean
  /** Changes whenever the base URL or the key does. */
  readonly version: number
  /** Null: every model, under its own name. */
  readonly models: ServedModels | null
  readonly priority: number
  readonly multiplierPpm: number
  /** Null: any number. */
  readonly concurrencyMax: number | null
  /** How long a streamed answer may take to begin while there is another upstream to ask. */
  readonly headSecondsMax: number
  /** Whether people are told apart to it by a keyed hash. */
  readonly identifiesUsers: boolean
  readonly lane: UpstreamLane
}

/** Whose something is that this request makes, and where it is kept. */
export const makerOf = ({ key, upstream }: Pick<Sending, 'key' | 'upstream'>): Maker => ({
  userId: key.userId,
  upstreamId: upstream.id === PRIMARY_UPSTREAM ? null : upstream.id,
})
