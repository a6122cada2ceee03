// What the operator is told while the window is hidden, each thing once until it is over.
import type { PushedEvent } from '../contract/events.ts'
import { PRIMARY_UPSTREAM } from '../contract/operations/upstreams.ts'
import type { CatalogueKey } from './words.ts'

export interface Notice {
  readonly title: CatalogueKey
  readonly body: CatalogueKey
}

/** Decides, event by event, what is worth a notification. */
export function createNoticeFilter(): (event: PushedEvent) => Notice | undefined {
  let isUpstreamDown = false
  let isLedgerOff = false
  const given = new Set<string>()

  const once = (key: string, notice: Notice): Notice | undefined => {
    if (given.has(key)) return undefined
    given.add(key)
    return notice
  }

  return (event) => {
    switch (event.type) {
      case 'upstream.health': {
        // Where one beside it fails, another one answers; the console says so.
        if (event.upstreamId !== PRIMARY_UPSTREAM) return undefined
        const isNew = !event.isHealthy && !isUpstreamDown
        isUpstreamDown = !event.isHealthy
        return isNew ? { title: 'upstreamTitle', body: 'upstreamBody' } : undefined
      }
      case 'ledger.checked': {
        const isNew = !event.isConsistent && !isLedgerOff
        isLedgerOff = !event.isConsistent
        return isNew ? { title: 'ledgerTitle', body: 'ledgerBody' } : undefined
      }
      case 'price.missing':
        return once(`price ${event.model}`, { title: 'priceTitle', body: 'priceBody' })
      case 'notice.given':
        // The server gives each of them once for each time that it becomes true.
        if (event.kind === 'low_balance') return { title: 'balanceTitle', body: 'balanceBody' }
        if (event.kind === 'key_new_address') return { title: 'addressTitle', body: 'addressBody' }
        return undefined
      default:
        return undefined
    }
  }
}
