// The HTTP door as a transport: `POST /api/<noun>.<verb>` on the page's own address, and server-sent events.
import type { Envelope } from '../../contract/operation.ts'
import { listenToServer } from './event-stream.ts'
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
    listen: listenToServer,
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
