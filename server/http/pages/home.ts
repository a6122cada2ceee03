// The page at `/`: whether the gate is open, at which address, and how a client gets through it.
import { type Html, html, trustedMarkup, withLiterals } from './html.ts'
import { codeBlock, copyButton, toDocument, wordsOf } from './layout.ts'
import { gate } from './moon-gate.ts'
import type { PageFacts, PageRequest } from './page-facts.ts'
import { clientSnippets, keySnippet, setupSnippet, unattendedSnippet, upstreamSnippet } from './snippets.ts'
import type { Words } from './words.ts'

type State = 'running' | 'demo' | 'noUpstream' | 'setupNeeded'

export function homePage(facts: PageFacts, request: PageRequest): string {
  const words = wordsOf(request)
  const state = stateOf(facts)
  const origin = `http://${request.host}`
  const baseUrl = `${origin}/v1`
  const content = html`<main>
${stateCard(words, { state, baseUrl, isOnlyHere: request.isLocal && !facts.isOpenToNetwork })}
${state === 'setupNeeded' ? setupCard(words, request.host) : undefined}
${state === 'noUpstream' && request.isLocal ? upstreamCard(words) : undefined}
<div class="stack">
${keyCard(words, origin)}
${clientCard(words, baseUrl, facts.sampleModel ?? 'gpt-5.6-sol')}
</div>
${answersCard(words)}
</main>`
  return toDocument({
    request,
    title: `${words[state]} · ${words.title}`,
    content,
    footer: footer(words, facts),
  })
}

function stateOf({ isSetUpDone, upstream }: PageFacts): State {
  if (!isSetUpDone) return 'setupNeeded'
  if (upstream === null) return 'noUpstream'
  return upstream === 'demo' ? 'demo' : 'running'
}

/** Shape, then word, then colour: a disc runs, a half disc is the demo, a triangle needs a person. */
const SHAPES: Readonly<Record<State, { readonly className: string; readonly path: string }>> = {
  running: { className: 'ok', path: '<circle cx="5" cy="5" r="4"/>' },
  demo: {
    className: 'info',
    path: '<path d="M5 1a4 4 0 0 1 0 8z"/><path d="M5 1.75a3.25 3.25 0 1 0 0 6.5v.75a4 4 0 0 1 0-8z"/>',
  },
  noUpstream: { className: 'warn', path: '<path d="M5 .8 9.6 9H.4z"/>' },
  setupNeeded: { className: 'warn', path: '<path d="M5 .8 9.6 9H.4z"/>' },
}

const STATE_WORDS = {
  running: { title: 'runningTitle', text: 'runningText' },
  demo: { title: 'runningTitle', text: 'demoText' },
  noUpstream: { title: 'noUpstreamTitle', text: 'noUpstreamText' },
  setupNeeded: { title: 'setupNeededTitle', text: 'setupNeededText' },
} as const

function stateCard(words: Words, card: { state: State; baseUrl: string; isOnlyHere: boolean }): Html {
  const { className, path } = SHAPES[card.state]
  const isOpen = card.state === 'running' || card.state === 'demo'
  return html`<section class="card state wide">
<div class="wall">${gate(isOpen)}</div>
<div class="says">
<p class="tag ${className}"><svg viewBox="0 0 10 10" aria-hidden="true">${trustedMarkup(path)}</svg>${words[card.state]}</p>
<h1>${words[STATE_WORDS[card.state].title]}</h1>
<p class="address" id="address">${card.baseUrl}</p>
<p class="soft">${words[STATE_WORDS[card.state].text]}</p>
${card.isOnlyHere ? html`<p class="quiet">${withLiterals(words.onlyHere)}</p>` : undefined}
<div class="actions">${copyButton(words, 'address', words.copyAddress, isOpen ? 'primary' : '')}</div>
</div>
</section>`
}

/** The set-up runs on the gateway's own machine only, so its address is the loopback one, whoever reads the page. */
const setupCard = (words: Words, host: string): Html => html`<section class="card wide">
<div class="head"><h2>${words.setupHead}</h2><p class="quiet">${words.setupWhere}</p></div>
<div class="body"><ol class="rail">
<li data-step="1"><h3>${words.setupToken}</h3><p class="soft">${words.setupTokenText}</p></li>
<li data-step="2"><h3>${words.setupSend}</h3><p class="soft">${withLiterals(words.setupSendText)}</p>
${codeBlock(words, { id: 'setup-code', where: words.shell, text: setupSnippet(`http://127.0.0.1${/:\d+$/.exec(host)?.[0] ?? ''}`) })}</li>
</ol>
<div class="other"><h3>${words.setupOr}</h3><p class="soft">${words.setupOrText}</p>
${codeBlock(words, { id: 'unattended-code', where: words.shell, text: unattendedSnippet })}</div></div>
</section>`

const upstreamCard = (words: Words): Html => html`<section class="card wide">
<div class="head"><h2>${words.setUpstream}</h2><p class="quiet">${words.setupWhere}</p></div>
<div class="body"><p class="soft">${words.setUpstreamText}</p>
${codeBlock(words, { id: 'upstream-code', where: words.shell, text: upstreamSnippet })}</div>
</section>`

function clientCard(words: Words, baseUrl: string, model: string): Html {
  const snippets = clientSnippets(baseUrl, model)
  return html`<section class="card tabs">
<div class="head"><h2>${words.clientHead}</h2><p class="quiet">${words.clientNote}</p></div>
<fieldset><legend class="sr">${words.client}</legend>${snippets.map(
    ({ client, name }, index) =>
      html`<label><input class="sr" type="radio" name="client" id="client-${client}"${trustedMarkup(index === 0 ? ' checked' : '')}>${name}</label>`,
  )}</fieldset>
${snippets.map(
  ({ client, parts }) =>
    html`<div class="panel ${client}">${parts.map((part) =>
      codeBlock(words, { ...part, where: part.where === 'Shell' ? words.shell : part.where }),
    )}</div>`,
)}
</section>`
}

const CHEVRON = trustedMarkup(
  '<svg viewBox="0 0 12 12" aria-hidden="true"><path d="m4.5 2.5 3.5 3.5-3.5 3.5"/></svg>',
)

const keyCard = (words: Words, origin: string): Html => html`<section class="card">
<div class="head"><h2>${words.keyHead}</h2></div>
<div class="body"><p class="soft">${words.keyText}</p>
<details><summary>${CHEVRON}${words.keyMake}</summary>
${codeBlock(words, { id: 'key-code', where: words.shell, text: keySnippet(origin) })}</details></div>
</section>`

const answersCard = (words: Words): Html => html`<section class="card">
<div class="head"><h2>${words.answersHead}</h2><p class="quiet">${words.answersAlso}</p></div>
<ul class="facts">
<li><code>POST /v1/responses</code><span>${words.responses}</span></li>
<li><code>POST /v1/chat/completions</code><span>${words.chat}</span></li>
<li><code>GET /v1/models</code><span>${words.models}</span></li>
</ul>
</section>`

const footer = (words: Words, facts: PageFacts): Html =>
  html`<footer><span>${words.title} ${facts.version}</span><a href="/hello">${words.reach}</a><a href="/readyz">${words.health}</a></footer>`
