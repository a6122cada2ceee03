// The frame of every page that the server draws: bar, content, footer; one style sheet inside, one script beside.
import { type Html, html, trustedMarkup } from './html.ts'
import { mark } from './moon-gate.ts'
import type { Language, PageRequest } from './page-facts.ts'
import { STYLE } from './style.ts'
import { WORDS, type Words } from './words.ts'

interface Page {
  readonly request: PageRequest
  readonly title: string
  readonly content: Html
  readonly footer?: Html
}

const LANGUAGES: readonly { readonly code: Language; readonly name: string }[] = [
  { code: 'en', name: 'English' },
  { code: 'zh-CN', name: '简体中文' },
]

export const wordsOf = (request: PageRequest): Words => WORDS[request.language]

export function toDocument({ request, title, content, footer }: Page): string {
  const words = wordsOf(request)
  const page = html`<html lang="${words.htmlLang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="/gate.svg" type="image/svg+xml">
<style>${trustedMarkup(STYLE)}</style>
<script src="/copy.js" defer></script>
</head>
<body>
<header class="bar"><div>
<a class="brand" href="/?lang=${request.language}">${mark()}${request.name}</a>
<nav class="langs" aria-label="${words.language}">${LANGUAGES.map((language) => languageLink(language, request))}</nav>
</div></header>
${content}
${footer}
<p class="sr" id="said" role="status"></p>
</body>
</html>
`
  return `<!doctype html>\n${page.markup}`
}

const languageLink = ({ code, name }: (typeof LANGUAGES)[number], request: PageRequest): Html =>
  code === request.language
    ? html`<a href="?lang=${code}" lang="${code}" hreflang="${code}" aria-current="true">${name}</a>`
    : html`<a href="?lang=${code}" lang="${code}" hreflang="${code}">${name}</a>`

const COPY_ICON = trustedMarkup(
  '<svg viewBox="0 0 16 16" aria-hidden="true"><rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2"/></svg>',
)
const DONE_ICON = trustedMarkup(
  '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="m3 8.5 3.5 3.5L13 4.5"/></svg>',
)

/** A button that copies the text of the element `sourceId`. It shows only where scripts run. */
export const copyButton = (words: Words, sourceId: string, label: string, className = ''): Html =>
  html`<button type="button" class="${className}" data-copy="${sourceId}" data-said="${words.copied}"><span class="idle">${COPY_ICON}${label}</span><span class="done">${DONE_ICON}${words.copied}</span></button>`
