// A person's own account: how they sign in, where they are signed in, how pages look, and the way out.
import { PageHeader } from '../../../kit/page.tsx'
import styles from './account.module.css'
import { AppearanceSection } from './appearance-section.tsx'
import { DeletionSection } from './deletion-section.tsx'
import { SessionsSection } from './sessions-section.tsx'
import { SignInSection } from './sign-in-section.tsx'
import { StatementsSection } from './statements-section.tsx'
import { useWords } from './words.ts'

export function AccountScreen() {
  const t = useWords()
  return (
    <>
      <PageHeader title={t('title')} />
      <div className={`stack ${styles['page']}`}>
        <SignInSection />
        <SessionsSection />
        <AppearanceSection />
        <StatementsSection />
        <DeletionSection />
      </div>
    </>
  )
}
