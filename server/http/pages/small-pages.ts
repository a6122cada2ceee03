// The small pages that need no app: this device reached the gateway; there is nothing at an address; the set-up is done on the
// gateway's own machine; the apps have not been built.
import { CA_PATHS } from '../../../contract/trust-steps.ts'
import { type Html, html, withLiterals } from './html.ts'
import { copyButton, toDocument, wordsOf } from './layout.ts'
import type { PageRequest } from './page-facts.ts'

export function helloPage(request: PageRequest): string {
  const words = wordsOf(request)
  const content = html`<main class="lone"><section class="card">
<p class="tag"><svg viewBox="0 0 10 10" aria-hidden="true"><circle cx="5" cy="5" r="4"/></svg>${request.host}</p>
<h1>${words.helloTitle}</h1>
<p class="soft">${words.helloText}</p>
<p class="address" id="address">${request.scheme}://${request.host}/v1</p>
<div class="actions">${copyButton(words, 'address', words.copyAddress, 'primary')}<a href="/?lang=${request.language}">${words.helloBack}</a></div>
${request.hasAuthority ? html`<p><a href="${CA_PATHS.page}?lang=${request.language}">${words.helloTrust}</a></p>` : undefined}
</section></main>`
  return toDocument({ request, title: `${words.helloTitle} · ${request.name}`, content })
}

/** `start`: the page of this address that leads on from there. */
export function lostPage(request: PageRequest, start = '/'): string {
  const words = wordsOf(request)
  const content = html`<main class="lone"><section class="card">
<h1>${words.lostTitle}</h1>
<p class="soft">${words.lostText}</p>
<div class="actions"><a href="${start}?lang=${request.language}">${words.lostBack}</a></div>
</section></main>`
  return toDocument({ request, title: `${words.lostTitle} · ${request.name}`, content })
}

export function setUpElsewherePage(request: PageRequest): string {
  const words = wordsOf(request)
  return toDocument({
    request,
    title: `${words.setupNeeded} · ${request.name}`,
    content: lonePage('warn', words.setupNeeded, words.setupNeededTitle, words.setupNeededText),
  })
}

export function notBuiltPage(request: PageRequest): string {
  const words = wordsOf(request)
  return toDocument({
    request,
    title: `${words.notBuiltTitle} · ${request.name}`,
    content: lonePage('warn', words.running, words.notBuiltTitle, words.notBuiltText),
  })
}

const lonePage = (className: string, tag: string, title: string, text: string): Html =>
  html`<main class="lone"><section class="card">
<p class="tag ${className}"><svg viewBox="0 0 10 10" aria-hidden="true"><path d="M5 .8 9.6 9H.4z"/></svg>${tag}</p>
<h1>${title}</h1>
<p class="soft">${withLiterals(text)}</p>
</section></main>`
