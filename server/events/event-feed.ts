// One screen's events: collected as they happen, and handed over together a few times a second. What happens twice between
// two deliveries is told once, finished requests are summed up, and what grows too long becomes a call to ask anew.
import { type GatewayEvent, type PushedEvent, ROWS_SENT_MAX } from '../../contract/events.ts'
import { endedInError, type UsageRow } from '../../contract/usage.ts'
import type { EventBus, Viewer } from './event-bus.ts'

export interface EventFeed {
  stop(): void
}

/** At most four deliveries a second. */
const DELIVERY_MS = 250
/** So many different things may change between two deliveries; beyond it the screen is told to ask anew. */
const PENDING_MAX = 200

interface FinishedRequests {
  count: number
  errorCount: number
  inputTokens: number
  outputTokens: number
  costNanoUsd: number
  /** Oldest first. */
  readonly rows: UsageRow[]
  at: number
}

/** `deliver` gets the events since the last delivery, in the order of their first happening, and never an empty list. */
export function createEventFeed(
  bus: EventBus,
  viewer: Viewer,
  deliver: (events: readonly PushedEvent[]) => void,
): EventFeed {
  const pending = new Map<string, PushedEvent>()
  let finished: FinishedRequests | undefined
  let lost: number | undefined
  let timer: NodeJS.Timeout | undefined

  function flush(): void {
    timer = undefined
    const events = [
      ...(lost === undefined ? pending.values() : [{ type: 'resync' as const, at: lost }]),
      ...(finished === undefined ? [] : [toPushed(finished)]),
    ]
    pending.clear()
    finished = undefined
    lost = undefined
    deliver(events)
  }

  const unsubscribe = bus.subscribe(viewer, (event) => {
    timer ??= setTimeout(flush, DELIVERY_MS).unref()
    if (event.type === 'request.finished') {
      // Which upstream answered is for administrators to know.
      const row = viewer.isAdministrator ? event.row : { ...event.row, upstream: null }
      finished = withRow(finished, { ...event, row })
      return
    }
    if (pending.size >= PENDING_MAX) lost = event.at
    else pending.set(nameOf(event), event)
  })

  return {
    stop() {
      unsubscribe()
      clearTimeout(timer)
    },
  }
}

type OtherEvent = Exclude<GatewayEvent, { readonly type: 'request.finished' }>

/** What is the same thing happening again: its last telling stands for all. */
function nameOf(event: OtherEvent): string {
  switch (event.type) {
    case 'balance.changed':
      return `${event.type} ${event.userId}`
    case 'user.changed':
      return `${event.type} ${event.userId} ${event.operation}`
    case 'key.changed':
      return `${event.type} ${event.keyId ?? event.userId} ${event.operation}`
    case 'data.changed':
      return `${event.type} ${event.operation} ${event.userId ?? ''}`
    case 'price.missing':
      return `${event.type} ${event.model}`
    case 'notice.given':
      return `${event.type} ${event.userId} ${event.kind}`
    case 'upstream.health':
      return `${event.type} ${event.upstreamId}`
    case 'network.reached':
      return `${event.type} ${event.address}`
    case 'settings.changed':
    case 'price.changed':
    case 'requests.running':
    case 'ledger.checked':
    case 'network.changed':
    case 'backup.finished':
      return event.type
  }
}

function withRow(
  sum: FinishedRequests | undefined,
  { row, at }: Extract<GatewayEvent, { readonly type: 'request.finished' }>,
): FinishedRequests {
  const next = sum ?? {
    count: 0,
    errorCount: 0,
    inputTokens: 0,
    outputTokens: 0,
    costNanoUsd: 0,
    rows: [],
    at,
  }
  next.count += 1
  if (endedInError(row)) next.errorCount += 1
  next.inputTokens += row.inputTokens
  next.outputTokens += row.outputTokens
  next.costNanoUsd += row.costNanoUsd
  next.at = at
  next.rows.push(row)
  if (next.rows.length > ROWS_SENT_MAX) next.rows.shift()
  return next
}

const toPushed = ({ rows, ...sums }: FinishedRequests): PushedEvent => ({
  type: 'requests.finished',
  ...sums,
  rows: rows.toReversed(),
})
