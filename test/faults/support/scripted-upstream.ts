// The upstream of a load: takes each request as its plan says, and keeps what it put on the wire for it.
import {
  type DemoUpstream,
  type ReceivedRequest,
  type Scenario,
  startDemoUpstream,
} from '../../../server/demo-upstream/demo-upstream.ts'
import type { StreamEvent } from '../../../server/demo-upstream/scenario.ts'
import { UPSTREAM_KEY } from '../../integration/support/running-gateway.ts'
import type { Asking } from './asking.ts'

/** One arrival of a request. It may arrive twice: a connection that had been closed while idle is tried once more. */
export interface Delivery {
  readonly record: ReceivedRequest
  /** The frames of a stream, in order, those included that were not sent any more. */
  readonly frames: string[]
  /** What a whole answer reported. */
  wholeUsage: unknown
}

export interface ScriptedUpstream {
  readonly demo: DemoUpstream
  /** What is to be done with the request that carries this asking's id. */
  expect(asking: Asking): void
  deliveriesOf(id: string): readonly Delivery[]
  /** Resolves when the request has arrived for the first time. */
  arrived(id: string): Promise<void>
  /** Requests that nobody planned. */
  readonly strangers: readonly string[]
  stop(): Promise<void>
}

interface Expected {
  readonly asking: Asking
  readonly deliveries: Delivery[]
  readonly arrived: Promise<void>
  readonly arrive: () => void
}

export async function startScriptedUpstream(): Promise<ScriptedUpstream> {
  const demo = await startDemoUpstream({ apiKey: UPSTREAM_KEY, acceptAnyModel: true, requestsKeptMax: 1 })
  const expected = new Map<string, Expected>()
  const strangers: string[] = []
  demo.script((record) => {
    const id = String(record.headers['x-client-request-id'])
    const known = expected.get(id)
    if (!known) {
      strangers.push(`${record.path} ${id}`)
      return {}
    }
    const delivery: Delivery = { record, frames: [], wholeUsage: undefined }
    known.deliveries.push(delivery)
    known.arrive()
    return watched(known.asking, delivery)
  }, Number.POSITIVE_INFINITY)

  return {
    demo,
    strangers,
    expect(asking) {
      const { promise, resolve } = Promise.withResolvers<void>()
      expected.set(asking.id, { asking, deliveries: [], arrived: promise, arrive: resolve })
    },
    deliveriesOf: (id) => expected.get(id)?.deliveries ?? [],
    arrived: (id) => expected.get(id)?.arrived ?? Promise.resolve(),
    stop: () => demo.stop(),
  }
}

/** The planned scenario, with an eye on what leaves. */
function watched({ upstream, isStream }: Asking, delivery: Delivery): Scenario {
  const { scenario, isEscaped } = upstream
  if (!isStream) return { ...scenario, ...watchedUsage(scenario, delivery) }
  return {
    ...scenario,
    *editEvents(events) {
      for (const event of events) {
        const sent = isEscaped ? { ...event, data: escaped(event.data) } : event
        delivery.frames.push(frameOf(sent))
        yield sent
      }
    },
  }
}

function watchedUsage({ usage }: Scenario, delivery: Delivery): Scenario {
  return {
    usage(shaped) {
      delivery.wholeUsage = typeof usage === 'function' ? usage(shaped) : shaped
      return delivery.wholeUsage
    },
  }
}

const escaped = (json: string): string =>
  json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** As the demo upstream frames events where a scenario does not say otherwise. */
const frameOf = ({ name, data }: StreamEvent): string =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${data}\n\n`

/** The bytes of a stream that were handed to the connection. */
export const sentBytes = ({ frames, record }: Delivery): Buffer =>
  Buffer.from(frames.join('')).subarray(0, record.bytesSent)
