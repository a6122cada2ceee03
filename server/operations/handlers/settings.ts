// Live settings, read and changed by an administrator.

import type { SettingsView } from '../../../contract/operations/settings.ts'
import { ok } from '../../../contract/result.ts'
import type { Settings } from '../../../contract/settings.ts'
import { appendAudit } from '../audit-trail.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'

export function settingsHandlers(deps: OperationDeps): Pick<Handlers, 'settings.get' | 'settings.update'> {
  const { settings, startUp, https, repositories } = deps
  const viewOf = (stored: Settings): SettingsView => ({ ...stored, ...startUp() })
  return {
    'settings.get': () => ok(viewOf(settings.current())),
    async 'settings.update'(patch, caller) {
      const before = settings.current()
      const names = Object.keys(patch)
      const after = repositories.transaction(() => {
        const stored = settings.store(patch, caller.user.id)
        if (names.length > 0) {
          appendAudit(deps, caller, {
            operation: 'settings.update',
            targetType: 'settings',
            targetId: null,
            before: only(before, names),
            after: only(stored, names),
          })
        }
        return stored
      })
      settings.takeOver(after)
      // Whoever switched it on is told that it is, and not that it will be.
      await https.look()
      return ok(viewOf(after))
    },
  }
}

const only = (settings: Settings, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => names.includes(name)))
