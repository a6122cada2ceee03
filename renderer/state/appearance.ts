// What a person chose about looks: theme and language. Kept in this browser, in all of its tabs; the system's preference
// holds until then.
// `public/appearance.js` applies the same choices before the first paint.
import { create } from 'zustand'
import { isLanguage, type Language, languageFor } from '../words/language.ts'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const THEME_KEY = 'codex-gateway.theme'
const LANGUAGE_KEY = 'codex-gateway.language'

interface Appearance {
  readonly theme: Theme
  readonly language: Language
  chooseTheme(theme: Theme): void
  chooseLanguage(language: Language): void
  /** What a person keeps with their account, for a browser in which nothing was chosen yet. */
  adoptChoices(kept: { readonly theme: Theme | null; readonly locale: Language | null }): void
}

export const useAppearance = create<Appearance>()((set, get) => ({
  theme: storedTheme(),
  language: storedLanguage(),
  chooseTheme(theme) {
    store(THEME_KEY, theme)
    applyTheme(theme)
    set({ theme })
  },
  chooseLanguage(language) {
    store(LANGUAGE_KEY, language)
    set({ language })
  },
  adoptChoices({ theme, locale }) {
    if (theme !== null && read(THEME_KEY) === null) get().chooseTheme(theme)
    if (locale !== null && read(LANGUAGE_KEY) === null) get().chooseLanguage(locale)
  },
}))

// The browser tells every tab but the one that was chosen in.
window.addEventListener('storage', ({ key }) => {
  const { theme, language, chooseTheme, chooseLanguage } = useAppearance.getState()
  if (key === THEME_KEY && storedTheme() !== theme) chooseTheme(storedTheme())
  if (key === LANGUAGE_KEY && storedLanguage() !== language) chooseLanguage(storedLanguage())
})

function storedTheme(): Theme {
  const stored = read(THEME_KEY)
  return THEMES.find((known) => known === stored) ?? 'system'
}

function storedLanguage(): Language {
  const stored = read(LANGUAGE_KEY)
  return isLanguage(stored) ? stored : languageFor(navigator.languages)
}

function applyTheme(theme: Theme): void {
  const root = document.documentElement
  if (theme === 'system') delete root.dataset['theme']
  else root.dataset['theme'] = theme
}

/** A browser may forbid storage altogether; then a choice lasts as long as the page. */
function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // See read().
  }
}
