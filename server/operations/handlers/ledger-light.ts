// The ledger light: looked at, and lit on demand.
import { ok } from '../../../contract/result.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'

export function ledgerLightHandlers({
  ledgerLight,
}: OperationDeps): Pick<Handlers, 'ledger.status' | 'ledger.check'> {
  return {
    'ledger.status': () => ok(ledgerLight.status()),
    'ledger.check': () => ok(ledgerLight.check()),
  }
}
