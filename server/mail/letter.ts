// What a mail says, and how it is drawn: plain text, and simple HTML that loads nothing. Every string that goes into the HTML
// is escaped here, whoever it came from.
import type { Locale } from '../../contract/operations/fields.ts'

export interface Letter {
  readonly subject: string
  readonly paragraphs: readonly string[]
  readonly action?: { readonly label: string; readonly url: string }
  /** What stands below the action: how long it is good, what to do where it was not you. */
  readonly after?: readonly string[]
}

/** What every template may use beside its own data. */
export interface LetterContext {
  readonly productName: string
  /** A moment as the gateway's own place would write it. */
  readonly formatTime: (at: number) => string
}

/** One mail in both languages, side by side, so that neither is forgotten. */
export type Template<Data> = Readonly<Record<Locale, (context: LetterContext, data: Data) => Letter>>

export interface MailContent {
  readonly subject: string
  readonly text: string
  readonly html: string
}

const FOOTERS: Readonly<Record<Locale, (productName: string) => string>> = {
  en: (productName) => `${productName} sent this mail by itself. Nobody reads answers to it.`,
  'zh-CN': (productName) => `本邮件由 ${productName} 自动发送，请勿直接回复。`,
}

export function drawLetter(letter: Letter, locale: Locale, productName: string): MailContent {
  const footer = FOOTERS[locale](productName)
  return {
    subject: oneLine(letter.subject),
    text: drawText(letter, footer),
    html: drawHtml(letter, footer, locale),
  }
}

/** A header is one line, whatever stands in it; and text has no characters that only machines see. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()

function drawText({ paragraphs, action, after = [] }: Letter, footer: string): string {
  const link = action ? [`${oneLine(action.label)}:\n${oneLine(action.url)}`] : []
  return `${[...paragraphs.map(oneLine), ...link, ...after.map(oneLine), `-- \n${oneLine(footer)}`].join('\n\n')}\n`
}

// Mail programs know no style sheet. Colours are the product's own, and hold on a white page as on a dark one.
const FONT = "font:15px/24px -apple-system,'Segoe UI',Roboto,'PingFang SC','Microsoft YaHei',sans-serif"
const BUTTON =
  'display:inline-block;background:#01564a;color:#ffffff;padding:10px 18px;border-radius:6px;text-decoration:none;font-weight:600'

function drawHtml(
  { subject, paragraphs, action, after = [] }: Letter,
  footer: string,
  locale: Locale,
): string {
  const paragraph = (text: string) => `<p style="margin:0 0 16px">${escapeHtml(oneLine(text))}</p>`
  const link = action
    ? `<p style="margin:24px 0"><a href="${escapeHtml(oneLine(action.url))}" style="${BUTTON}">${escapeHtml(oneLine(action.label))}</a></p>` +
      `<p style="margin:0 0 16px;font-size:13px;word-break:break-all">${escapeHtml(oneLine(action.url))}</p>`
    : ''
  return (
    `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><title>${escapeHtml(oneLine(subject))}</title></head>` +
    `<body style="margin:0;padding:24px"><div style="max-width:560px;margin:0 auto;${FONT}">` +
    `${paragraphs.map(paragraph).join('')}${link}${after.map(paragraph).join('')}` +
    `<hr style="border:0;border-top:1px solid #dfe6e4;margin:24px 0 12px">` +
    `<p style="margin:0;font-size:12px;line-height:18px;color:#5c6b67">${escapeHtml(oneLine(footer))}</p>` +
    '</div></body></html>\n'
  )
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
