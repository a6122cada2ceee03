// Theme and language of this browser.
import { RadioGroup } from '../../../kit/choices.tsx'
import { useKitWords } from '../../../kit/kit-words.ts'
import { THEMES, useAppearance } from '../../../state/appearance.ts'
import { LANGUAGE_NAMES, LANGUAGES } from '../../../words/language.ts'
import styles from './settings.module.css'
import { useWords } from './words.ts'

export function AppearanceSection() {
  const t = useWords()
  const kit = useKitWords()
  const { theme, language, chooseTheme, chooseLanguage } = useAppearance()
  return (
    <div className={styles.form}>
      <div className="field">
        <span className="lb">{kit('language')}</span>
        <RadioGroup
          label={kit('language')}
          look="wide-segments"
          value={language}
          options={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
          onChange={chooseLanguage}
        />
      </div>
      <div className="field">
        <span className="lb">{kit('theme')}</span>
        <RadioGroup
          label={kit('theme')}
          look="wide-segments"
          value={theme}
          options={THEMES.map((value) => ({ value, label: kit(`theme_${value}`) }))}
          onChange={chooseTheme}
        />
      </div>
      <p className="help">{t('appearanceHelp')}</p>
    </div>
  )
}
