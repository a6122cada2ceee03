// HTTPS and its authority, as an administrator sees and renews them, and as everybody may know them.
import { ok } from '../../../contract/result.ts'
import { auditAfterwards } from '../audit-trail.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handlers } from '../dispatch.ts'

type Noun = 'https.get' | 'https.trust' | 'https.replaceAuthority'

export function httpsHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  const { https } = deps
  return {
    'https.get': () => ok(https.view()),
    'https.trust'() {
      const { mode, authority } = https.view()
      return ok({
        mode,
        fingerprint: authority?.fingerprint ?? null,
        certificate: https.authorityCertificate() ?? null,
      })
    },
    async 'https.replaceAuthority'(_input, caller) {
      const before = https.view().authority
      await https.replaceAuthority()
      const view = https.view()
      auditAfterwards(deps, caller, {
        operation: 'https.replaceAuthority',
        targetType: 'settings',
        targetId: null,
        before: { authority: before?.fingerprint ?? null },
        after: { authority: view.authority?.fingerprint ?? null },
      })
      return ok(view)
    },
  }
}
