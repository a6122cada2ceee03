// Leads to the statements, which are pages of their own, made for paper.
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { ButtonLink } from '../../../kit/button.tsx'
import { Section } from '../../../kit/page.tsx'
import { SettingRow, SettingRows } from './setting-row.tsx'
import { useWords } from './words.ts'

export function StatementsSection() {
  const t = useWords()
  return (
    <Section title={t('statements')}>
      <SettingRows>
        <SettingRow help={t('statementsHelp')}>
          <ButtonLink href={PORTAL_PATHS.statement}>{t('statementsOpen')}</ButtonLink>
        </SettingRow>
      </SettingRows>
    </Section>
  )
}
