// What the operator is told while the window is hidden, each thing once until it is over.
import type { PushedEvent } from '../contract/events.ts'
import { PRIMARY_UPSTREAM } from '../contract/operations/upstreams.ts'
import type { CatalogueKey } from './words.ts'

export interface Notice {
  readonly title: CatalogueKey
  readonly body: CatalogueKey
}

/** Whoever has a key can ask for any model: one that asks for many is told of now and then, and the console lists them all. */
const PRICES_TOLD_EVERY_MS = 60_000

/** Decides, event by event, what is worth a notification. */
export function createNoticeFilter(): (event: PushedEvent) => Notice | undefined {
  let isUpstreamDown = false
  let isLedgerOff = false
  let priceToldAt = Number.NEGATIVE_INFINITY
  const modelsTold = new Set<string>()

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
        if (modelsTold.has(event.model) || event.at - priceToldAt < PRICES_TOLD_EVERY_MS) return undefined
        priceToldAt = event.at
        modelsTold.add(event.model)
        return { title: 'priceTitle', body: 'priceBody' }
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

/** As a client wrote it. Some systems read markup in what they show, so whatever could be that is not shown. */
export const modelToShow = (model: string): string => model.replaceAll(/[^\w.:/@+-]/g, '?').slice(0, 80)
