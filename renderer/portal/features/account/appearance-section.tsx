// Language and theme: for this browser at once, and kept with the account for mail and for browsers that have no choice yet.
import type { CallInput } from '../../../../contract/catalogue.ts'
import { failureOf } from '../../../client/failures.ts'
import { useChange } from '../../../client/hooks.ts'
import { useSignIn } from '../../../frame/session.ts'
import { RadioGroup } from '../../../kit/choices.tsx'
import { Section } from '../../../kit/page.tsx'
import { toast } from '../../../kit/toast.tsx'
import { THEMES, useAppearance } from '../../../state/appearance.ts'
import { useFailureWords } from '../../../words/failure-words.ts'
import { LANGUAGE_NAMES, LANGUAGES } from '../../../words/language.ts'
import { SettingRow, SettingRows } from './setting-row.tsx'
import { useWords } from './words.ts'

export function AppearanceSection() {
  const t = useWords()
  const words = useFailureWords()
  const { theme, language, chooseTheme, chooseLanguage } = useAppearance()
  const { adopt } = useSignIn()
  const { mutate } = useChange('me.update')
  const keep = (choice: CallInput<'me.update'>) =>
    mutate(choice, {
      onSuccess: adopt,
      onError: (error) => toast({ status: 'bad', text: words(failureOf(error)) }),
    })
  return (
    <Section title={t('appearance')}>
      <SettingRows>
        <SettingRow title={t('language')} help={t('languageHelp')}>
          <RadioGroup
            label={t('language')}
            look="segments"
            value={language}
            options={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
            onChange={(locale) => {
              chooseLanguage(locale)
              keep({ locale })
            }}
          />
        </SettingRow>
        <SettingRow title={t('theme')}>
          <RadioGroup
            label={t('theme')}
            look="segments"
            value={theme}
            options={THEMES.map((value) => ({ value, label: t(`theme_${value}`) }))}
            onChange={(chosen) => {
              chooseTheme(chosen)
              keep({ theme: chosen })
            }}
          />
        </SettingRow>
      </SettingRows>
    </Section>
  )
}
