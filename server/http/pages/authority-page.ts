// What the gateway's certificate authority is, by which fingerprint it is known, and how each client and system trusts it.
import { SHELL_NAMES, SHELLS, type Shell } from '../../../contract/shells.ts'
import {
  CA_PATHS,
  fetchAuthority,
  TRUST_NAMES,
  TRUST_STEPS,
  trustLines,
} from '../../../contract/trust-steps.ts'
import { html, withLiterals } from './html.ts'
import { copyButton, toDocument, wordsOf } from './layout.ts'
import type { PageRequest } from './page-facts.ts'

export function authorityPage(request: PageRequest, fingerprint: string): string {
  const words = wordsOf(request)
  const stepsIn = (shell: Shell) =>
    TRUST_STEPS[shell].map(
      (step) => html`<h3>${TRUST_NAMES[step]}</h3>
<pre>${trustLines(step, shell, request.host)}</pre>
${step === 'python' ? html`<p class="soft">${withLiterals(words.trustPython)}</p>` : undefined}`,
    )
  const shells = SHELLS.map(
    (shell) => html`<h2>${SHELL_NAMES[shell]}</h2>
<p class="soft">${words.trustFetch}</p>
<pre>${fetchAuthority(shell, request.host)}</pre>
${stepsIn(shell)}`,
  )
  const content = html`<main class="lone"><section class="card">
<h1>${words.trustTitle}</h1>
<p class="soft">${words.trustText}</p>
<h2>${words.trustFingerprint}</h2>
<pre id="fingerprint">${fingerprint}</pre>
<p class="soft">${words.trustCompare}</p>
<div class="actions">${copyButton(words, 'fingerprint', words.copy)}<a href="${CA_PATHS.file}">${words.trustDownload}</a></div>
${shells}
<p class="soft">${words.trustFirefox}</p>
</section></main>`
  return toDocument({ request, title: `${words.trustTitle} · ${request.name}`, content })
}
