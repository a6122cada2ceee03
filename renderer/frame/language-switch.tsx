// The language, for pages without an account menu: both names in their own language, so that nobody has to read the other one.
import { RadioGroup } from '../kit/choices.tsx'
import { useKitWords } from '../kit/kit-words.ts'
import { useAppearance } from '../state/appearance.ts'
import { LANGUAGE_NAMES, LANGUAGES } from '../words/language.ts'

export function LanguageSwitch() {
  const t = useKitWords()
  const { language, chooseLanguage } = useAppearance()
  return (
    <RadioGroup
      label={t('language')}
      look="segments"
      value={language}
      options={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
      onChange={chooseLanguage}
    />
  )
}
