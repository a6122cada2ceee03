// Theme and language, inside a menu.
import { useKitWords } from '../kit/kit-words.ts'
import { MenuChoice, MenuLine } from '../kit/menu.tsx'
import { THEMES, useAppearance } from '../state/appearance.ts'
import { LANGUAGE_NAMES, LANGUAGES } from '../words/language.ts'

export function AppearanceChoices() {
  const t = useKitWords()
  const { theme, language, chooseTheme, chooseLanguage } = useAppearance()
  return (
    <>
      <MenuChoice
        label={t('language')}
        value={language}
        options={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
        onChange={chooseLanguage}
      />
      <MenuLine />
      <MenuChoice
        label={t('theme')}
        value={theme}
        options={THEMES.map((value) => ({ value, label: t(`theme_${value}`) }))}
        onChange={chooseTheme}
      />
    </>
  )
}
