// Text as the demo models see it: what counts as a token, in which pieces an answer streams, and filler of an exact size.

export type Language = 'en' | 'zh'

const BYTES_PER_TOKEN = 4

/**
 * The demo's tokenizer: one token for each four bytes of UTF-8, rounded up. English comes out at about four characters a
 * token and Chinese at about three quarters of a token a character, which is near what real tokenizers give.
 */
export const tokensOf = (text: string): number => Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN)

/** The longest beginning of a text that is no more than `tokensMax`, never cutting a character in two. */
export function takeTokens(text: string, tokensMax: number): string {
  const bytesMax = tokensMax * BYTES_PER_TOKEN
  if (Buffer.byteLength(text) <= bytesMax) return text
  let bytes = 0
  let end = 0
  for (const character of text) {
    bytes += Buffer.byteLength(character)
    if (bytes > bytesMax) break
    end += character.length
  }
  return text.slice(0, end)
}

const CJK = '\\u2e80-\\u9fff\\uf900-\\ufaff\\uff00-\\uffef'
const PIECE = new RegExp(`\\s*(?:[${CJK}]{1,2}|[^\\s${CJK}]{1,40})|\\s+`, 'gu')
const CJK_LETTER = /[\u3400-\u9fff\uf900-\ufaff]/

/** A text in the pieces in which it streams: words with the white space before them, Chinese two characters at a time. */
export function* piecesOf(text: string): Generator<string> {
  for (const match of text.matchAll(PIECE)) yield match[0]
}

/** Chinese as soon as one Chinese character stands in the text. */
export const languageOf = (text: string): Language => (CJK_LETTER.test(text) ? 'zh' : 'en')

const FILLER: Record<Language, string> = {
  en: 'This is filler text from the demo upstream, made to measure, one word after the other. ',
  zh: '这是演示上游生成的填充文字，长度刚好符合要求，一个字接着一个字。',
}

/** Text of exactly `tokens` tokens. */
export function fillerOf(tokens: number, language: Language): string {
  const bytes = tokens * BYTES_PER_TOKEN
  const unit = FILLER[language]
  const text = takeTokens(unit.repeat(Math.ceil(bytes / Buffer.byteLength(unit))), tokens)
  return text + '.'.repeat(bytes - Buffer.byteLength(text))
}

/** A text shortened for quoting. */
export function shortened(text: string, charactersMax: number): string {
  const characters = [...text.slice(0, charactersMax * 2 + 2)]
  return characters.length > charactersMax
    ? `${characters.slice(0, charactersMax).join('').trimEnd()}…`
    : text
}
