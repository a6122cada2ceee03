// The price book, as people read it and an administrator extends it.
import { ok } from '../../../contract/result.ts'
import { appendAudit } from '../audit-trail.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'

export function priceHandlers(deps: OperationDeps): Pick<Handlers, 'prices.upsert' | 'prices.list'> {
  const { prices, clock } = deps
  return {
    'prices.upsert'(input, caller) {
      const before = prices.priceOf(input.model, clock.now()) ?? null
      const row = prices.upsert(input)
      if (row.ok && row.value.id !== before?.id) {
        appendAudit(deps, caller, {
          operation: 'prices.upsert',
          targetType: 'price',
          targetId: row.value.id,
          before,
          after: row.value,
        })
      }
      return row
    },
    'prices.list': () => ok({ rows: [...prices.models(clock.now())], nextCursor: null }),
  }
}
