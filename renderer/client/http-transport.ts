// The HTTP door as a transport: `POST /api/<noun>.<verb>` on the page's own address, and server-sent events.
import type { Envelope } from '../../contract/operation.ts'
import { type Transport, type TransportAnswer, transportFailure } from './transport.ts'

const CALL_TIMEOUT_MS = 30_000
/** Which build of the pages the server has; see docs/adr/0074. */
const BUILD_HEADER = 'x-codex-gateway-build'

export interface HttpTransportOptions {
  /** Called with the id of the build that the server has, at every answer that names one. */
  readonly onBuild: (buildId: string) => void
  readonly callTimeoutMs?: number
}

export function createHttpTransport({
  onBuild,
  callTimeoutMs = CALL_TIMEOUT_MS,
}: HttpTransportOptions): Transport {
  return {
    async call(name, input, signal) {
      const timeout = AbortSignal.timeout(callTimeoutMs)
      try {
        const response = await fetch(`/api/${name}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-requested-with': 'codex-gateway' },
          body: JSON.stringify(input ?? {}),
          signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
        })
        const buildId = response.headers.get(BUILD_HEADER)
        if (buildId !== null) onBuild(buildId)
        return await readEnvelope(response)
      } catch (error) {
        if (signal?.aborted) throw error
        if (timeout.aborted) return transportFailure('timed_out', 'The gateway did not answer in time.')
        return transportFailure('offline', 'The gateway cannot be reached.')
      }
    },
    listen: (onEvent) => listenToServer(onEvent),
  }
}

/** A proxy or a captive portal in between answers with anything at all. */
async function readEnvelope(response: Response): Promise<TransportAnswer> {
  const text = await response.text()
  try {
    const body: unknown = JSON.parse(text)
    // `ok` is what makes an envelope; what it carries was parsed against the contract by the server.
    if (typeof body === 'object' && body !== null && 'ok' in body) return body as Envelope<unknown>
  } catch {
    // Said below, as for JSON that is no envelope.
  }
  return transportFailure('unreadable_answer', `The answer (HTTP ${response.status}) is not the gateway's.`)
}

const RECONNECT_MS = [1_000, 5_000, 30_000, 120_000] as const

/** The browser reconnects by itself after a break, and gives up where the door says no; then we ask again, ever more seldom. */
function listenToServer(onEvent: (type: string, data: unknown) => void): () => void {
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let refusals = 0

  const open = () => {
    source = new EventSource('/api/events')
    source.onopen = () => {
      refusals = 0
    }
    source.onmessage = (message) => {
      const event = parseEvent(String(message.data))
      if (event !== undefined) onEvent(event.type, event.data)
    }
    source.onerror = () => {
      if (source?.readyState !== EventSource.CLOSED) return
      timer = setTimeout(open, RECONNECT_MS[Math.min(refusals, RECONNECT_MS.length - 1)])
      refusals += 1
    }
  }
  const close = () => {
    clearTimeout(timer)
    source?.close()
    source = undefined
  }
  // A page that nobody looks at does no work; what it missed is asked for when it is looked at again.
  const follow = () => {
    close()
    if (document.visibilityState === 'visible') open()
  }
  follow()
  document.addEventListener('visibilitychange', follow)
  return () => {
    document.removeEventListener('visibilitychange', follow)
    close()
  }
}

function parseEvent(text: string): { readonly type: string; readonly data: unknown } | undefined {
  try {
    const event: unknown = JSON.parse(text)
    if (typeof event !== 'object' || event === null || !('type' in event)) return undefined
    return { type: String(event.type), data: event }
  } catch {
    return undefined
  }
}
