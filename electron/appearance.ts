// Language and theme, as the person chose them in the window, for everything that is not a page.
import { app, nativeTheme } from 'electron'
import type { DesktopInput } from '../contract/desktop.ts'
import type { PreferenceStore } from './preferences.ts'
import { type Say, systemLanguage, wordsIn } from './words.ts'

export interface Appearance {
  /** Sentences in the language of the moment. */
  say(): Say
  note(looks: DesktopInput<'desktop.noteAppearance'>): void
}

export function followAppearance(preferences: PreferenceStore): Appearance {
  nativeTheme.themeSource = preferences.get().theme
  return {
    say: () => wordsIn(preferences.get().language ?? systemLanguage(app.getPreferredSystemLanguages())),
    note({ language, theme }) {
      const known = preferences.get()
      if (known.language === language && known.theme === theme) return
      if (nativeTheme.themeSource !== theme) nativeTheme.themeSource = theme
      preferences.update({ language, theme })
    },
  }
}
