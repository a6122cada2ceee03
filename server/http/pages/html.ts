// HTML as a template tag: whatever is put in is escaped, unless it is HTML made by this same tag.

export interface Html {
  readonly markup: string
}

type Insert = string | number | Html | readonly Html[] | undefined

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapeText = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character)

function markupOf(insert: Insert): string {
  if (insert === undefined) return ''
  if (typeof insert === 'string') return escapeText(insert)
  if (typeof insert === 'number') return String(insert)
  return 'markup' in insert ? insert.markup : insert.map((part) => part.markup).join('')
}

export const html = (strings: TemplateStringsArray, ...inserts: readonly Insert[]): Html => ({
  markup: strings.reduce((markup, part, index) => markup + markupOf(inserts[index - 1]) + part),
})

/** Markup of ours that is not written with the tag: a style sheet, a drawing. Never for anything a client sent. */
export const trustedMarkup = (markup: string): Html => ({ markup })

/** Text of ours in which `backticks` mark what can be pasted somewhere; that part is set as code. */
export const withLiterals = (text: string): readonly Html[] =>
  text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))
