// The languages of the screens, and which one a reader gets who has chosen none.

export const LANGUAGES = ['en', 'zh-CN'] as const
export type Language = (typeof LANGUAGES)[number]

/** Each in its own words, so that whoever is lost in the other one finds it. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', 'zh-CN': '简体中文' }

export const isLanguage = (value: unknown): value is Language => LANGUAGES.some((known) => known === value)

/** `preferred` is what the browser lists, best first, such as `navigator.languages`. */
export function languageFor(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    if (/^zh\b/i.test(tag)) return 'zh-CN'
    if (/^en\b/i.test(tag)) return 'en'
  }
  return 'en'
}
