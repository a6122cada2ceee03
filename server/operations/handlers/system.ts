// The running program, as an operator watches it.
import { ok } from '../../../contract/result.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'
import { baseUrlFor } from '../links.ts'

type Noun = 'system.status' | 'system.logs' | 'system.licences' | 'system.network'

export function systemHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  const { system } = deps
  return {
    async 'system.status'() {
      return ok(await system.status())
    },
    async 'system.logs'(query) {
      const { rows, nextCursor } = await system.logs(query)
      return ok({ rows: rows.map((row) => ({ ...row, fields: { ...row.fields } })), nextCursor })
    },
    'system.network': (_input, caller) =>
      ok({ ...system.network(), addressForOthers: baseUrlFor(deps, caller) }),
    'system.licences': () => ok({ rows: [...system.licences()], nextCursor: null }),
  }
}
