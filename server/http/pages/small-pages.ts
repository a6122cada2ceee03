// The two small pages: that this device reached the gateway, and that there is nothing at an address.
import { html } from './html.ts'
import { copyButton, toDocument, wordsOf } from './layout.ts'
import type { PageRequest } from './page-facts.ts'

export function helloPage(request: PageRequest): string {
  const words = wordsOf(request)
  const content = html`<main class="lone"><section class="card">
<p class="tag"><svg viewBox="0 0 10 10" aria-hidden="true"><circle cx="5" cy="5" r="4"/></svg>${request.host}</p>
<h1>${words.helloTitle}</h1>
<p class="soft">${words.helloText}</p>
<p class="address" id="address">http://${request.host}/v1</p>
<div class="actions">${copyButton(words, 'address', words.copyAddress, 'primary')}<a href="/?lang=${request.language}">${words.helloBack}</a></div>
</section></main>`
  return toDocument({ request, title: `${words.helloTitle} · ${words.title}`, content })
}

export function lostPage(request: PageRequest): string {
  const words = wordsOf(request)
  const content = html`<main class="lone"><section class="card">
<h1>${words.lostTitle}</h1>
<p class="soft">${words.lostText}</p>
<div class="actions"><a href="/?lang=${request.language}">${words.lostBack}</a></div>
</section></main>`
  return toDocument({ request, title: `${words.lostTitle} · ${words.title}`, content })
}
