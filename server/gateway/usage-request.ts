// Some compatible servers refuse `stream_options`, with which the gateway asks chat streams for their usage. What is known
// of that, and the body without the asking.
import { applySplices, memberOf, removalOf, scanObject } from './json-scan.ts'
import type { Sending } from './request.ts'
import type { UpstreamExchange, UpstreamHead } from './upstream-exchange.ts'

const NAME = 'stream_options'
const REFUSING_STATUSES = new Set([400, 422])

/**
 * Whether an answer may refuse what only the gateway asked for. A client that sends `stream_options` itself is answered for
 * them, and can change nothing about how others are measured.
 */
export const mayRefuseUsageRequest = (held: Sending, head: UpstreamHead): boolean =>
  held.isUsageInjected && REFUSING_STATUSES.has(head.status) && !memberOf(held.scan, NAME)

/** Whether an answer that may, does. */
export const refusesUsageRequest = async (exchange: UpstreamExchange): Promise<boolean> =>
  (await exchange.firstChunk())?.includes(NAME) ?? false

/** What is sent, but for the asking. */
export function withoutUsageRequest({ upstreamBody }: Sending): Buffer {
  const scan = scanObject(upstreamBody)
  const member = scan.ok ? memberOf(scan.value, NAME) : undefined
  return scan.ok && member ? applySplices(upstreamBody, [removalOf(scan.value, member)]) : upstreamBody
}
