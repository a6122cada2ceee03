// Server-sent events over `GET /api/events`. After a break the browser comes back by itself; where the door says no it gives
// up, and then we ask again, ever more seldom.
import type { PushedEvent } from '../../contract/events.ts'
import type { StreamEvent } from './transport.ts'

const RECONNECT_MS = [1_000, 5_000, 30_000, 120_000] as const

/** Every type has its own name on the wire (docs/adr/0087), and reaches only listeners of that name. */
const TYPES: Readonly<Record<PushedEvent['type'], true>> = {
  hello: true,
  resync: true,
  'session.ended': true,
  'requests.finished': true,
  'requests.running': true,
  'balance.changed': true,
  'key.changed': true,
  'user.changed': true,
  'settings.changed': true,
  'price.changed': true,
  'data.changed': true,
  'price.missing': true,
  'upstream.health': true,
  'notice.given': true,
  'ledger.checked': true,
  'backup.finished': true,
  'network.reached': true,
  'network.changed': true,
}

export function listenToServer(onEvent: (event: StreamEvent) => void): () => void {
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let refusals = 0

  const open = () => {
    const opened = new EventSource('/api/events')
    source = opened
    opened.onopen = () => {
      refusals = 0
    }
    for (const type of Object.keys(TYPES)) {
      opened.addEventListener(type, (message: MessageEvent<string>) => {
        const event = parseEvent(message.data)
        if (event !== undefined) onEvent(event)
      })
    }
    opened.onerror = () => {
      if (opened.readyState !== EventSource.CLOSED) return onEvent({ type: 'stream.broken' })
      timer = setTimeout(open, RECONNECT_MS[Math.min(refusals, RECONNECT_MS.length - 1)])
      refusals += 1
      onEvent({ type: 'stream.refused' })
    }
  }
  open()
  return () => {
    clearTimeout(timer)
    source?.close()
  }
}

function parseEvent(text: string): PushedEvent | undefined {
  try {
    // The server writes what the contract says; the types keep both sides together.
    return JSON.parse(text) as PushedEvent
  } catch {
    return undefined
  }
}
